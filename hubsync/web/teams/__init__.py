"""Teams: members, roles, invitations, the owner, the plan, and the audit trail."""
