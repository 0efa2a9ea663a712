"""The events that the security log knows."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from hubsync.domain.audit import AuditAction


class SecurityEvent(StrEnum):
    """Who came in, who tried, and what was changed of who may. The words are stable: alarms go by them."""

    SIGNED_IN = "signed_in"
    SIGN_IN_REFUSED = "sign_in_refused"
    LINK_MAILED = "link_mailed"
    LINK_MADE = "link_made"
    LINK_SPENT = "link_spent"
    SIGNED_OUT = "signed_out"
    SESSIONS_ENDED = "sessions_ended"
    IDENTITY_LINKED = "identity_linked"
    IDENTITY_UNLINKED = "identity_unlinked"
    ROLE_REFUSED = "role_refused"
    PAGE_HIDDEN = "page_hidden"
    FORM_REFUSED = "form_refused"
    PROOF_REFUSED = "proof_refused"
    RATE_LIMITED = "rate_limited"
    EXPORTED = "exported"
    ACCESS_CHANGED = "access_changed"
    SECRET_CHANGED = "secret_changed"  # noqa: S105  the word for an event, not a secret
    KEYS_ROTATED = "keys_rotated"
    GUEST_ERASED = "guest_erased"


REFUSALS = frozenset(
    {
        SecurityEvent.SIGN_IN_REFUSED,
        SecurityEvent.LINK_SPENT,
        SecurityEvent.ROLE_REFUSED,
        SecurityEvent.PAGE_HIDDEN,
        SecurityEvent.FORM_REFUSED,
        SecurityEvent.PROOF_REFUSED,
        SecurityEvent.RATE_LIMITED,
    }
)
"""What somebody tried in vain; the others happened."""

OF_AUDIT: Mapping[AuditAction, SecurityEvent] = {
    **dict.fromkeys(
        (
            AuditAction.TEAM_MADE,
            AuditAction.PARENT_SITES_CHANGED,
            AuditAction.INVITED,
            AuditAction.INVITATION_WITHDRAWN,
            AuditAction.JOINED,
            AuditAction.ROLE_CHANGED,
            AuditAction.REMOVED,
            AuditAction.HANDED_OVER,
            AuditAction.CONNECTED,
            AuditAction.ACCOUNT_CHANGED,
            AuditAction.DISCONNECTED,
            AuditAction.SOURCE_CONNECTED,
            AuditAction.SOURCE_DISCONNECTED,
        ),
        SecurityEvent.ACCESS_CHANGED,
    ),
    AuditAction.SOURCE_SECRET_MADE: SecurityEvent.SECRET_CHANGED,
    AuditAction.SOURCE_SECRET_ENDED: SecurityEvent.SECRET_CHANGED,
    AuditAction.DELIVERIES_EXPORTED: SecurityEvent.EXPORTED,
    AuditAction.GUEST_EXPORTED: SecurityEvent.EXPORTED,
    AuditAction.GUEST_ERASED: SecurityEvent.GUEST_ERASED,
    AuditAction.CONTACT_ERASED: SecurityEvent.GUEST_ERASED,
}
"""Entries of a team's audit trail that are events of the security log as well."""
