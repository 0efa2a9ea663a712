"""The actions that the audit trail of a team records."""

from __future__ import annotations

from enum import StrEnum


class AuditAction(StrEnum):
    """What somebody did, or what HubSync noticed by itself. The values are stored; none is ever renamed."""

    TEAM_MADE = "team_made"
    TEAM_RENAMED = "team_renamed"
    PLAN_CHANGED = "plan_changed"
    PUBLIC_DETAILS_CHANGED = "public_details_changed"
    INVITED = "invited"
    INVITATION_WITHDRAWN = "invitation_withdrawn"
    JOINED = "joined"
    ROLE_CHANGED = "role_changed"
    REMOVED = "removed"
    HANDED_OVER = "handed_over"
    CONNECTED = "connected"
    ACCOUNT_CHANGED = "account_changed"
    DISCONNECTED = "disconnected"
    ACCESS_LOST = "access_lost"
    ACCESS_REGAINED = "access_regained"
    NOTICE_SENT = "notice_sent"
    FREE_DOMAINS_CHANGED = "free_domains_changed"
    MAPPING_SAVED = "mapping_saved"
    MAPPING_PAUSED = "mapping_paused"
    MAPPING_RESUMED = "mapping_resumed"
    MAPPING_REMOVED = "mapping_removed"
    MAPPING_COPIED = "mapping_copied"
    GUEST_ERASED = "guest_erased"
    REPLAY_STARTED = "replay_started"
    REPLAY_PAUSED = "replay_paused"
    REPLAY_CONTINUED = "replay_continued"
    REPLAY_STOPPED = "replay_stopped"
    DISMISSED = "dismissed"
    DISMISSAL_TAKEN_BACK = "dismissal_taken_back"
    ANSWERS_CORRECTED = "answers_corrected"
    TEST_SENT = "test_sent"
    CALENDAR_ARCHIVED = "calendar_archived"
    CALENDAR_RESTORED = "calendar_restored"
    CALENDAR_DELETED = "calendar_deleted"
    SOURCE_SECRET_MADE = "source_secret_made"  # noqa: S105  the word for an action, not a secret
    SOURCE_SECRET_ENDED = "source_secret_ended"  # noqa: S105  the same
    SOURCE_CHANGED = "source_changed"
    SOURCE_ENABLED = "source_enabled"
    SOURCE_DISABLED = "source_disabled"
    SOURCE_CONNECTED = "source_connected"
    SOURCE_DISCONNECTED = "source_disconnected"
    SOURCE_REFUSED = "source_refused"
    SOURCE_RENEWED = "source_renewed"
    SOURCE_COMPARED = "source_compared"
