"""Reader of a feed's content: bytes to the busy times of a window, each event by itself.

Pure but for its cost, which a stranger decides: ``worker`` runs it in a process with limits. *bounded* is entered
for each event or series, and may end it by raising CostTooHigh.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import timedelta
from zoneinfo import ZoneInfo

from hubsync.domain.busy_times import BusyTime, UnreadEvent, UnreadReason, Window
from hubsync.errors import FeedTooManyEvents
from hubsync.feeds.calendar_text import CalendarText, Component, read_calendars
from hubsync.feeds.events import Event, EventReader, Unreadable, Value, moment
from hubsync.feeds.reading import Person
from hubsync.feeds.series import busy_time, expand, touches
from hubsync.feeds.zones import Zones, find_zone

MOST_BUSY_TIMES = 20_000
MOST_UNREAD = 50
"""So many events that could not be read are named."""

Bounded = Callable[[], AbstractContextManager[object]]


class CostTooHigh(BaseException):
    """An event takes too long. No Exception, so that no library takes it for one of its own."""


@dataclass(slots=True)
class Contents:
    """What a feed says of a window: *busy* times, events that could not be read, the feed's own *zone*."""

    busy: list[BusyTime]
    unread: list[UnreadEvent]
    zone: str = ""


@dataclass(slots=True)
class _Found:
    busy: set[BusyTime] = field(default_factory=set)
    unread: list[UnreadEvent] = field(default_factory=list)

    def leave_out(self, reason: UnreadReason, event: Unreadable | Event | None = None) -> None:
        if len(self.unread) < MOST_UNREAD:
            self.unread.append(UnreadEvent(reason, event.day if event is not None else None))


def read_content(
    documents: Iterable[bytes], window: Window, person: Person, bounded: Bounded = nullcontext
) -> Contents:
    """The busy times of all *documents* that touch *window*, in their order.

    Raises FeedNotCalendar, FeedCutOff and FeedTooManyEvents.
    """
    emails = frozenset(each.strip().lower() for each in person.emails if each.strip())
    home = find_zone(person.zone) or ZoneInfo("UTC")
    found, zone = _Found(), ""
    for content in documents:
        for calendar in read_calendars(content, emails):
            own = find_zone(calendar.zone)
            zone = zone or _zone_of(calendar, own)
            reader = EventReader(Zones(calendar.zones), own, home, emails)
            _read_calendar(calendar, reader, window, bounded, found)
            if len(found.busy) > MOST_BUSY_TIMES:
                raise FeedTooManyEvents(f"It has more than {MOST_BUSY_TIMES} busy times.")
    return Contents(sorted(found.busy), found.unread, zone)


def _zone_of(calendar: CalendarText, own: ZoneInfo | None) -> str:
    """The zone that a calendar names for itself, else the only one that it has anything in; empty where none."""
    only = find_zone(next(iter(calendar.zones))) if own is None and len(calendar.zones) == 1 else own
    return only.key if only is not None else ""


def _read_calendar(
    calendar: CalendarText, reader: EventReader, window: Window, bounded: Bounded, found: _Found
) -> None:
    by_uid: defaultdict[str, list[Event]] = defaultdict(list)
    for number, component in enumerate(calendar.components):
        try:
            with bounded():
                if component.kind == "VFREEBUSY":
                    _read_free_busy(component, reader, window, found)
                    continue
                event = reader.read(component)
        except Unreadable as unreadable:
            found.leave_out(unreadable.reason, unreadable)
        except CostTooHigh:
            found.leave_out(UnreadReason.RULE_TOO_COSTLY)
        else:
            by_uid[event.uid or f"\n{number}"].append(event)
            if event.guessed_zone and (event.repeats or touches(busy_time(event, reader.home), window)):
                found.leave_out(UnreadReason.ZONE_UNKNOWN, event)
    for events in by_uid.values():
        _read_series(events, reader, window, bounded, found)


def _read_series(
    events: Sequence[Event], reader: EventReader, window: Window, bounded: Bounded, found: _Found
) -> None:
    """Add the busy times of all *events* of one UID.

    Several that are no overrides each count, as do overrides of what is not in the file.
    """
    overrides = [each for each in events if each.recurrence_id is not None]
    masters = [each for each in events if each.recurrence_id is None]
    for master in masters:
        if not master.repeats and not overrides:
            _add(master, reader, window, found)
            continue
        try:
            with bounded():
                found.busy.update(expand(master, overrides, reader, window))
        except Unreadable as unreadable:
            found.leave_out(unreadable.reason, unreadable)
        except CostTooHigh:
            found.leave_out(UnreadReason.RULE_TOO_COSTLY, master)
        else:
            continue
        for each in overrides:
            _add(each, reader, window, found)
    if not masters:
        for each in overrides:
            _add(each, reader, window, found)


def _add(event: Event, reader: EventReader, window: Window, found: _Found) -> None:
    if event.busy and touches(time := busy_time(event, reader.home), window):
        found.busy.add(time)


def _read_free_busy(component: Component, reader: EventReader, window: Window, found: _Found) -> None:
    """Add the busy times of a VFREEBUSY, which is often all that there is; an unknown kind of them is busy, too.

    Raises Unreadable for lines that are none, once all others have been added.
    """
    is_whole = True
    for line in component.lines.get("FREEBUSY", ()):
        kind = line.partition(":")[0].upper()
        if "FBTYPE=FREE" in kind.replace('"', "").split(";"):
            continue
        try:
            periods = [_period(each, reader) for each in reader.values([line])]
        except (ValueError, OverflowError):  # the latter beyond the years 1 and 9999
            is_whole = False
            continue
        found.busy.update(each for each in periods if each is not None and touches(each, window))
    if not is_whole:
        raise Unreadable(UnreadReason.TIME_INVALID)


def _period(value: Value, reader: EventReader) -> BusyTime | None:
    if not isinstance(value.time, tuple):
        return None
    start, end = value.time
    first = moment(start, reader.home)
    last = first + end if isinstance(end, timedelta) else moment(end, reader.home)
    return BusyTime(first, last) if first < last else None
