"""Mails of the outbox: their kinds, and when one that did not leave is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from enum import Enum, StrEnum, auto

from hubsync.domain.retries import Retries

KEPT = timedelta(days=7)
"""For how long a row of the outbox is kept after its mail was sent, or given up."""


class MailKind(StrEnum):
    """What a mail of the outbox is. The values are stored; none is ever renamed."""

    GUEST_CONFIRMATION = "guest_confirmation"
    """A guest's booking stands."""
    HOST_CONFIRMATION = "host_confirmation"
    """Somebody has booked a time of this host."""
    BUSY_CALENDAR_UNREADABLE = "busy_calendar_unreadable"
    """A person's busy calendar has not been readable for an hour."""
    GUEST_MOVED = "guest_moved"
    """A guest's booking has another time."""
    HOST_MOVED = "host_moved"
    """A guest has moved a booking, which is this host's now."""
    GUEST_CANCELLED = "guest_cancelled"
    HOST_CANCELLED = "host_cancelled"
    """A guest has cancelled a booking of this host, or moved it so that another host has it."""
    GUEST_REMINDER = "guest_reminder"
    """A guest's appointment is near."""
    SIGNIN_LINK = "signin_link"
    """Somebody asked for a link to sign in with."""
    CONFIRM_IDENTITY = "confirm_identity"
    """Somebody signed in at a provider with an address that has to be proved."""
    CLAIM_INVITATION = "claim_invitation"
    """Somebody wants to join by an invitation, whose address has to be proved."""
    NEW_WAY_IN = "new_way_in"
    """A person can be signed in by another account from now on."""
    INVITATION = "team_invitation"
    """A team offers its place to an address."""
    BOOKINGS_HELD = "bookings_held"
    """Bookings of a calendar are held for a look."""
    NOTICE = "notice"
    """Something failed that needs somebody of the team."""
    NOTICE_COPY = "notice_copy"
    """The notice, for those of the team who read another language than its owner."""
    EXPIRY_WARNING = "expiry_warning"
    """Access to HubSpot will expire for want of a post."""


class MailState(Enum):
    """What has become of a mail: it waits for its turn, was sent, or never left."""

    WAITING = auto()
    SENT = auto()
    GIVEN_UP = auto()


USUAL = Retries(
    (
        timedelta(minutes=1),
        timedelta(minutes=5),
        timedelta(minutes=30),
        timedelta(hours=2),
        timedelta(hours=6),
        timedelta(hours=12),
    )
)
OF_NOTICES = Retries(
    (timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=6)), endless=True
)
RETRIES: Mapping[MailKind, Retries] = {
    **dict.fromkeys(MailKind, USUAL),
    MailKind.NOTICE: OF_NOTICES,
    MailKind.NOTICE_COPY: OF_NOTICES,
    MailKind.EXPIRY_WARNING: Retries((timedelta(hours=1),), endless=True),
}
LONGEST_PAUSE = max(pause for each in RETRIES.values() for pause in each.pauses)
