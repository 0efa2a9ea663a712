"""The reservations of one process: who may call when, what other processes announced, what HubSpot counted."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from hubsync.domain.pacing import LONGEST_UNDER_WAY, ONE_CALL, SEARCH_AND_CREATE, SHARE, CallCount, RateLimit
from hubsync.services.posting.call_reservations import CallReservations, Reservation
from tests.kit.waiting import wait_until

TEN = RateLimit(10, 10.0)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def reservations() -> CallReservations:
    """Places at an account whose limit of ten calls HubSpot has told of, long ago."""
    made = CallReservations()
    with time_machine.travel(NOW - timedelta(hours=1), tick=False):
        reservation = made.open("1")
        reservation.sends(search=False)
        reservation.answered(search=False, limit=TEN, remaining=9)
    return made


def taken(reservations: CallReservations, need: CallCount, **how: float) -> Reservation:
    reservation = reservations.take("1", need, **how)
    assert reservation is not None
    return reservation


def call(reservation: Reservation, *, search: bool = False, remaining: int | None = None) -> None:
    reservation.sends(search=search)
    reservation.answered(search=search, limit=None if search else TEN, remaining=remaining)


def test_nobody_takes_what_others_took(reservations: CallReservations) -> None:
    mine = taken(reservations, CallCount(8))
    assert reservations.take("1", CallCount(3)) is None
    assert reservations.take("2", CallCount(3)) is not None  # another account
    taken(reservations, CallCount(2))
    assert reservations.take("1", ONE_CALL) is None
    mine.release()
    mine.release()  # once is enough
    taken(reservations, CallCount(8))
    assert reservations.take("1", ONE_CALL) is None


def test_a_call_counts_for_a_whole_window_after_its_answer(reservations: CallReservations) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        reservation = taken(reservations, CallCount(10))
        for _each in range(6):
            call(reservation)
        reservation.release()  # four were not needed
        assert reservations.take("1", CallCount(5)) is None
        taken(reservations, CallCount(4)).release()
        clock.shift(9.9)
        assert reservations.take("1", CallCount(5)) is None
        clock.shift(0.2)
        taken(reservations, CallCount(10))


def test_searches_have_a_limit_of_their_own_and_hold_up_nobody_else(reservations: CallReservations) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for _each in range(5):
            reservation = taken(reservations, SEARCH_AND_CREATE)
            call(reservation, search=True)
            reservation.release()
        assert reservations.take("1", SEARCH_AND_CREATE) is None
        taken(reservations, ONE_CALL).release()
        clock.shift(1.01)
        taken(reservations, SEARCH_AND_CREATE)


def test_calls_beyond_a_place_and_of_those_who_do_not_wait_count_too(reservations: CallReservations) -> None:
    with time_machine.travel(NOW, tick=False):
        reservation = taken(reservations, ONE_CALL)
        for _each in range(3):  # a repair, for instance
            call(reservation)
        asked = reservations.open("1")
        assert asked.suffices(SEARCH_AND_CREATE)
        for _each in range(6):
            call(asked)
        taken(reservations, ONE_CALL)
        assert reservations.take("1", ONE_CALL) is None


def test_a_share_keeps_some_room_for_those_who_come(reservations: CallReservations) -> None:
    taken(reservations, CallCount(7), share=SHARE)
    assert reservations.take("1", ONE_CALL, share=SHARE) is None
    taken(reservations, CallCount(3))


def test_what_hubspot_counts_beside_ours_counts_for_us(reservations: CallReservations) -> None:
    """Another machine of ours, perhaps, or a page that looks at properties."""
    with time_machine.travel(NOW, tick=False) as clock:
        call(taken(reservations, ONE_CALL), remaining=2)
        assert reservations.take("1", CallCount(3)) is None
        taken(reservations, CallCount(2)).release()
        clock.shift(10.1)
        taken(reservations, CallCount(10))


def test_hubspot_counting_less_than_we_do_gives_no_room(reservations: CallReservations) -> None:
    with time_machine.travel(NOW, tick=False):
        reservation = taken(reservations, CallCount(10))
        for _each in range(10):
            call(reservation, remaining=9)
        assert reservations.take("1", ONE_CALL) is None


def test_whoever_waits_gets_the_place_that_is_given_back_first_come_first_served(
    reservations: CallReservations,
) -> None:
    held = taken(reservations, CallCount(10))
    got: list[str] = []
    threads = []
    for name, need in (("first", CallCount(6)), ("second", ONE_CALL)):
        threads.append(threading.Thread(target=wait, args=(reservations, got, name, need)))
        threads[-1].start()
        wait_until(lambda: len(reservations._accounts["1"].waiting) == len(threads))
    assert reservations.take("1", CallCount()) is None  # who comes later has to wait as well
    held.release()
    for thread in threads:
        thread.join()
    assert got == ["first", "second"]


def wait(reservations: CallReservations, got: list[str], name: str, need: CallCount) -> None:
    if reservations.take("1", need, seconds=30) is not None:
        got.append(name)


def test_another_process_is_heard_and_forgotten_when_nothing_more_is_heard(reservations: CallReservations) -> None:
    other = CallReservations()
    with time_machine.travel(NOW, tick=False) as clock:
        call(taken(reservations, CallCount(4)))  # one was answered, three are under way
        usage, limit = reservations.own_usage("1")
        other.merge_usage("1", {reservations.process: usage}, limit)
        assert other.take("1", CallCount(7)) is None
        taken(other, CallCount(6)).release()
        assert not other.exceeds("1")
        # Both took the rest before they heard of each other: whoever tells later has to give way.
        taken(reservations, CallCount(6))
        taken(other, CallCount(6))
        usage, limit = reservations.own_usage("1")
        other.merge_usage("1", {reservations.process: usage}, limit)
        assert other.exceeds("1")
        assert not reservations.exceeds("1")
        clock.shift(LONGEST_UNDER_WAY + 10.1)  # the first process was killed
        assert not other.exceeds("1")
        taken(other, CallCount(4))


def test_what_a_process_told_of_itself_is_not_heard(reservations: CallReservations) -> None:
    taken(reservations, CallCount(6))
    usage, limit = reservations.own_usage("1")
    reservations.merge_usage("1", {reservations.process: usage}, limit)
    taken(reservations, CallCount(4))
