"""Calendar file of an appointment: what a mail program puts into its owner's calendar (iCalendar, iTIP).

https://www.rfc-editor.org/rfc/rfc5545, https://www.rfc-editor.org/rfc/rfc5546 (METHOD, SEQUENCE)
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from hubsync.domain.calendar_uids import PRODUCT

if TYPE_CHECKING:
    from icalendar import Timezone


class Method(StrEnum):
    """What a calendar is asked to do. RFC 5546 allows no attendee in a mere publication: mails ask for more."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"
    """To keep a copy, which whoever downloads the file does."""


@dataclass(frozen=True)
class CalendarFile:
    """A calendar file, and the *method* that the header of its part has to name."""

    method: Method
    text: str = field(repr=False)


@dataclass(frozen=True)
class CalendarEvent:
    """An appointment as it goes into a calendar.

    *uid* stays the same for all news of it, *sequence* grows with each. *starts_at* and *ends_at* are in the
    reader's zone, a `ZoneInfo`. *organizer* and *attendees* are addresses with the names that are shown, which may
    be empty; an organizer without an address is left out. *stamp* (aware) is when this news of it was written.
    """

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    stamp: datetime
    summary: str = field(repr=False)
    description: str = field(repr=False)
    organizer: tuple[str, str] = field(repr=False)
    attendees: tuple[tuple[str, str], ...] = field(repr=False)
    location: str = field(default="", repr=False)


def write_calendar_file(event: CalendarEvent, method: Method = Method.REQUEST) -> CalendarFile:
    """The file that tells a calendar of *event*, with the definition of its time zone.

    Nobody is asked for an answer: all have accepted. SCHEDULE-AGENT keeps servers from inviting anybody or
    answering by themselves, for the mails are ours. https://www.rfc-editor.org/rfc/rfc6638#section-7.1
    """
    # Loaded by the first mail, for it takes half a second: neither commands nor the start wait for it.
    from icalendar import Calendar, Event, vCalAddress, vText

    def person(address: str, name: str, **parameters: str) -> vCalAddress:
        made = vCalAddress(f"mailto:{address}")
        named = {"CN": name} if name else {}
        for key, value in {**named, **parameters, "SCHEDULE-AGENT": "CLIENT"}.items():
            made.params[key] = vText(value)
        return made

    written = Event()
    written.add("uid", event.uid)
    written.add("sequence", event.sequence)
    written.add("dtstamp", event.stamp)
    times = (event.starts_at, event.ends_at)
    if any(each.fold for each in times):
        # A time of a zone means the first of two turns (RFC 5545, 3.3.5); only UTC can name the second one.
        times = (event.starts_at.astimezone(UTC), event.ends_at.astimezone(UTC))
    written.add("dtstart", times[0])
    written.add("dtend", times[1])
    written.add("summary", event.summary)
    written.add("description", event.description)
    if event.location:
        written.add("location", event.location)
    written.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    if event.organizer[0]:
        written.add("organizer", person(*event.organizer), encode=False)
    for address, name in event.attendees:
        accepted = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "ACCEPTED", "RSVP": "FALSE"}
        written.add("attendee", person(address, name, **accepted), encode=False)
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", method.value)
    calendar.add_component(written)
    for zone in calendar.get_missing_tzids():
        calendar.subcomponents[:0] = _define_zone(zone, event.starts_at.year)
    return CalendarFile(method, calendar.to_ical().decode())


@lru_cache(maxsize=256)  # icalendar looks for the turns hour by hour, which takes longer than all else of a mail
def _define_zone(name: str, year: int) -> tuple[Timezone, ...]:
    """The definition of the zone for appointments of *year*; none of a zone that icalendar does not know."""
    from icalendar import Timezone

    # Only the rules of the years around it; all since 1970 are longer than the rest of the mail.
    first, last = date(year - 1, 1, 1), date(year + 2, 1, 1)
    try:
        return (Timezone.from_tzid(name, first_date=first, last_date=last),)
    except ValueError:
        return ()
