"""Names of calendars in lists: two of one name are told apart by what they differ in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from hubsync.domain.booking import PAGE
from hubsync.phrases import bracketed, enumerated
from hubsync.services.calendars.calendars import NamedCalendar, list_named
from hubsync.store.teams import Membership
from hubsync.web.shell.reasons import name_source


def name_calendars(membership: Membership) -> dict[int, str]:
    """The names of the calendars that the reader sees, archived ones too, by their ids and in order.

    It is the same on every page, whichever of them the page lists. One query.
    """
    return tell_apart(list_named(membership))


def tell_apart(calendars: Sequence[NamedCalendar]) -> dict[int, str]:
    """One text for each of *calendars*, by its id, and no text twice.

    Where several have one name, the booking source is added to those that one made; where that is not enough, the
    owner; and at last the number that the calendar's address has.
    """
    marks: dict[int, tuple[str, ...]] = {each.id: () for each in calendars}
    ways: tuple[Callable[[NamedCalendar], str], ...] = (
        _source,
        lambda each: each.owner,
        lambda each: f"#{each.id}",
    )
    for way in ways:
        alike: dict[tuple[str, ...], list[NamedCalendar]] = defaultdict(list)
        for each in calendars:
            alike[(each.name, *marks[each.id])].append(each)
        for group in alike.values():
            if len({way(each) for each in group}) > 1:
                marks |= {each.id: (*marks[each.id], way(each)) for each in group}
    return {each.id: _with(each.name, marks[each.id]) for each in calendars}


def _source(calendar: NamedCalendar) -> str:
    return "" if calendar.source == PAGE else name_source(calendar.source)


def _with(name: str, marks: tuple[str, ...]) -> str:
    shown = [each for each in marks if each]
    return bracketed(name, enumerated(shown)) if shown else name
