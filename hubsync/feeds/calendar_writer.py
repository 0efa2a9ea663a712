"""Writer of a calendar that other programs subscribe to (RFC 5545): appointments with their times in UTC."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from hubsync.domain.calendar_uids import PRODUCT

ASK_AGAIN_AFTER = timedelta(minutes=15)
"""What programs are asked to do; many take hours all the same."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """An appointment as a calendar shows it.

    *uid* stays the same for good, *sequence* grows with each change, *changed_at* is when it became what it is.
    All times are aware.
    """

    uid: str
    sequence: int
    changed_at: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str = field(repr=False)
    url: str = ""


def write_calendar(name: str, entries: Iterable[CalendarEntry]) -> bytes:
    """The calendar *name* with *entries*, in UTF-8; the same entries give the same bytes."""
    # Loaded when the first calendar is written, for it takes half a second: no start waits for it.
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    calendar.add("refresh-interval", ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT15M")
    for each in entries:
        event = Event()
        event.add("uid", each.uid)
        event.add("sequence", each.sequence)
        event.add("dtstamp", each.changed_at.astimezone(UTC))
        event.add("dtstart", each.starts_at.astimezone(UTC))
        event.add("dtend", each.ends_at.astimezone(UTC))
        event.add("summary", each.summary)
        if each.url:
            event.add("url", each.url)
        calendar.add_component(event)
    written: bytes = calendar.to_ical()
    return written
