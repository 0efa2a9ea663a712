"""Times of a series within a window: `recurring_ical_events` over events whose times were put right first.

What is put right: every time of a series is of the kind and in the zone of its DTSTART, because the library
compares them as written (dates with moments, New York with Berlin) and would let a moved meeting stand at both its
times. And an old series is begun shortly before the window, because the library counts it through from its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from icalendar import vDDDLists, vDDDTypes

from hubsync.domain.busy_times import BusyTime, UnreadReason, Window
from hubsync.feeds.events import Event, EventReader, Time, Unreadable, Value, moment
from hubsync.feeds.rules import day_meant, read_rule, skip_ahead

MOST_TIMES = 5_000
"""Of one series within the window."""

_DAY = timedelta(days=1)
_NUMBER = "X-HUBSYNC-NUMBER"
_LEAST = datetime(1, 1, 3, tzinfo=UTC)


def busy_time(event: Event, home: ZoneInfo, start: Time | None = None, end: Time | None = None) -> BusyTime:
    """The time from *start* to *end*, which are those of *event* unless given, in UTC."""
    return BusyTime(
        moment(event.start if start is None else start, home), moment(event.end if end is None else end, home)
    )


def touches(time: BusyTime, window: Window) -> bool:
    """Whether any of *time* is within *window*."""
    return time.start < window.end and window.start < time.end


def expand(master: Event, overrides: Sequence[Event], reader: EventReader, window: Window) -> list[BusyTime]:
    """The busy times of a series that touch *window*: of its *master*, and of those times that are otherwise.

    Raises Unreadable, also for more than MOST_TIMES.
    """
    try:
        return list(_expand(master, overrides, reader, window))
    except Unreadable:
        raise
    except (ValueError, TypeError, OverflowError, ArithmeticError, LookupError):
        # What the two libraries raise on a rule that makes no sense, such as the 32nd of a month.
        raise Unreadable(UnreadReason.RULE_INVALID, master.day) from None


def _expand(master: Event, overrides: Sequence[Event], reader: EventReader, window: Window) -> Iterator[BusyTime]:
    calendar = icalendar.Calendar()
    sources: dict[int, Event] = {}
    for number, event in enumerate([master, *overrides]):
        sources[number] = event
        calendar.add_component(_component(event, master, reader, window, number))
    kind = recurring_ical_events.ComponentsWithName("VEVENT", adapter=_Adapter, occurrence=_Time)
    query = recurring_ical_events.CalendarQuery(calendar, components=[kind])
    # Dates and moments are compared in UTC there: a day more on both sides has all that are meant.
    first, last = max(window.start - _DAY, _LEAST), window.end + _DAY
    count = 0
    for series in query.series:
        for each in cast(Iterable[_Time], series.between(first, last)):
            count += 1
            if count > MOST_TIMES:
                raise Unreadable(UnreadReason.TOO_MANY_TIMES, master.day)
            event = sources[each.number]
            if not event.busy:
                continue
            found = busy_time(event, reader.home, each.start, each.end)
            if touches(found, window):
                yield found


class _Adapter(recurring_ical_events.EventAdapter):
    """The library's view of an event, which remembers which of ours it is."""

    def __init__(self, component: Any) -> None:
        super().__init__(component)
        self.number = int(component[_NUMBER])


class _Time(recurring_ical_events.Occurrence):
    """One time of a series, which remembers the event that it is of."""

    def __init__(self, adapter: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(adapter, *args, **kwargs)
        self.number: int = adapter.number


def _component(event: Event, master: Event, reader: EventReader, window: Window, number: int) -> icalendar.Event:
    rules = [read_rule(each, event, reader) for each in event.rules] if event is master else []
    made = icalendar.Event()
    made["UID"] = "series"
    made[_NUMBER] = str(number)
    made["SEQUENCE"] = event.sequence
    ahead = skip_ahead(rules, event, window)
    made["DTSTART"] = vDDDTypes(event.start + ahead)
    made["DTEND"] = vDDDTypes((event.end if event.busy else event.start) + ahead)
    if event.recurrence_id is not None:
        made["RECURRENCE-ID"] = vDDDTypes(_point_of(event.recurrence_id, master.start, reader))
        if event.and_following:
            made["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
        return made
    if rules:
        made["RRULE"] = rules
    if event.extra:
        made["RDATE"] = vDDDLists([_extra(each, event.start, reader) for each in event.extra])
    if event.left_out:
        made["EXDATE"] = vDDDLists([_left_out(each, event.start, reader) for each in event.left_out])
    return made


def _extra(value: Value, start: Time, reader: EventReader) -> Any:
    if isinstance(value.time, tuple):
        first, last = value.time
        return (first, last) if isinstance(start, datetime) else _point_of(value, start, reader)
    return _point_of(value, start, reader)


def _left_out(value: Value, start: Time, reader: EventReader) -> Time:
    """A time that is left out; of a timed series a date leaves out all times of that day, so it stays one."""
    if isinstance(start, datetime) and not isinstance(value.time, (datetime, tuple)):
        return value.time
    return _point_of(value, start, reader)


def _point_of(value: Value, start: Time, reader: EventReader) -> Time:
    """*value* as a time of the series that begins at *start*."""
    point = value.time[0] if isinstance(value.time, tuple) else value.time
    if not isinstance(start, datetime):
        return day_meant(value.raw, point, reader).date() if isinstance(point, datetime) else point
    if not isinstance(point, datetime):
        return datetime.combine(point, time(start.hour, start.minute, start.second), start.tzinfo)
    return point.replace(tzinfo=start.tzinfo) if value.floating else point.astimezone(start.tzinfo)
