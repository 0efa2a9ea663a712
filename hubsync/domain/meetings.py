"""Meetings on the timeline in HubSpot: what became of a booking's one, and how it is found among others.

How HubSpot keeps them: https://developers.hubspot.com/docs/api-reference/latest/crm/activities/meetings/guide
"""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from hubsync.domain.owners import OWNER_PROPERTY

SAME_START = timedelta(minutes=1)
"""Two meetings of one contact that begin so close to each other are one."""
SYNCED = "BIDIRECTIONAL_SYNC"
"""The source of a meeting that a host's synchronised calendar brought."""
START, END, TIMESTAMP = "hs_meeting_start_time", "hs_meeting_end_time", "hs_timestamp"
TITLE, BODY, NOTES = "hs_meeting_title", "hs_meeting_body", "hs_internal_meeting_notes"
OUTCOME, LOCATION, ADDRESS = "hs_meeting_outcome", "hs_meeting_location", "hs_meeting_external_url"


class MeetingState(StrEnum):
    """What became of the meeting of a booking. The values are stored; none is ever renamed."""

    UNTRIED = ""
    INTENT = "intent"
    """A create was sent, or was about to be, and its answer is not stored."""
    CREATED = "created"
    ALREADY_THERE = "already_there"
    """Another one of the contact begins at the same time, such as one that a synchronised calendar brought."""
    NONE = "none"
    """There is nothing to make; why is a `NoMeeting`."""
    REFUSED = "refused"
    GONE = "gone"
    """Somebody deleted it in HubSpot. It is not made again."""


OPEN_MEETING = (MeetingState.UNTRIED, MeetingState.INTENT, MeetingState.NONE, MeetingState.REFUSED)
"""What a further attempt at the delivery looks at anew."""
UNSETTLED_MEETING = (MeetingState.UNTRIED, MeetingState.INTENT)
"""What an attempt or a change has where something went wrong before it was known what became of the meeting."""


class NoMeeting(StrEnum):
    """Why there is nothing to make. The values are stored; none is ever renamed."""

    NO_TIME = "meeting_no_time"
    CANCELLED = "meeting_cancelled_before"
    NO_RECORD = "meeting_no_record"
    """Neither contact nor company stands in HubSpot."""
    OFF = "meeting_off"
    """The calendar puts no bookings on the timeline any more."""


class MeetingOutcome(StrEnum):
    """How a booking stands, in the words of HubSpot's own options for it. The values are stored."""

    SCHEDULED = "SCHEDULED"
    CANCELED = "CANCELED"
    NO_SHOW = "NO_SHOW"


_LETTERS = {MeetingOutcome.CANCELED: "CANCEL", MeetingOutcome.NO_SHOW: "NOSHOW"}


@dataclass(frozen=True, slots=True)
class MeetingPlan:
    """A meeting as it is to be on the timeline. *title* is text, *body* is HTML.

    *ends_at* is None where the source does not say. *mark* is the line by which ours is known again. *outcome* is
    how the booking stands; a create says that it is scheduled, for which every account has the option.
    """

    starts_at: datetime
    ends_at: datetime | None
    title: str = field(repr=False)
    body: str = field(repr=False)
    mark: str
    location: str = field(default="", repr=False)
    address: str = field(default="", repr=False)
    outcome: MeetingOutcome = MeetingOutcome.SCHEDULED

    def properties(self, owner_id: str = "") -> dict[str, str]:
        """The properties of a create, *owner_id* being HubSpot's of a user; what is empty is left out."""
        values = {
            **time_properties(self.starts_at, self.ends_at),
            TITLE: self.title,
            BODY: self.body,
            NOTES: html.escape(self.mark, quote=False),
            OUTCOME: MeetingOutcome.SCHEDULED.value,
            LOCATION: self.location,
            ADDRESS: self.address,
            OWNER_PROPERTY: owner_id,
        }
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True, slots=True)
class FoundMeeting:
    """A meeting as HubSpot has it."""

    id: str
    starts_at: datetime | None = None
    title: str = field(default="", repr=False)
    notes: str = field(default="", repr=False)
    outcome: str = ""
    source: str = ""


def has_mark(notes: str) -> bool:
    """Whether the *notes* of a meeting say that HubSync made it."""
    return re.search(r"\bHubSync [0-9a-f-]{36}\b", html.unescape(notes)) is not None


def mark_of(uid: str) -> str:
    """The line that names a booking, at the end of a meeting's internal notes; *uid* tells nothing of it."""
    return f"HubSync {uid}"


def time_properties(starts_at: datetime, ends_at: datetime | None) -> dict[str, str]:
    """The times of a meeting as properties; its place on the timeline is its start."""
    start = hubspot_time(starts_at)
    ends = {END: hubspot_time(ends_at)} if ends_at is not None else {}
    return {TIMESTAMP: start, START: start, **ends}


def hubspot_time(moment: datetime) -> str:
    """*moment* (aware) in UTC with milliseconds, the full form: ``2026-12-01T09:00:00.000Z``."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def read_time(value: object) -> datetime | None:
    """A time as HubSpot tells it, in ISO 8601 or in milliseconds since 1970; None for anything else."""
    text = str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""
    try:
        if re.fullmatch(r"-?\d{1,16}", text, re.ASCII):
            return datetime.fromtimestamp(int(text) / 1000, UTC)
        moment = datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.tzinfo is not None else None


def outcome_of(cancelled_at: datetime | None, no_show_at: datetime | None) -> MeetingOutcome:
    """How a booking with these marks stands."""
    if cancelled_at is not None:
        return MeetingOutcome.CANCELED
    return MeetingOutcome.SCHEDULED if no_show_at is None else MeetingOutcome.NO_SHOW


def option_for(outcome: MeetingOutcome, options: Iterable[str]) -> str:
    """The account's option for *outcome*; "" where none fits.

    Sources spell HubSpot's own in two ways (one L, two), and an account may have its own.
    """
    wanted = _LETTERS.get(outcome, outcome.value)
    known = list(options)
    if outcome.value in known:
        return outcome.value
    return next((each for each in known if wanted in re.sub(r"[^A-Z]", "", each.upper())), "")


def find_ours(found: Iterable[FoundMeeting], plan: MeetingPlan) -> FoundMeeting | None:
    """The meeting that a create of *plan* made whose answer was lost: by its mark, else by start and title."""
    meetings = list(found)
    marked = [each for each in meetings if plan.mark in html.unescape(each.notes)]
    alike = [
        each
        for each in meetings
        if each.starts_at is not None
        and hubspot_time(each.starts_at) == hubspot_time(plan.starts_at)
        and each.title == plan.title
        and each.source != SYNCED
        and not each.notes
    ]
    return next(iter([*marked, *alike]), None)


def find_same(found: Iterable[FoundMeeting], starts_at: datetime) -> FoundMeeting | None:
    """A meeting that begins when ours would, and takes place."""
    for each in found:
        same = each.starts_at is not None and abs(each.starts_at - starts_at) <= SAME_START
        if same and "CANCEL" not in each.outcome.upper():
            return each
    return None


def newest(ids: Collection[str], most: int) -> list[str]:
    """The *most* highest of HubSpot's *ids*, which rise with the time."""
    return sorted(ids, key=int)[-most:]
