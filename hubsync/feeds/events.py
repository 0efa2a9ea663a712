"""One event of a feed: its times with their zones, and whether it makes its owner busy.

Where the standard is open, and where senders do not keep to it, the rules of ``docs/design/busy-calendars.md``
hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

from icalendar import vDDDTypes, vDuration
from x_wr_timezone import UTCChangingWalker

from hubsync.domain.busy_times import UnreadReason
from hubsync.feeds.calendar_text import Component
from hubsync.feeds.lines import number, split, split_time, text
from hubsync.feeds.zones import Zones

Time = date | datetime
_FREE_STATES = frozenset({"FREE", "WORKINGELSEWHERE"})
_DAY = timedelta(days=1)


class Unreadable(Exception):
    """An event that cannot be read, for *reason*; it begins on *day*, if that is known."""

    def __init__(self, reason: UnreadReason, day: date | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.day = day


@dataclass(frozen=True, slots=True)
class Value:
    """One time as it is written: *raw* without its zone, and as it is meant; *floating* ones named no zone."""

    raw: str
    time: Time | tuple[datetime, datetime | timedelta]
    floating: bool = False


@dataclass(frozen=True, slots=True)
class Event:
    """An event or, with *recurrence_id*, the other shape that one time of a series has.

    *start* and *end* are dates for all-day events, else aware. *rules*, *extra* and *left_out* are the RRULE,
    RDATE and EXDATE of a series. An event with *guessed_zone* named one that nobody knows.
    """

    uid: str
    start: Time
    end: Time
    busy: bool
    sequence: int = -1
    recurrence_id: Value | None = None
    and_following: bool = False
    rules: tuple[str, ...] = ()
    extra: tuple[Value, ...] = ()
    left_out: tuple[Value, ...] = ()
    guessed_zone: bool = False

    @property
    def repeats(self) -> bool:
        return bool(self.rules or self.extra)

    @property
    def day(self) -> date:
        """The date on which it begins, by its own zone."""
        return self.start.date() if isinstance(self.start, datetime) else self.start


@dataclass(slots=True)
class EventReader:
    """Reads the events of one calendar: *zones* are those it defines, *own* is its own zone, if it names one.

    *home* is the zone of the person, whose days are meant by all-day events.
    """

    zones: Zones
    own: ZoneInfo | None
    home: ZoneInfo
    emails: frozenset[str]
    _guessed: bool = field(default=False, init=False)

    @property
    def floating(self) -> ZoneInfo:
        """The zone of times that name none."""
        return self.own or self.home

    def read(self, component: Component) -> Event:
        """The event that *component* is. Raises Unreadable."""
        lines = component.lines
        self._guessed = False
        try:
            (first, *_) = self.values(lines["DTSTART"][:1])
            start = _point(first)
        except (KeyError, ValueError, OverflowError):
            raise Unreadable(UnreadReason.NO_START) from None
        day = start.date() if isinstance(start, datetime) else start
        if not component.closed:
            raise Unreadable(UnreadReason.NOT_CLOSED, day)
        try:
            end = self._end(start, lines)
            recurrence_id, and_following = self._recurrence_id(lines)
            event = Event(
                text(lines, "UID"),
                start,
                end,
                busy=moment(start, self.home) < moment(end, self.home) and not _is_free(lines, self.emails),
                sequence=number(text(lines, "SEQUENCE")),
                recurrence_id=recurrence_id,
                and_following=and_following,
                rules=tuple(split(each)[1] for each in lines.get("RRULE", ())),
                extra=tuple(self.values(lines.get("RDATE", ()))),
                left_out=tuple(self.values(lines.get("EXDATE", ()))),
            )
        except (ValueError, OverflowError):  # the latter beyond the years 1 and 9999
            raise Unreadable(UnreadReason.TIME_INVALID, day) from None
        return replace(event, guessed_zone=self._guessed)

    def values(self, lines: Sequence[str]) -> list[Value]:
        """The times of *lines*, each with its zone. Raises ValueError."""
        found = []
        for line in lines:
            parameters, times = split_time(line)
            zone = self._zone(parameters.get("TZID", ""))
            for raw in times.split(","):
                written = raw.strip().upper()
                found.append(Value(written, self._read(written, zone), zone is None and "Z" not in written))
        return found

    def _read(self, written: str, zone: tzinfo | None) -> Time | tuple[datetime, datetime | timedelta]:
        if "/" in written:
            start, _, end = written.partition("/")
            first = self._read(start, zone)
            if not isinstance(first, datetime):
                raise ValueError("a period of days")
            if end.startswith(("P", "+P")):
                return first, vDuration.from_ical(end)
            last = self._read(end, zone)
            if not isinstance(last, datetime):
                raise ValueError("a period of days")
            return first, last
        point = vDDDTypes.from_ical(written)
        if isinstance(point, datetime):
            if point.tzinfo is None and zone is not None:
                return point.replace(tzinfo=zone)
            return self.localised(point)
        if isinstance(point, date):
            return point
        raise ValueError("no date")

    def localised(self, point: datetime) -> datetime:
        """*point*, written without a zone or in UTC, in the zone of the calendar where it names one.

        What is written in UTC is the same moment in it, but repeats by the clock there.
        """
        if self.own is not None:
            moved: datetime = UTCChangingWalker(self.own).walk_value_datetime(point)
            return moved
        return point if point.tzinfo is not None else point.replace(tzinfo=self.home)

    def _zone(self, name: str) -> tzinfo | None:
        if not name:
            return None
        zone = self.zones.find(name)
        self._guessed = self._guessed or zone is None
        return zone

    def _end(self, start: Time, lines: Mapping[str, list[str]]) -> Time:
        if "DTEND" in lines:
            (value, *_) = self.values(lines["DTEND"][:1])
            end = _like(start, value)
            if isinstance(start, datetime) and isinstance(end, datetime) and start.tzinfo is end.tzinfo:
                return end_meant(start, end)
            return end
        if "DURATION" in lines:
            length: timedelta = vDuration.from_ical(split(lines["DURATION"][0])[1].strip().upper())
            days = timedelta(days=length.days)
            if not isinstance(start, datetime):
                return start + days + (_DAY if length > days else timedelta())
            # Hours are elapsed time, days are by the clock (RFC 5545, 3.3.6).
            return ((start + days).astimezone(UTC) + (length - days)).astimezone(start.tzinfo)
        return start if isinstance(start, datetime) else start + _DAY

    def _recurrence_id(self, lines: Mapping[str, list[str]]) -> tuple[Value | None, bool]:
        if "RECURRENCE-ID" not in lines:
            return None, False
        (line, *_) = lines["RECURRENCE-ID"]
        return self.values([line])[0], split_time(line)[0].get("RANGE", "").upper() == "THISANDFUTURE"


def moment(point: Time, home: tzinfo) -> datetime:
    """*point* as a moment in UTC: a date is its midnight at *home*."""
    aware = point if isinstance(point, datetime) else datetime.combine(point, time(), home)
    return aware.astimezone(UTC)


def end_meant(start: datetime, end: datetime) -> datetime:
    """*end* of what begins at *start*, in the same zone; where the clock never shows *start*, as long after it.

    On the day when clocks are put forward 2:45 to 3:00 would end before it begins.
    """
    first = start.astimezone(UTC)
    if first.astimezone(start.tzinfo).replace(tzinfo=None) == start.replace(tzinfo=None):
        return end
    return (first + (end.replace(tzinfo=None) - start.replace(tzinfo=None))).astimezone(end.tzinfo)


def _like(start: Time, end: Value) -> Time:
    """*end* of the kind of *start*: a date, which is the first that is free again, or a moment."""
    point = _point(end)
    if not isinstance(start, datetime):
        if not isinstance(point, datetime):
            return point
        return point.date() + (timedelta() if point.time() == time() else _DAY)
    if not isinstance(point, datetime):
        return datetime.combine(point, time(), start.tzinfo)
    return point.replace(tzinfo=start.tzinfo) if end.floating else point


def _point(value: Value) -> Time:
    if isinstance(value.time, tuple):
        raise ValueError("a period where a time should be")
    return value.time


def _is_free(lines: Mapping[str, list[str]], emails: frozenset[str]) -> bool:
    """Whether the event leaves its owner free, by what it says of itself or by the owner's own answer."""
    states = {text(lines, "X-MICROSOFT-CDO-BUSYSTATUS").upper()}
    return (
        text(lines, "STATUS").upper() == "CANCELLED"
        or text(lines, "TRANSP").upper() == "TRANSPARENT"
        or bool(states & _FREE_STATES)
        or _has_declined(lines.get("ATTENDEE", ()), emails)
    )


def _has_declined(attendees: Sequence[str], emails: frozenset[str]) -> bool:
    """Whether the owner is among the *attendees* and has declined, under every address that is invited."""
    answers = set()
    for line in attendees:
        parameters, address = split(line)
        named = {address.lower().removeprefix("mailto:").strip(), parameters.get("EMAIL", "").lower()}
        if named & emails:
            answers.add(parameters.get("PARTSTAT", "").upper())
    return answers == {"DECLINED"}
