"""What one attempt has to do: the draft, whose account it goes to, and the time and calls that it may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hubsync.domain.mapping import Draft
from hubsync.domain.owners import NO_OWNER, OwnerRule
from hubsync.net.deadline import Deadline
from hubsync.services.connection.refused_properties import Key
from hubsync.services.posting.call_reservations import Reservation

CLOCK_DIFFERENCE = timedelta(minutes=5)
"""By how much HubSpot's clock may be behind ours."""


@dataclass(frozen=True)
class TakenDelivery:
    """The delivery that an attempt is made for, and the *worker* that has it under a lease.

    *booked_at* is when the booking was completed: what is older at HubSpot is not ours. *was_looked_for* says that
    a person was told to look for its company in HubSpot, and has asked for this attempt.
    """

    id: int
    worker: str
    booked_at: datetime
    was_looked_for: bool = False


@dataclass(frozen=True)
class OwnerWish:
    """The calendar's *rule* for the owner of new records, and who the booking's host is.

    *may_read* is False where HubSpot is known to lack the permission to read owners.
    """

    rule: OwnerRule = NO_OWNER
    host_id: int | None = None
    host_email: str = field(default="", repr=False)
    may_read: bool = True


NO_WISH = OwnerWish()


@dataclass(frozen=True)
class Task:
    """What an attempt is given; how far it gets is a `Posting`.

    *reservation* counts what the attempt sends. *refused* are the properties that HubSpot is known to refuse
    whatever the value is, with its codes, *time_zone* is the account's. *delivery* is None for a trial, which is
    no booking and is written down nowhere. One that *only_watches* reads in HubSpot and writes nothing.
    """

    team_id: int
    account_id: str
    draft: Draft
    deadline: Deadline
    reservation: Reservation
    refused: Mapping[Key, str] = field(default_factory=dict)
    time_zone: str = "UTC"
    owner: OwnerWish = NO_WISH
    delivery: TakenDelivery | None = None
    only_watches: bool = False
