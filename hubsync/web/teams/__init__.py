"""Teams: members, roles, invitations, the owner, the plan, and the audit trail."""

from __future__ import annotations

from flask import Blueprint

from hubsync.web.teams import audit, chat_alerts, invitation_claims, invitations, mails, members, privacy, settings

BLUEPRINTS: tuple[Blueprint, ...] = tuple(
    dict.fromkeys(
        module.pages
        for module in (
            audit,
            chat_alerts,
            invitation_claims,
            invitations,
            mails,
            members,
            privacy,
            settings,
        )
    )
)
"""The pages of this subject. Modules that add routes to a neighbour's blueprint are named to be loaded."""
