"""Whatever lists, finds, counts, copies or replays shows a member their own calendars, the others the team's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest

from hubsync.errors import NotFound, RoleTooLow
from hubsync.services import now
from hubsync.services.calendars.calendars import find_calendar, list_calendars, list_named
from hubsync.services.deliveries import bulk_retry, dismissals, queries, replays, statistics
from hubsync.services.deliveries.export import read_portions
from hubsync.services.deliveries.search import DeliveryFilter, SearchTerm, count_up_to
from hubsync.services.mapping.copying import list_sources
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership
from tests.kit import rows
from tests.kit.failed_deliveries import GUEST, fail

OWNERS, MEMBERS, FOREIGN = 1, 2, 4
"""The deliveries that wait in the owner's calendar, the member's and another team's: a sum tells what was seen."""
SEEN = {"owner": OWNERS + MEMBERS, "administrator": OWNERS + MEMBERS, "member": MEMBERS, "foreigner": FOREIGN}
ALL = DeliveryFilter()
BY_EMAIL = SearchTerm("email", f"{GUEST}@acme.co.jp", exactly=True)


@pytest.fixture
def people(acme: Any) -> dict[str, Membership]:
    """One of each role in the team, and the owner of another team."""
    other = acme.another_team()
    with write_transaction() as session:
        for role in ("administrator", "member"):
            person = rows.add_person(session, f"{role}@acme.example")
            rows.add_member(session, acme.team_id, person.id, role)
        own = rows.add_calendar(session, acme.team_id, person.id, "own")
        rows.add_usual_mapping(session, own.id)
    for calendar in db.session.query(Calendar).all():
        for _each in range(weight(calendar.id)):
            ground = SimpleNamespace(team_id=calendar.team_id, calendar_id=calendar.id)
            fail(ground, "waiting", "access_lost", search_email=BY_EMAIL.text)
    found = {each.role: each for each in db.session.query(Membership).filter_by(team_id=acme.team_id)}
    found["foreigner"] = db.session.query(Membership).filter_by(team_id=other).one()
    end_read()
    return found


def weight(calendar_id: int) -> int:
    slug = db.session.get_one(Calendar, calendar_id).slug
    return {"acme-intro": OWNERS, "own": MEMBERS, "other": FOREIGN}[slug]


def weigh(calendar_ids: Iterable[int]) -> int:
    return sum(weight(each) for each in calendar_ids)


def every_delivery() -> list[int]:
    return [each.id for each in db.session.query(Delivery.id)]


def opened(find: Callable[[Any], Any], ids: Iterable[int]) -> Iterator[Any]:
    for each in ids:
        with suppress(NotFound, RoleTooLow):
            yield find(each)


def found_calendars(who: Membership) -> int:
    every = [each.id for each in db.session.query(Calendar.id)]
    return weigh(each.id for each in opened(partial(find_calendar, who), every))


def found_deliveries(who: Membership) -> int:
    return len(list(opened(partial(queries.find_delivery, who), every_delivery())))


def listed(who: Membership, wanted: DeliveryFilter) -> int:
    return len(queries.list_wanted(who, wanted).deliveries)


def listed_by_calendar(who: Membership) -> int:
    every = [each.id for each in db.session.query(Calendar.id)]
    return sum(listed(who, DeliveryFilter(calendar_id=each)) for each in every)


LOOKS: dict[str, Callable[[Membership], int]] = {
    "calendars": lambda who: weigh(each.calendar.id for each in list_calendars(who)),
    "names of calendars": lambda who: weigh(each.id for each in list_named(who)),
    "a calendar": found_calendars,
    "mappings to copy": lambda who: weigh(each.id for each in list_sources(who, 0)),
    "the log": lambda who: listed(who, ALL),
    "the log of each calendar": listed_by_calendar,
    "the log of a state": lambda who: listed(who, DeliveryFilter(states=("waiting",))),
    "a search": lambda who: listed(who, DeliveryFilter(sought=BY_EMAIL)),
    "a search in a state": lambda who: listed(who, DeliveryFilter(states=("waiting",), sought=BY_EMAIL)),
    "the number of a search": lambda who: count_up_to(who, DeliveryFilter(sought=BY_EMAIL), 100),
    "a delivery": found_deliveries,
    "chosen deliveries": lambda who: len(queries.read_visible(who, every_delivery())),
    "the export": lambda who: sum(len(portion) for portion in read_portions(who, ALL)),
    "counts of states": lambda who: sum(statistics.count_by_state(who).values()),
    "counts of days": lambda who: sum(statistics.count_recent_seen(who).by_day),
    "the count of what waits for access": statistics.count_held_up_seen,
    "the count of what was missed": replays.count_missed_seen,
}


@pytest.mark.parametrize("role", SEEN)
def test_nobody_sees_a_calendar_that_is_not_theirs_to_see(people: dict[str, Membership], role: str) -> None:
    who = people[role]
    assert {way: look(who) for way, look in LOOKS.items()} == dict.fromkeys(LOOKS, SEEN[role])
    with write_transaction() as session:
        session.query(Calendar).update({"archived_at": now()})
    assert weigh(each.calendar.id for each in list_calendars(who, archived=True)) == SEEN[role]
    end_read()


def replayed(begun: bool) -> int:
    assert begun
    return sum(each.total for each in db.session.query(replays.Replay))


def taken_back(who: Membership, take_back: Callable[[Membership], dismissals.DismissalResult]) -> int:
    """How many of all deliveries, which their owners have dismissed, *who* can take back."""
    for each in db.session.query(Membership).filter_by(role="owner").all():
        dismissals.dismiss_all(each, ALL, now())
    return take_back(who).number


CHANGES: dict[str, Callable[[Membership], int]] = {
    "Retry of those chosen": lambda who: replayed(bulk_retry.retry_these(who, every_delivery())),
    "Retry of all": lambda who: replayed(bulk_retry.retry_all(who, ALL)),
    "Dismiss of those chosen": lambda who: dismissals.dismiss_these(who, every_delivery()).number,
    "Dismiss of all": lambda who: dismissals.dismiss_all(who, ALL, now()).number,
    "Undo of those chosen": lambda who: taken_back(
        who, lambda who: dismissals.take_back_these(who, every_delivery())
    ),
    "Undo of all": lambda who: taken_back(
        who, lambda who: dismissals.take_back_all(who, DeliveryFilter(dismissed=True))
    ),
}


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("role", SEEN)
@pytest.mark.quick_cases(8)
def test_nobody_changes_a_delivery_that_is_not_theirs_to_see(
    people: dict[str, Membership], role: str, change: str
) -> None:
    assert CHANGES[change](people[role]) == SEEN[role]
    end_read()
