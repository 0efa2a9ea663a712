"""Work on a meeting: what an attempt, or the background, has under its lease."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from hubsync.domain.meetings import MeetingPlan, MeetingState
from hubsync.domain.owners import OwnerDecision


@dataclass
class MeetingWork:
    """The meeting of a booking that *worker* has under a lease.

    *plan* is None for a booking without a time. *why_none* says why none is to be made, "" where one is.
    *in_doubt*: one was about to be made before, and nobody knows whether it was. *contact_was_untried*: no
    create of the contact was sent before this attempt, so that one that is created by now has no other meetings.
    *seen* are the ids of the meetings on the contact's timeline, where it was read in this attempt; *found_at* is
    when a meeting begins that an earlier attempt made. *owner* is whom this attempt sent it with, None where it
    sent none.
    """

    worker: str
    plan: MeetingPlan | None
    why_none: str = ""
    state: MeetingState = MeetingState.UNTRIED
    meeting_id: str = ""
    reason: str = ""
    in_doubt: bool = False
    contact_was_untried: bool = True
    seen: tuple[str, ...] | None = None
    found_at: datetime | None = None
    owner: OwnerDecision | None = None
