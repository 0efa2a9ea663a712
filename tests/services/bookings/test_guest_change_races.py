"""Guests who move and cancel at one instant: one change for one press, and no time for two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

import pytest
import time_machine
from flask import Flask

from hubsync.domain.booking import BookingEvent
from hubsync.errors import BookingNotChangeable, TimeNotOffered
from hubsync.services.bookings.guest_changes import cancel, move
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from tests.kit.at_one_instant import at_once
from tests.kit.free_times import NOW, PageTeam, at, make_page_team
from tests.services.bookings.guest import read_again, read_lines, slug_of

MOVED, CANCELLED = BookingEvent.MOVED, BookingEvent.CANCELLED
ROUNDS = 4


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield make_page_team()


def taken() -> list[object]:
    """The times that are taken, each as often as it is."""
    rows = db.session.query(BookingRecord).filter(BookingRecord.cancelled_at.is_(None)).populate_existing()
    found = [each.starts_at for each in rows.order_by(BookingRecord.starts_at)]
    end_read()
    return found


def test_one_press_that_comes_six_times_at_once_is_one_change(
    app: Flask, team: PageTeam, database: dict[str, str]
) -> None:
    booking, slug = team.book(at(10)), slug_of(team)
    assert at_once(app, [partial(move, slug, booking.id, at(11), seen=at(10))] * 6) == [None] * 6
    assert at_once(app, [partial(cancel, slug, booking.id)] * 6) == [None] * 6
    assert [line.event for line in read_lines(booking)] == [MOVED, CANCELLED]


def test_two_moves_of_one_booking_to_different_times_are_one_change(
    app: Flask, team: PageTeam, database: dict[str, str]
) -> None:
    booking, slug = team.book(at(10)), slug_of(team)
    acts = [partial(move, slug, booking.id, at(hour), seen=at(10)) for hour in (11, 12, 13, 14)]
    came = at_once(app, acts, BookingNotChangeable)
    assert Counter(type(each) for each in came) == {type(None): 1, BookingNotChangeable: 3}
    assert read_again(booking).starts_at == at(11 + came.index(None))
    assert [line.event for line in read_lines(booking)] == [MOVED]


def test_two_bookings_that_are_moved_to_one_time_do_not_both_get_it(
    app: Flask, team: PageTeam, database: dict[str, str]
) -> None:
    slug = slug_of(team)
    bookings = [team.book(at(hour)) for hour in (9, 10, 11)]
    acts = [partial(move, slug, each.id, at(14), seen=each.starts_at) for each in bookings]
    came = at_once(app, acts, TimeNotOffered)
    assert Counter(type(each) for each in came) == {type(None): 1, TimeNotOffered: 2}
    assert len(set(taken())) == len(taken()) == 3


def test_a_move_and_a_new_booking_do_not_both_get_the_time(
    app: Flask, team: PageTeam, database: dict[str, str]
) -> None:
    slug = slug_of(team)
    for number in range(ROUNDS):
        booking = team.book(at(9, 30 * (number % 2)).replace(day=1 + number), f"first {number}")
        wanted = at(14).replace(day=1 + number)
        acts = [
            partial(move, slug, booking.id, wanted, seen=booking.starts_at),
            partial(team.book, wanted, f"second {number}"),
        ]
        came = at_once(app, acts, TimeNotOffered)
        assert sum(isinstance(each, TimeNotOffered) for each in came) == 1, came
    assert len(set(taken())) == len(taken())


def test_two_bookings_that_change_places_wait_for_nobody_for_ever(
    app: Flask, team: PageTeam, database: dict[str, str]
) -> None:
    """Neither time is free while the other one has it; whoever comes second may find it free."""
    slug = slug_of(team)
    first, second = team.book(at(10)), team.book(at(11))
    acts = [
        partial(move, slug, first.id, at(11), seen=at(10)),
        partial(move, slug, second.id, at(10), seen=at(11)),
    ]
    came = at_once(app, acts, TimeNotOffered)
    assert [type(each) for each in came] == [TimeNotOffered] * 2
    assert taken() == [at(10), at(11)]


def test_moved_and_cancelled_at_one_instant_is_cancelled(
    app: Flask, team: PageTeam, database: dict[str, str]
) -> None:
    booking, slug = team.book(at(10)), slug_of(team)
    acts = [partial(move, slug, booking.id, at(11), seen=at(10)), partial(cancel, slug, booking.id)]
    came = at_once(app, acts, BookingNotChangeable)
    assert came[1] is None
    assert read_again(booking).cancelled_at is not None
    events = [line.event for line in read_lines(booking)]
    assert events == ([MOVED, CANCELLED] if came[0] is None else [CANCELLED])
    assert taken() == []
