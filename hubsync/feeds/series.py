"""Times of a series within a window: `recurring_ical_events` over events whose times were put right first.

What is put right: every time of a series is of the kind of its DTSTART and by the clock of its zone, without the
zone. The library compares dates with moments and New York with Berlin as written, and takes 10:00 in Berlin, which
is 9:00 in UTC, for 9:00 in Berlin as well. And an old series is begun shortly before the window, because the
library counts it through from its start.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, time, timedelta, tzinfo
from typing import Any, cast
from zoneinfo import ZoneInfo

import icalendar
import recurring_ical_events
from icalendar import vDDDLists, vDDDTypes

from hubsync.domain.busy_times import BusyTime, UnreadReason, Window
from hubsync.feeds.events import Event, EventReader, Time, Unreadable, Value, end_meant, moment
from hubsync.feeds.rules import day_meant, read_rule, skip_ahead

MOST_TIMES = 5_000
"""Of one series within the window."""

_DAY = timedelta(days=1)
_NUMBER = "X-HUBSYNC-NUMBER"


def busy_time(event: Event, home: ZoneInfo) -> BusyTime:
    """The time of *event* itself, in UTC."""
    return BusyTime(moment(event.start, home), moment(event.end, home))


def touches(time: BusyTime, window: Window) -> bool:
    """Whether any of *time* is within *window*."""
    return time.start < window.end and window.start < time.end


def expand(master: Event, overrides: Sequence[Event], reader: EventReader, window: Window) -> list[BusyTime]:
    """The busy times of a series that touch *window*: of its *master*, and of those times that are otherwise.

    Raises Unreadable, also for more than MOST_TIMES.
    """
    try:
        latest = _latest(overrides, master, reader)
        found = [busy_time(each, reader.home) for each in latest.values() if each.busy and not each.and_following]
        found += _turns(master, latest, reader, window)
        return [each for each in found if touches(each, window)]
    except (ValueError, TypeError, OverflowError, ArithmeticError, LookupError):
        # What the two libraries raise on a rule that makes no sense, such as the 32nd of a month.
        raise Unreadable(UnreadReason.RULE_INVALID, master.day) from None


def _latest(overrides: Sequence[Event], master: Event, reader: EventReader) -> dict[Time, Event]:
    """The overrides by the time of the series that each is instead of; of several the latest by its sequence."""
    latest: dict[Time, Event] = {}
    for each in sorted(overrides, key=lambda override: override.sequence):
        if each.recurrence_id is not None:
            latest[_point_of(each.recurrence_id, master.start, reader)] = each
    return latest


def _turns(master: Event, latest: dict[Time, Event], reader: EventReader, window: Window) -> Iterator[BusyTime]:
    """The times of the series that are as its rule says, or moved with all that follow."""
    calendar = icalendar.Calendar()
    following = {at: each for at, each in latest.items() if each.and_following}
    sources = [master, *following.values()]
    instead = [at for at, each in latest.items() if not each.and_following]
    calendar.add_component(_master(master, instead, reader, window))
    for number, (at, event) in enumerate(following.items(), start=1):
        component = _component(event, master.start, number)
        component["RECURRENCE-ID"] = vDDDTypes(at)
        component["RECURRENCE-ID"].params["RANGE"] = "THISANDFUTURE"
        calendar.add_component(component)
    kind = recurring_ical_events.ComponentsWithName("VEVENT", adapter=_Adapter, occurrence=_Time)
    query = recurring_ical_events.CalendarQuery(calendar, components=[kind])
    # Days are the host's, not those of UTC: a day more on both sides has all that are meant.
    first, last = (_by_clock(each, master.start) for each in (window.start - _DAY, window.end + _DAY))
    zone = _zone(master.start) or reader.home
    count = 0
    for series in query.series:
        for each in cast(Iterable[_Time], series.between(first, last)):
            count += 1
            if count > MOST_TIMES:
                raise Unreadable(UnreadReason.TOO_MANY_TIMES, master.day)
            if sources[each.number].busy:
                yield _busy(each.start, each.end, zone)


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


def _master(event: Event, instead: Sequence[Time], reader: EventReader, window: Window) -> icalendar.Event:
    """The series without the times that are otherwise."""
    rules = [read_rule(each, event, reader) for each in event.rules]
    made = _component(event, event.start, 0, skip_ahead(rules, event, window))
    if rules:
        made["RRULE"] = rules
    if event.extra:
        made["RDATE"] = vDDDLists([_extra(each, event.start, reader) for each in event.extra])
    left_out = [*instead, *(_left_out(each, event.start, reader) for each in event.left_out)]
    if left_out:
        made["EXDATE"] = vDDDLists(left_out)
    return made


def _component(event: Event, first: Time, number: int, ahead: timedelta = timedelta()) -> icalendar.Event:
    """*event* by the clock of the series that begins at *first*, later by *ahead*."""
    made = icalendar.Event()
    made["UID"] = "series"
    made[_NUMBER] = str(number)
    made["DTSTART"] = vDDDTypes(_by_clock(event.start, first) + ahead)
    made["DTEND"] = vDDDTypes(_by_clock(event.end if event.busy else event.start, first) + ahead)
    return made


def _extra(value: Value, start: Time, reader: EventReader) -> Any:
    if isinstance(value.time, tuple) and isinstance(start, datetime):
        end = value.time[1]
        return _point_of(value, start, reader), end if isinstance(end, timedelta) else _by_clock(end, start)
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
        return datetime.combine(point, time(start.hour, start.minute, start.second))
    return point.replace(tzinfo=None) if value.floating else _by_clock(point, start)


def _zone(start: Time) -> tzinfo | None:
    return start.tzinfo if isinstance(start, datetime) else None


def _by_clock(point: Time, start: Time) -> Time:
    """*point* as it is shown where the series is that begins at *start*; a date where that is of whole days."""
    if not isinstance(point, datetime):
        return point
    there = point.astimezone(_zone(start)) if isinstance(start, datetime) else point
    return there.replace(tzinfo=None) if isinstance(start, datetime) else there.date()


def _busy(start: Time, end: Time, zone: tzinfo) -> BusyTime:
    """From *start* to *end*, both by the clock of *zone*."""
    if isinstance(start, datetime) and isinstance(end, datetime):
        first = start.replace(tzinfo=zone)
        return BusyTime(moment(first, zone), moment(end_meant(first, end.replace(tzinfo=zone)), zone))
    return BusyTime(moment(start, zone), moment(end, zone))
