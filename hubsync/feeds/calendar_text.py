"""Reader of iCalendar text: its components as the few lines that say when somebody is busy, nothing else kept.

Titles, descriptions and people are dropped here, unparsed: they are nobody's business, and most of the file.
Tolerant by event, because a fault in one must not hide the others. https://www.rfc-editor.org/rfc/rfc5545#section-3.1
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from hubsync.errors import FeedCutOff, FeedNotCalendar, FeedTooManyEvents
from hubsync.feeds.reading import MOST_COMPONENTS

_FOLD = re.compile(rb"\r?\n[ \t]")
_BREAK = re.compile(r"\r\n|\r|\n")
_NAME = re.compile(r"[A-Za-z0-9-]+")
_OF_INTEREST = frozenset(
    {"UID", "SEQUENCE", "DTSTART", "DTEND", "DURATION", "RECURRENCE-ID", "RRULE", "RDATE", "EXDATE"}
    | {"STATUS", "TRANSP", "X-MICROSOFT-CDO-BUSYSTATUS", "FREEBUSY"}
)
_READ = frozenset({"VEVENT", "VFREEBUSY"})
_DEEPEST = 10


@dataclass(slots=True)
class Component:
    """An event (VEVENT) or a list of busy times (VFREEBUSY): its *kind* and its lines by property name.

    *closed* is False where the file goes on without ending it.
    """

    kind: str
    lines: dict[str, list[str]] = field(default_factory=dict)
    closed: bool = True


@dataclass(slots=True)
class CalendarText:
    """One VCALENDAR: the name of its zone (X-WR-TIMEZONE), the text of each zone that it defines, its events."""

    zone: str = ""
    zones: dict[str, str] = field(default_factory=dict)
    components: list[Component] = field(default_factory=list)


def read_calendars(content: bytes, emails: Iterable[str]) -> list[CalendarText]:
    """The calendars of a file; of attendees only the lines with one of *emails* are kept.

    Raises FeedNotCalendar, FeedCutOff for a file that ends within a component (only the end of the calendar itself
    may be missing), and FeedTooManyEvents.
    """
    return _Reader(frozenset(each.strip().lower() for each in emails if each.strip())).read(content)


def _lines(content: bytes) -> Iterator[str]:
    """The unfolded lines. Folds are taken out of the bytes, because they may divide a character."""
    text = _FOLD.sub(b"", content).decode("utf-8-sig", "replace")
    return (line for line in _BREAK.split(text) if line)


class _Reader:
    def __init__(self, emails: frozenset[str]) -> None:
        self._emails = emails
        self._found: list[CalendarText] = []
        self._open: list[str] = []
        self._component: Component | None = None
        self._zone: list[str] | None = None
        self._count = 0

    def read(self, content: bytes) -> list[CalendarText]:
        lines = _lines(content)
        first = next(lines, "").strip().upper()
        if first != "BEGIN:VCALENDAR":
            raise FeedNotCalendar("It does not begin as a calendar does.")
        self._begin("VCALENDAR", "BEGIN:VCALENDAR")
        for line in lines:
            match _NAME.match(line):
                case None:
                    continue
                case found:
                    name = found[0].upper()
            if name == "BEGIN":
                self._begin(line[6:].strip().upper(), line)
            elif name == "END":
                self._end(line[4:].strip().upper(), line)
            else:
                self._property(name, line)
        if len(self._open) > 1:
            raise FeedCutOff("It ends within an event or a time zone.")
        return self._found

    def _begin(self, kind: str, line: str) -> None:
        if kind == "VCALENDAR":
            self._close_all()
            self._found.append(CalendarText())
            self._open = [kind]
            return
        if kind in _READ and len(self._open) > 1:  # what is open was never ended: events are within nothing
            self._finish(closed=False)
            del self._open[1:]
        if len(self._open) == 1:
            self._count += 1
            if self._count > MOST_COMPONENTS:
                raise FeedTooManyEvents(f"It has more than {MOST_COMPONENTS} components.")
            if kind in _READ:
                self._component = Component(kind)
            elif kind == "VTIMEZONE":
                self._zone = []
        if len(self._open) >= _DEEPEST or not self._open:
            raise FeedNotCalendar("Its components are not within one another as those of a calendar are.")
        if self._zone is not None:
            self._zone.append(line)
        self._open.append(kind)

    def _end(self, kind: str, line: str) -> None:
        if kind not in self._open:
            return
        if self._zone is not None:
            self._zone.append(line)
        while self._open.pop() != kind:
            pass
        if len(self._open) == 1:
            self._finish(closed=True)

    def _close_all(self) -> None:
        if len(self._open) > 1:
            self._finish(closed=False)

    def _finish(self, *, closed: bool) -> None:
        calendar = self._found[-1]
        if self._component is not None:
            self._component.closed = closed
            calendar.components.append(self._component)
        elif self._zone is not None and closed:
            name = next((each for each in self._zone if each[:4].upper() == "TZID"), "")
            calendar.zones[name.partition(":")[2].strip()] = "\r\n".join(self._zone)
        self._component = self._zone = None

    def _property(self, name: str, line: str) -> None:
        if self._zone is not None:
            self._zone.append(line)
        elif self._component is not None and len(self._open) == 2:
            if name in _OF_INTEREST or (name == "ATTENDEE" and self._is_ours(line)):
                self._component.lines.setdefault(name, []).append(line)
        elif name == "X-WR-TIMEZONE" and len(self._open) == 1 and not self._found[-1].zone:
            self._found[-1].zone = line.partition(":")[2].strip()

    def _is_ours(self, line: str) -> bool:
        lower = line.lower()
        return any(each in lower for each in self._emails)
