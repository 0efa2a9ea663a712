"""What TimeRex's stand-in knows: calendars, guests and bookings, and its switches."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

HEADER = "x-timerex-authorization"
OLDER_HEADER = "authorization"
CONFIRMED, BY_HOST, BY_GUEST = 1, 2, 3
"""The numbers of ``status``: a booking is on, or was cancelled by one of the two."""


@dataclass
class Switches:
    """What differs between accounts, versions and reports of TimeRex; a test turns what it is about."""

    header: str = HEADER
    bearer: bool = False
    """Write "Bearer" before the token."""
    calendar_in_event: bool = False
    """Name the calendar inside the event only, as older bodies do."""
    list_values: bool = False
    """Send every answer that is no default question's as a list."""
    without_email: bool = False
    """Leave the guest's address empty, as a booking through LINE does."""
    tells_former: bool = False
    """Tell of a changed booking twice: the former event is cancelled and names the new one."""


@dataclass(frozen=True)
class Calendar:
    """A calendar of the space. *questions* are the labels of those beside the four default ones."""

    name: str
    minutes: int = 30
    time_zone: str = "Asia/Tokyo"
    questions: Sequence[str] = ()
    path: str = field(default_factory=lambda: secrets.token_hex(4))


@dataclass(frozen=True)
class Guest:
    """What a guest fills in; *answers* are by label."""

    name: str
    email: str
    company: str = ""
    comment: str = ""
    answers: Mapping[str, str | Sequence[str] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Booking:
    """One event: a changed booking is another one, which names the former in *old_id*."""

    calendar: Calendar
    guest: Guest
    starts_at: datetime
    created_at: datetime
    url_params: Mapping[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(10))
    old_id: str | None = None
    new_id: str | None = None
    cancelled_at: datetime | None = None
    status: int = CONFIRMED
    reason: str = ""
