"""A booking that its source moves, cancels or misses is one delivery, in whatever order it is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import time_machine

from hubsync.domain.booking import Booking, BookingChange, BookingEvent, GivenAnswer
from hubsync.domain.received import Result
from hubsync.errors import BookingErased
from hubsync.services import now
from hubsync.services.bookings import changes
from hubsync.services.bookings.completion import take_in
from hubsync.services.bookings.erasure import erase_guest
from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingHistory, BookingName, BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from tests.kit.source_bookings import source_booking

FIRST = datetime(2026, 12, 8, 1, tzinfo=UTC)
SECOND, THIRD = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
TOLD = datetime(2026, 12, 1, tzinfo=UTC)


def at(starts_at: datetime, external_id: str = "old", minute: int = 0, **more: Any) -> Booking:
    """A booking for that time, told so many minutes after the first news."""
    return replace(
        source_booking(external_id),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        occurred_at=TOLD + timedelta(minutes=minute),
        **more,
    )


COMPLETED = at(FIRST)
MOVED = at(SECOND, "new", 5, event=BookingEvent.MOVED, replaces="old")
FORMER = at(FIRST, "old", 5, event=BookingEvent.MOVED, replaced_by="new")
MOVED_AGAIN = at(THIRD, "third", 9, event=BookingEvent.MOVED, replaces="new")
CANCELLED = at(FIRST, "old", 5, event=BookingEvent.CANCELLED, reason="Illness")
CANCELLED_NEW = at(SECOND, "new", 9, event=BookingEvent.CANCELLED)


def tell(acme: Any, *told: Booking) -> list[Result]:
    return [take_in(acme.team_id, each).result for each in told]


def only(acme: Any) -> BookingRecord:
    """The one booking there is, with its one delivery."""
    assert db.session.query(Delivery).count() == 1
    return db.session.query(BookingRecord).one()


def history() -> list[tuple[str, datetime | None, datetime | None]]:
    rows = db.session.query(BookingHistory).order_by(BookingHistory.id)
    return [(row.event.value, row.started_before, row.starts_after) for row in rows]


def test_a_moved_booking_keeps_its_delivery_and_gets_its_new_time(acme: Any) -> None:
    assert tell(acme, COMPLETED, MOVED, MOVED) == [Result.BOOKED, Result.MOVED, Result.REPEATED]
    assert only(acme).starts_at == SECOND
    assert history() == [("moved", FIRST, SECOND)]


@pytest.mark.parametrize(
    "told",
    [*permutations([COMPLETED, FORMER, MOVED])],
    ids=lambda told: "-".join(f"{each.external_id}{each.replaced_by and '>'}" for each in told),
)
@pytest.mark.quick_cases(3)
def test_the_two_sides_of_a_move_are_one_whatever_comes_first(acme: Any, told: tuple[Booking, ...]) -> None:
    tell(acme, *told, *told)
    assert only(acme).starts_at == SECOND
    assert only(acme).cancelled_at is None


@pytest.mark.parametrize(
    "told",
    [*permutations([COMPLETED, MOVED, MOVED_AGAIN])],
    ids=lambda told: "-".join(each.external_id for each in told),
)
@pytest.mark.quick_cases(3)
def test_moved_twice_the_last_time_counts_whatever_comes_first(acme: Any, told: tuple[Booking, ...]) -> None:
    tell(acme, *told)
    assert only(acme).starts_at == THIRD
    tell(acme, *told)
    assert (only(acme).starts_at, only(acme).cancelled_at) == (THIRD, None)
    names = {row.external_id: row.replaced for row in db.session.query(BookingName)}
    assert names == {"old": True, "new": True, "third": False}


def test_news_of_a_time_that_was_followed_changes_nothing_though_nobody_says_when_it_was_told(acme: Any) -> None:
    first, moved, again = (replace(each, occurred_at=None) for each in (COMPLETED, MOVED, MOVED_AGAIN))
    assert tell(acme, first, moved, again) == [Result.BOOKED, Result.MOVED, Result.MOVED]
    late = replace(moved, replaces="")
    cancelled = replace(moved, event=BookingEvent.CANCELLED)
    assert tell(acme, moved, late, cancelled, first) == [Result.REPEATED] * 4
    assert (only(acme).starts_at, only(acme).cancelled_at) == (THIRD, None)


BETWEEN = at(SECOND, "new", 9, event=BookingEvent.MOVED, replaces="old", replaced_by="third")
"""A time that is over already and took the place of another one: it names both of its neighbours."""


@pytest.mark.parametrize(
    "told",
    [
        (COMPLETED, BETWEEN, MOVED_AGAIN),
        (MOVED_AGAIN, BETWEEN, COMPLETED),
        (BETWEEN, COMPLETED, FORMER, MOVED_AGAIN),
        *(
            pytest.param(each, marks=pytest.mark.slow)
            for each in permutations([COMPLETED, FORMER, MOVED, BETWEEN, MOVED_AGAIN])
        ),
    ],
    ids=lambda told: "-".join(f"{each.external_id}{each.replaced_by and '>'}" for each in told),
)
def test_whatever_of_two_moves_comes_first_they_are_one_booking(acme: Any, told: tuple[Booking, ...]) -> None:
    tell(acme, *(replace(each, occurred_at=None) if each.replaced_by else each for each in told))
    assert only(acme).starts_at == THIRD
    names = {row.external_id: row.replaced for row in db.session.query(BookingName)}
    assert names == {"old": True, "new": True, "third": False}


NAMED_TWICE = [
    at(SECOND, "new", 5, event=BookingEvent.MOVED, replaces="old", replaced_by="old"),
    at(SECOND, "old", 5, event=BookingEvent.MOVED, replaces="old", replaced_by="old"),
    at(SECOND, "new", 5, event=BookingEvent.CANCELLED, replaces="new", replaced_by="old"),
]


@pytest.mark.parametrize("told", NAMED_TWICE, ids=["before and after", "all the same", "itself"])
@pytest.mark.parametrize("known", [True, False])
def test_an_id_in_several_places_is_one_name(acme: Any, told: Booking, known: bool) -> None:
    tell(acme, *([COMPLETED] if known else []), told, told)
    only(acme)
    names = [row.external_id for row in db.session.query(BookingName)]
    assert sorted(names) == sorted({"old", told.external_id})


def test_in_their_order_or_with_the_first_last_two_moves_are_one_booking(acme: Any) -> None:
    tell(acme, MOVED, MOVED_AGAIN, COMPLETED)
    assert only(acme).starts_at == THIRD


@pytest.mark.parametrize("told", [(COMPLETED, CANCELLED), (CANCELLED, COMPLETED)], ids=["after", "before"])
def test_a_cancelled_booking_is_marked_and_posted_all_the_same(acme: Any, told: tuple[Booking, ...]) -> None:
    tell(acme, *told, *told)
    assert only(acme).cancelled_at == TOLD + timedelta(minutes=5)


@pytest.mark.parametrize("told", [(COMPLETED, CANCELLED), (CANCELLED, COMPLETED)], ids=["after", "before"])
def test_the_reason_of_a_cancellation_is_history_whatever_comes_first(
    acme: Any, told: tuple[Booking, ...]
) -> None:
    tell(acme, *told, *told)
    rows = [(row.event, row.at, row.reason) for row in db.session.query(BookingHistory)]
    assert rows == [("cancelled", TOLD + timedelta(minutes=5), "Illness")]


def test_a_cancellation_of_the_former_time_is_part_of_the_move(acme: Any) -> None:
    assert tell(acme, COMPLETED, CANCELLED, MOVED) == [Result.BOOKED, Result.CANCELLED, Result.MOVED]
    assert only(acme).cancelled_at is None
    assert tell(acme, CANCELLED) == [Result.REPEATED]
    assert only(acme).cancelled_at is None


def test_a_cancellation_of_the_new_time_counts(acme: Any) -> None:
    tell(acme, COMPLETED, MOVED, CANCELLED_NEW, MOVED, COMPLETED)
    assert only(acme).cancelled_at == TOLD + timedelta(minutes=9)
    assert only(acme).starts_at == SECOND


CANCELLED_AFTER_MOVE = replace(CANCELLED_NEW, replaces="old")
"""Of a time whose move may not have been told yet: it names the former one itself."""


@pytest.mark.parametrize(
    "told",
    [*permutations([COMPLETED, MOVED, CANCELLED_AFTER_MOVE]), (COMPLETED, CANCELLED_AFTER_MOVE)],
    ids=lambda told: "-".join(f"{each.external_id} {each.event}" for each in told),
)
@pytest.mark.quick_cases(3)
def test_a_new_time_that_is_cancelled_before_its_move_is_told_is_the_time_that_counts(
    acme: Any, told: tuple[Booking, ...]
) -> None:
    tell(acme, *told, *told)
    assert (only(acme).starts_at, only(acme).cancelled_at) == (SECOND, TOLD + timedelta(minutes=9))
    assert [each for each, _, _ in history()].count("cancelled") == 1


def test_a_move_whose_original_is_unknown_is_a_new_booking(acme: Any) -> None:
    assert tell(acme, MOVED) == [Result.BOOKED]
    assert (only(acme).external_id, only(acme).starts_at, history()) == ("new", SECOND, [])


def test_an_older_time_never_takes_the_place_of_a_newer_one(acme: Any) -> None:
    later = at(THIRD, "old", 9, event=BookingEvent.MOVED)
    earlier = at(SECOND, "old", 5, event=BookingEvent.MOVED)
    assert tell(acme, COMPLETED, later, earlier) == [Result.BOOKED, Result.MOVED, Result.REPEATED]
    assert only(acme).starts_at == THIRD


MOVED_IN_PLACE = at(SECOND, "old", 7, event=BookingEvent.MOVED)
CANCELLED_LATER = at(SECOND, "old", 9, event=BookingEvent.CANCELLED)
MISSED_LATER = at(SECOND, "old", 9, event=BookingEvent.NO_SHOW)


@pytest.mark.parametrize("later", [CANCELLED_LATER, MISSED_LATER], ids=["cancelled", "missed"])
@pytest.mark.parametrize("turned", [False, True], ids=["in its order", "the other way round"])
def test_what_is_told_of_the_new_time_counts_though_it_comes_before_the_move(
    acme: Any, later: Booking, turned: bool
) -> None:
    told = [MOVED_IN_PLACE, later]
    tell(acme, COMPLETED, *(told[::-1] if turned else told), *told)
    assert only(acme).starts_at == SECOND
    assert later.occurred_at in (only(acme).cancelled_at, only(acme).no_show_at)
    assert sorted(line[0] for line in history()) == sorted([later.event.value, "moved"])


@pytest.mark.parametrize("event", [BookingEvent.CANCELLED, BookingEvent.NO_SHOW])
def test_what_was_told_of_the_former_time_is_over_with_the_move(acme: Any, event: BookingEvent) -> None:
    earlier = at(FIRST, "old", 5, event=event)
    tell(acme, COMPLETED, earlier, MOVED_IN_PLACE)
    assert tell(acme, earlier) == [Result.REPEATED]
    assert (only(acme).cancelled_at, only(acme).no_show_at) == (None, None)
    assert len(history()) == 2


def test_a_cancellation_of_the_former_side_is_over_though_the_new_one_was_made_first(acme: Any) -> None:
    moved = replace(MOVED, occurred_at=TOLD + timedelta(minutes=4))
    tell(acme, COMPLETED, CANCELLED, FORMER, moved)
    assert (only(acme).cancelled_at, only(acme).starts_at) == (None, SECOND)


CANCELLED_FORMER = replace(FORMER, event=BookingEvent.CANCELLED, occurred_at=TOLD + timedelta(minutes=9))


@pytest.mark.parametrize("first", [COMPLETED, CANCELLED_FORMER, MOVED], ids=["created", "former", "new"])
def test_a_former_side_that_is_called_cancelled_and_dated_later_is_part_of_the_move(
    acme: Any, first: Booking
) -> None:
    tell(acme, first, CANCELLED_FORMER, MOVED)
    assert (only(acme).starts_at, only(acme).cancelled_at) == (SECOND, None)
    assert "cancelled" not in [event for event, _, _ in history()]


def test_a_cancelled_booking_is_on_again_when_it_is_moved_later(acme: Any) -> None:
    tell(acme, COMPLETED, CANCELLED, at(THIRD, "old", 9, event=BookingEvent.MOVED))
    assert (only(acme).cancelled_at, only(acme).starts_at) == (None, THIRD)


def test_answers_that_differ_are_kept_beside_the_move_and_the_first_ones_stay(acme: Any) -> None:
    first = replace(COMPLETED, answers=(GivenAnswer("Topic", "Price"), GivenAnswer("Size", "5")))
    moved = replace(MOVED, answers=(GivenAnswer("Topic", "Support"), GivenAnswer("Size", "5")))
    tell(acme, first, moved)
    assert "Price" in only(acme).answers.values()
    assert [row.differing for row in db.session.query(BookingHistory)] == [
        [{"label": "Topic", "value": "Support"}]
    ]


def test_a_no_show_comes_without_its_booking_and_is_taken_back(acme: Any) -> None:
    tell(acme, COMPLETED)
    missed = BookingChange("signed_json", ("other", "old"), BookingEvent.NO_SHOW, TOLD + timedelta(days=8))
    back = replace(missed, event=BookingEvent.SHOWED, occurred_at=TOLD + timedelta(days=9))
    results = []
    for told in (missed, missed, back, missed):
        changed = changes.change(acme.team_id, told)
        assert changed is not None
        results.append(changed.result)
    assert results == [Result.NO_SHOW, Result.REPEATED, Result.SHOWED, Result.REPEATED]
    assert only(acme).no_show_at is None


def test_a_no_show_that_comes_behind_its_taking_back_is_none(acme: Any) -> None:
    tell(acme, COMPLETED)
    missed = BookingChange("signed_json", ("old",), BookingEvent.NO_SHOW, TOLD + timedelta(days=8))
    back = replace(missed, event=BookingEvent.SHOWED, occurred_at=TOLD + timedelta(days=9))
    results = [changes.change(acme.team_id, told) for told in (back, back, missed)]
    assert [each and each.result for each in results] == [Result.SHOWED, Result.REPEATED, Result.REPEATED]
    assert only(acme).no_show_at is None


def test_a_change_of_a_booking_that_never_came_is_none(acme: Any) -> None:
    assert changes.change(acme.team_id, BookingChange("signed_json", ("old",), BookingEvent.NO_SHOW)) is None


def test_an_erased_booking_is_known_by_each_of_its_ids(acme: Any) -> None:
    tell(acme, COMPLETED, MOVED)
    assert erase_guest("mika@acme.co.jp", acme.team_id) == (1, 0)
    for told in (COMPLETED, MOVED, MOVED_AGAIN, CANCELLED_NEW):
        with pytest.raises(BookingErased):
            take_in(acme.team_id, told)
    assert db.session.query(BookingRecord).count() == 0


@pytest.mark.parametrize("told", [MOVED, FORMER], ids=["new", "former"])
def test_an_erased_booking_that_is_moved_stays_erased_under_its_new_id(acme: Any, told: Booking) -> None:
    tell(acme, COMPLETED)
    erase_guest(COMPLETED.guest.email, acme.team_id)
    for each in (told, told, CANCELLED_NEW, MOVED_AGAIN, at(THIRD, "third", 10, event=BookingEvent.CANCELLED)):
        with pytest.raises(BookingErased):
            take_in(acme.team_id, each)
    assert db.session.query(BookingRecord).count() == 0


def test_a_booking_of_its_own_is_not_erased_with_the_one_it_is_said_to_replace(acme: Any) -> None:
    tell(acme, COMPLETED)
    erase_guest(COMPLETED.guest.email, acme.team_id)
    tell(acme, replace(CANCELLED_NEW, event=BookingEvent.COMPLETED))
    with pytest.raises(BookingErased):
        take_in(acme.team_id, MOVED)
    assert tell(acme, CANCELLED_NEW) == [Result.CANCELLED]


def test_a_booking_that_was_cancelled_before_it_was_posted_is_posted_and_says_so(acme: Any) -> None:
    with write_transaction() as session:
        calendar = session.get_one(Calendar, acme.calendar_id)
        calendar.source, calendar.external_id = COMPLETED.source, COMPLETED.calendar_external_id
    acme.fault(action="status", status=503, times=1)
    tell(acme, COMPLETED, CANCELLED)
    with time_machine.travel(now() + timedelta(minutes=10), tick=True):
        assert [state for _, state in run_due()] == ["posted"]
    assert {"kind": "cancelled"} in db.session.query(Delivery).one().remarks
    assert len(acme.records("contacts")) == 1
