"""Small calendars of the tests' own making, and when they say that somebody is busy, as people write it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from hubsync.domain.busy_times import UnreadEvent, Window
from hubsync.feeds.content import Contents, read_content
from hubsync.feeds.reading import Person

BERLIN = "Europe/Berlin"
HOST = Person(frozenset({"host@acme.example", "ren@acme.example"}), BERLIN)
DECEMBER = Window(datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))


def window(year: int, month: int, day: int, *, days: int) -> Window:
    start = datetime(year, month, day, tzinfo=UTC)
    return Window(start, start + timedelta(days=days))


def event(*lines: str, uid: str = "a@calendar.example") -> str:
    return "\r\n".join(["BEGIN:VEVENT", f"UID:{uid}", "DTSTAMP:20261101T000000Z", *lines, "END:VEVENT"])


def meeting(day: str, *lines: str, uid: str = "a@calendar.example") -> str:
    """A meeting from 10 to 11 in Berlin, which is from 9 to 10 in UTC in winter."""
    zoned = f"TZID={BERLIN}:{day}T"
    return event(f"DTSTART;{zoned}100000", f"DTEND;{zoned}110000", *lines, uid=uid)


def calendar(*parts: str) -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Acme//Tests//EN", *parts, "END:VCALENDAR", ""]
    return "\r\n".join(lines).encode()


def read(content: bytes, window: Window = DECEMBER, person: Person = HOST) -> Contents:
    return read_content([content], window, person)


def busy(content: bytes, window: Window = DECEMBER, person: Person = HOST) -> list[str]:
    """The busy times of a calendar that is read without a fault, in UTC: ``03 09:00-10:00``.

    The end of another day has that day, too. December's days are numbers alone.
    """
    contents = read(content, window, person)
    assert contents.unread == []
    return written(contents)


def written(contents: Contents) -> list[str]:
    found = []
    for each in contents.busy:
        start = f"{each.start:%d %H:%M}" if each.start.month == 12 else f"{each.start:%m-%d %H:%M}"
        same_day = each.start.date() == each.end.date()
        end = f"{each.end:%H:%M}" if same_day else f"{each.end:%d %H:%M}"
        found.append(f"{start}-{end}")
    return found


def reasons(unread: Iterable[UnreadEvent]) -> list[tuple[str, str]]:
    return [(each.reason.value, each.day.isoformat() if each.day else "") for each in unread]
