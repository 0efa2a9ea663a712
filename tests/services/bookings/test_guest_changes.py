"""A guest moves and cancels: decided in the database, once for one press, and never to a time that is taken."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial

import pytest
import time_machine
from flask import Flask

from hubsync.domain.booking import BookingEvent
from hubsync.domain.guest_changes import ChangeRefusal
from hubsync.errors import BookingNotChangeable, BookingNotKept, NotFound, TimeNotOffered
from hubsync.services import now
from hubsync.services.availability.saving import pause
from hubsync.services.bookings.appointments import find_appointment
from hubsync.services.bookings.guest_changes import cancel, move
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from tests.kit.broken_tables import break_table, mend_table
from tests.kit.free_times import NOW, PageTeam, at, change_rules, make_page_team
from tests.services.bookings.guest import moves, read_again, read_lines, slug_of

MOVED, CANCELLED = BookingEvent.MOVED, BookingEvent.CANCELLED


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with time_machine.travel(NOW, tick=True), app.app_context():
        yield make_page_team()


def refused(act: partial[None]) -> str:
    with pytest.raises(BookingNotChangeable) as fault:
        act()
    return fault.value.refusal


def test_a_moved_booking_has_its_new_time_and_its_one_delivery(team: PageTeam) -> None:
    booking = team.book(at(10))
    moves(team, booking, at(11), reason="  A train\x00 is late ")()
    after = read_again(booking)
    assert (after.starts_at, after.ends_at) == (at(11), at(11, 30))
    assert (after.host_id, after.host, after.cancelled_at) == (team.owner_id, "Mika Sato", None)
    assert read_lines(booking) == [(MOVED, at(10), at(11), "A train is late")]
    assert db.session.query(Delivery).count() == 1


def test_the_former_time_is_free_and_the_new_one_is_taken(team: PageTeam) -> None:
    booking = team.book(at(10))
    moves(team, booking, at(11))()
    assert team.book(at(10), "another").starts_at == at(10)
    with pytest.raises(TimeNotOffered):
        team.book(at(11), "a third")


def test_a_cancelled_booking_has_its_mark_and_its_time_is_free(team: PageTeam) -> None:
    booking = team.book(at(10))
    cancel(slug_of(team), booking.id, "Not needed any more")
    assert read_again(booking).cancelled_at is not None
    assert read_lines(booking) == [(CANCELLED, None, None, "Not needed any more")]
    assert team.book(at(10), "another").starts_at == at(10)


def test_the_same_press_again_is_no_other_change(team: PageTeam) -> None:
    booking, slug = team.book(at(10)), slug_of(team)
    for _ in range(2):
        moves(team, booking, at(11), seen=at(10))()
    assert [line[0] for line in read_lines(booking)] == [MOVED]
    for _ in range(2):
        cancel(slug, booking.id)
    assert [line[0] for line in read_lines(booking)] == [MOVED, CANCELLED]


def test_it_stays_with_its_host_where_that_one_is_free(team: PageTeam) -> None:
    ken = team.add_member("ken@acme.example")
    team.choose_hosts(team.owner_id, ken)
    assert team.book(at(9)).host_id == team.owner_id
    booking = team.book(at(10))
    assert booking.host_id == ken, "whoever was booked least recently"
    team.book(at(11), "after Ken's, so that it would be Ken's turn again")
    team.book(at(13), "Ken has this one")
    moves(team, booking, at(14))()
    assert read_again(booking).host_id == ken


def test_it_goes_to_the_one_least_recently_booked_where_its_host_is_not_free(team: PageTeam) -> None:
    ken, rei = team.add_member("ken@acme.example"), team.add_member("rei@acme.example")
    team.choose_hosts(team.owner_id, ken, rei)
    first, second, third = (team.book(at(hour)) for hour in (9, 10, 11))
    assert [each.host_id for each in (first, second, third)] == [team.owner_id, ken, rei]
    team.busy(rei, at(15), at(16))
    moves(team, third, at(15))()
    after = read_again(third)
    assert (after.host_id, after.host) == (team.owner_id, "Mika Sato")


def test_it_is_not_in_its_own_way(team: PageTeam) -> None:
    change_rules(team.calendar_id, step_minutes=15, buffer_after=30, most_a_day=1)
    booking = team.book(at(10))
    moves(team, booking, at(10, 15))()
    assert read_again(booking).starts_at == at(10, 15)


def test_the_meeting_has_the_length_that_the_calendar_gives_it_now(team: PageTeam) -> None:
    booking = team.book(at(10))
    change_rules(team.calendar_id, duration_minutes=45)
    moves(team, booking, at(11))()
    assert read_again(booking).ends_at == at(11, 45)


@pytest.mark.parametrize("to", [at(10, 7), at(8), at(12), at(9).replace(day=5), at(9).replace(year=2028)])
def test_a_time_that_is_not_offered_changes_nothing(team: PageTeam, to: datetime) -> None:
    booking = team.book(at(10))
    team.book(at(12), "another")
    with pytest.raises(TimeNotOffered):
        moves(team, booking, to)()
    assert (read_again(booking).starts_at, read_lines(booking)) == (at(10), [])


def test_neither_is_possible_sooner_than_the_least_notice_nor_afterwards(team: PageTeam) -> None:
    booking, slug = team.book(at(10)), slug_of(team)
    for moment, refusal in ((at(7), ChangeRefusal.TOO_LATE), (at(10, 1), ChangeRefusal.ALREADY_BEGUN)):
        with time_machine.travel(moment, tick=False):
            assert refused(moves(team, booking, at(16))) == refusal
            assert refused(partial(cancel, slug, booking.id)) == refusal
    assert (read_again(booking).starts_at, read_again(booking).cancelled_at, read_lines(booking)) == (
        at(10),
        None,
        [],
    )


def test_what_is_cancelled_cannot_be_moved(team: PageTeam) -> None:
    booking = team.book(at(10))
    cancel(slug_of(team), booking.id)
    for to in (at(11), at(10)):
        assert refused(moves(team, booking, to)) == ChangeRefusal.ALREADY_CANCELLED


def test_a_paused_or_archived_page_lets_guests_cancel_and_not_move(team: PageTeam) -> None:
    first, second, slug = team.book(at(10)), team.book(at(12)), slug_of(team)
    pause(team.calendar_id)
    assert refused(moves(team, first, at(11))) == ChangeRefusal.PAGE_PAUSED
    cancel(slug, first.id)
    with write_transaction() as session:
        session.get_one(Calendar, team.calendar_id).archived_at = now()
    assert refused(moves(team, second, at(11))) == ChangeRefusal.PAGE_CLOSED
    cancel(slug, second.id)
    assert [read_again(each).cancelled_at is None for each in (first, second)] == [False, False]


def test_whoever_saw_another_time_than_it_has_is_told(team: PageTeam) -> None:
    booking = team.book(at(10))
    moves(team, booking, at(11))()
    assert refused(moves(team, booking, at(14), seen=at(10))) == ChangeRefusal.MOVED_MEANWHILE
    assert read_again(booking).starts_at == at(11)


def test_a_booking_is_changed_under_its_own_page_only(team: PageTeam) -> None:
    booking = team.book(at(10))
    other = make_page_team("globex", "owner@globex.example")
    slug = slug_of(other)
    for act in (partial(cancel, slug, booking.id), partial(move, slug, booking.id, at(11), seen=at(10))):
        with pytest.raises(NotFound):
            act()
    assert read_lines(booking) == []


def test_the_appointment_tells_what_became_of_it(team: PageTeam) -> None:
    booking, slug = team.book(at(10)), slug_of(team)
    shown = find_appointment(slug, booking.id)
    assert (shown.moved_from, shown.is_cancelled, shown.move_refusal, shown.cancel_refusal) == (
        *(None, False),
        *(None, None),
    )
    end_read()
    moves(team, booking, at(11))()
    moves(team, booking, at(12))()
    shown = find_appointment(slug, booking.id)
    assert (shown.starts_at, shown.moved_from) == (at(12), at(11))
    end_read()
    cancel(slug, booking.id)
    shown = find_appointment(slug, booking.id)
    assert (shown.is_cancelled, shown.move_refusal) == (True, ChangeRefusal.ALREADY_CANCELLED)
    end_read()


def test_a_database_that_does_not_take_it_leaves_the_former_time(team: PageTeam) -> None:
    booking, slug = team.book(at(10)), slug_of(team)
    with write_transaction() as session:
        break_table(session, "booking_history")
    for act in (moves(team, booking, at(11)), partial(cancel, slug, booking.id)):
        with pytest.raises(BookingNotKept):
            act()
    with write_transaction() as session:
        mend_table(session, "booking_history")
    after = read_again(booking)
    assert (after.starts_at, after.cancelled_at) == (at(10), None)
