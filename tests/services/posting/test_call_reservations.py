"""The places of one process: who may call when, what other processes told, and what HubSpot itself counted."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from hubsync.domain.pacing import LONGEST_UNDER_WAY, ONE_CALL, SEARCH_AND_CREATE, SHARE, CallCount, RateLimit
from hubsync.services.posting.call_reservations import CallReservations, Reservation

TEN = RateLimit(10, 10.0)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def places() -> CallReservations:
    """Places at an account whose limit of ten calls HubSpot has told of, long ago."""
    made = CallReservations()
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        place = made.open("1")
        place.sends(search=False)
        place.answered(search=False, limit=TEN, remaining=9)
    return made


def taken(places: CallReservations, need: CallCount, **how: float) -> Reservation:
    place = places.take("1", need, **how)
    assert place is not None
    return place


def call(place: Reservation, *, search: bool = False, remaining: int | None = None) -> None:
    place.sends(search=search)
    place.answered(search=search, limit=None if search else TEN, remaining=remaining)


def test_nobody_takes_what_others_took(places: CallReservations) -> None:
    mine = taken(places, CallCount(8))
    assert places.take("1", CallCount(3)) is None
    assert places.take("2", CallCount(3)) is not None  # another account
    taken(places, CallCount(2))
    assert places.take("1", ONE_CALL) is None
    mine.release()
    mine.release()  # once is enough
    taken(places, CallCount(8))
    assert places.take("1", ONE_CALL) is None


def test_a_call_counts_for_a_whole_window_after_its_answer(places: CallReservations) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        place = taken(places, CallCount(10))
        for _each in range(6):
            call(place)
        place.release()  # four were not needed
        assert places.take("1", CallCount(5)) is None
        taken(places, CallCount(4)).release()
        clock.shift(9.9)
        assert places.take("1", CallCount(5)) is None
        clock.shift(0.2)
        taken(places, CallCount(10))


def test_searches_have_a_limit_of_their_own_and_hold_up_nobody_else(places: CallReservations) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _each in range(5):
            place = taken(places, SEARCH_AND_CREATE)
            call(place, search=True)
            place.release()
        assert places.take("1", SEARCH_AND_CREATE) is None
        taken(places, ONE_CALL).release()
        clock.shift(1.01)
        taken(places, SEARCH_AND_CREATE)


def test_calls_beyond_a_place_and_of_those_who_do_not_wait_count_too(places: CallReservations) -> None:
    with time_machine.travel(NOW, tick=False):
        place = taken(places, ONE_CALL)
        for _each in range(3):  # a repair, for instance
            call(place)
        asked = places.open("1")
        assert asked.suffices(SEARCH_AND_CREATE)
        for _each in range(6):
            call(asked)
        taken(places, ONE_CALL)
        assert places.take("1", ONE_CALL) is None


def test_a_share_keeps_some_room_for_those_who_come(places: CallReservations) -> None:
    taken(places, CallCount(7), share=SHARE)
    assert places.take("1", ONE_CALL, share=SHARE) is None
    taken(places, CallCount(3))


def test_what_hubspot_counts_beside_ours_counts_for_us(places: CallReservations) -> None:
    """Another machine of ours, perhaps, or a page that looks at properties."""
    with time_machine.travel(NOW, tick=False) as clock:
        call(taken(places, ONE_CALL), remaining=2)
        assert places.take("1", CallCount(3)) is None
        taken(places, CallCount(2)).release()
        clock.shift(10.1)
        taken(places, CallCount(10))


def test_hubspot_counting_less_than_we_do_gives_no_room(places: CallReservations) -> None:
    with time_machine.travel(NOW, tick=False):
        place = taken(places, CallCount(10))
        for _each in range(10):
            call(place, remaining=9)
        assert places.take("1", ONE_CALL) is None


def test_whoever_waits_gets_the_place_that_is_given_back_first_come_first_served(places: CallReservations) -> None:
    held = taken(places, CallCount(10))
    got: list[str] = []
    threads = []
    for name, need in (("first", CallCount(6)), ("second", ONE_CALL)):
        threads.append(threading.Thread(target=wait, args=(places, got, name, need)))
        threads[-1].start()
        until(lambda: len(places._accounts["1"].waiting) == len(threads))
    assert places.take("1", CallCount()) is None  # who comes later has to wait as well
    held.release()
    for thread in threads:
        thread.join()
    assert got == ["first", "second"]


def wait(places: CallReservations, got: list[str], name: str, need: CallCount) -> None:
    if places.take("1", need, seconds=30) is not None:
        got.append(name)


def until(true: object) -> None:
    ends = time.monotonic() + 20
    while not true() and time.monotonic() < ends:  # type: ignore[operator]
        time.sleep(0.005)
    assert true()  # type: ignore[operator]


def test_another_process_is_heard_and_forgotten_when_nothing_more_is_heard(places: CallReservations) -> None:
    other = CallReservations()
    with time_machine.travel(NOW, tick=False) as clock:
        call(taken(places, CallCount(4)))  # one was answered, three are under way
        told, limit = places.tell("1")
        other.hear("1", {places.process: told}, limit)
        assert other.take("1", CallCount(7)) is None
        taken(other, CallCount(6)).release()
        assert not other.exceeds("1")
        # Both took the rest before they heard of each other: whoever tells later has to give way.
        taken(places, CallCount(6))
        taken(other, CallCount(6))
        told, limit = places.tell("1")
        other.hear("1", {places.process: told}, limit)
        assert other.exceeds("1")
        assert not places.exceeds("1")
        clock.shift(LONGEST_UNDER_WAY + 10.1)  # the first process was killed
        assert not other.exceeds("1")
        taken(other, CallCount(4))


def test_what_a_process_told_of_itself_is_not_heard(places: CallReservations) -> None:
    taken(places, CallCount(6))
    told, limit = places.tell("1")
    places.hear("1", {places.process: told}, limit)
    taken(places, CallCount(4))
