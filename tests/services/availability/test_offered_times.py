"""Times that a guest is offered month by month: the same as are counted afresh, whatever is remembered."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from flask import Flask
from sqlalchemy import delete, event, update

from hubsync.domain.availability.opening_hours import Interval, OpeningHours
from hubsync.domain.availability.rules import Fixed, Period, Rolling
from hubsync.domain.busy_calendars import WhenUnreadable
from hubsync.services import now
from hubsync.services.availability.free_times import load_offers
from hubsync.services.availability.kept_starts import KeptStarts
from hubsync.services.availability.offered_times import OfferedTimes
from hubsync.services.bookings.booking_page import show_booking_page
from hubsync.services.bookings.offered_times import load_offered_times
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.busy_calendars import BusyCalendar, BusyTimes
from hubsync.store.calendars import Calendar
from hubsync.store.free_times import FreeTimes
from hubsync.store.teams import Membership
from tests.kit.databases import BOTH
from tests.kit.free_times import ALL_DAY, DAY, NOW, TOKYO, PageTeam, at, change_rules, make_page_team

DECEMBER = date(2026, 12, 1)
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def team(app: Flask) -> Iterator[PageTeam]:
    with time_machine.travel(NOW, tick=False), app.app_context():
        yield make_page_team()


def offered(team: PageTeam, without: int | None = None) -> OfferedTimes:
    return load_offered_times(show_booking_page(team.calendar()), without=without)


def on_the_day(team: PageTeam, without: int | None = None) -> list[datetime]:
    """What the booking page offers on the Thursday."""
    times = offered(team, without)
    found = [each for each in times.in_month(DECEMBER) if each.astimezone(TOKYO).date() == DAY.date()]
    assert times.first_from(DAY) == min(found, default=times.first_from(DAY))
    end_read()
    return found


def counted(team: PageTeam, without: int | None = None) -> list[datetime]:
    """The same, counted from all that is stored and remembered nowhere."""
    around = DAY.date() - timedelta(days=2), DAY.date() + timedelta(days=2)
    offers = load_offers(db.session(), team.calendar(), *around, without=without)
    (day,) = offers.between(DAY.date(), DAY.date(), TOKYO)
    end_read()
    return [each.start for each in day.offered]


def in_database(change: Any) -> None:
    with write_transaction() as session:
        session.execute(change)


def move(team: PageTeam) -> None:
    times = {"starts_at": at(16), "ends_at": at(16, 30)}
    in_database(update(BookingRecord).values(times))


def book_elsewhere(team: PageTeam) -> None:
    """In another calendar of the host, whose bookings keep an hour free behind them."""
    other = team.add_calendar()
    change_rules(other, buffer_after=60)
    team.book(at(13), calendar_id=other)


def stop_reading(_team: PageTeam) -> None:
    chosen = {"when_unreadable": WhenUnreadable.SHOW_NONE, "read_at": NOW - timedelta(days=2)}
    in_database(update(BusyCalendar).values(chosen))


CHANGES: dict[str, Callable[[PageTeam], object]] = {
    "a booking": lambda team: team.book(at(11)),
    "a moved booking": move,
    "a booking in another calendar": book_elsewhere,
    "another buffer of that calendar": lambda _team: in_database(update(FreeTimes).values(buffer_after_minutes=0)),
    "a host more": lambda team: team.choose_hosts(team.owner_id, team.add_member("ken@acme.example")),
    "a host less": lambda team: team.choose_hosts(team.owner_id),
    "a cancelled booking": lambda team: team.cancel(db.session.query(BookingRecord).filter_by(id=1).one()),
    "erased bookings": lambda _team: in_database(delete(BookingRecord)),
    "a busy time": lambda team: team.busy(team.owner_id, at(15), at(17)),
    "other busy times of a calendar": lambda _team: in_database(update(BusyTimes).values(times=[])),
    "a busy calendar that is not read any more": stop_reading,
    "a busy calendar that is removed": lambda _team: in_database(delete(BusyCalendar)),
    "another booking": lambda team: team.book(at(11)),
    "a buffer": lambda team: change_rules(team.calendar_id, buffer_before=90),
    "longer meetings": lambda team: change_rules(team.calendar_id, duration_minutes=60),
    "another zone": lambda _team: in_database(update(Calendar).values(time_zone="Europe/Berlin")),
    "other hours": lambda team: change_rules(team.calendar_id, hours=ALL_DAY),
    "longer notice": lambda team: change_rules(team.calendar_id, notice_minutes=73 * 60),
    "a shorter period": lambda team: change_rules(team.calendar_id, period=Rolling(1)),
    "a longer period": lambda team: change_rules(team.calendar_id, period=Rolling(10)),
    "a day off": lambda team: change_rules(team.calendar_id, hours=OpeningHours(ALL_DAY.weekly, {DAY.date(): ()})),
    "no day off": lambda team: change_rules(team.calendar_id, hours=ALL_DAY),
    "most bookings a day": lambda team: change_rules(team.calendar_id, most_a_day=1),
}
"""Each is made upon those before it."""


@pytest.mark.parametrize("database", BOTH, indirect=True)
def test_every_change_is_known_to_whoever_remembers_what_was_before(team: PageTeam) -> None:
    team.busy(team.owner_id, at(12), at(13))
    before = on_the_day(team)
    for what, change in CHANGES.items():
        change(team)
        after = on_the_day(team)
        assert after == counted(team), what
        assert after != before, f"{what} changes nothing here"
        before = after


def test_the_last_booking_of_a_full_day_that_goes_makes_room(team: PageTeam) -> None:
    change_rules(team.calendar_id, most_a_day=1)
    booking = team.book(at(10))
    assert on_the_day(team) == []
    assert on_the_day(team, without=booking.id) == counted(team, without=booking.id) != []
    team.cancel(booking)
    assert len(on_the_day(team)) == 16


def test_a_day_that_is_full_by_bookings_of_former_hosts_has_room_without_them(team: PageTeam) -> None:
    change_rules(team.calendar_id, most_a_day=1)
    team.book(at(10))
    in_database(update(BookingRecord).values(host_id=None))
    assert on_the_day(team) == []
    in_database(delete(BookingRecord))
    assert len(on_the_day(team)) == 16


def test_time_that_passes_takes_times_away_that_are_remembered(team: PageTeam) -> None:
    change_rules(team.calendar_id, notice_minutes=60)
    assert on_the_day(team)[0] == at(9)
    for moment, first in ((at(8), at(9)), (at(8, 1), at(9, 30)), (at(12, 59), at(14)), (at(23), None)):
        with time_machine.travel(moment, tick=False):
            assert next(iter(on_the_day(team)), None) == first


@pytest.mark.parametrize(
    ("own", "zone", "period"),
    [
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", Rolling(70)),
        ("Pacific/Pago_Pago", "Pacific/Kiritimati", Fixed(date(2026, 12, 31), date(2027, 1, 31))),
    ],
)
def test_months_have_what_the_whole_period_has(team: PageTeam, own: str, zone: str, period: Period) -> None:
    in_database(update(Calendar).values(time_zone=own))
    change_rules(team.calendar_id, hours=OpeningHours(((Interval(1380, 150),),) * 7), period=period)
    team.busy(team.owner_id, at(0), at(0) + timedelta(days=40))
    times, calendar = offered(team), team.calendar()
    first, last = date(2026, 11, 1), date(2027, 3, 31)
    whole = load_offers(db.session(), calendar, times.first, times.last).between(first, last, ZoneInfo(zone))
    by_month: dict[date, list[datetime]] = {}
    for day in whole:
        by_month.setdefault(day.date.replace(day=1), []).extend(each.start for each in day.offered)
    for month, starts in by_month.items():
        there = [each.astimezone(ZoneInfo(zone)).date().replace(day=1) for each in times.in_month(month)]
        assert [each for each, of in zip(times.in_month(month), there, strict=True) if of == month] == starts
    every = [each for starts in by_month.values() for each in starts]
    assert times.first_from(now()) == every[0]
    for before, after in list(pairwise(every))[:: len(every) // 20]:
        assert times.first_from(before + timedelta(seconds=1)) == after
    assert times.first_from(every[-1] + AN_HOUR) is None
    end_read()


def test_the_last_days_of_a_month_are_read_with_the_next_one(team: PageTeam) -> None:
    change_rules(team.calendar_id, period=Rolling(40))
    with time_machine.travel(datetime(2026, 11, 28, 9, tzinfo=TOKYO), tick=False):
        offered(team)
        asked: list[str] = []
        event.listen(db.engine, "before_cursor_execute", note := lambda *facts: asked.append(facts[2]))
        times = offered(team)
        shown = [times.in_month(DECEMBER), times.in_month(date(2026, 11, 1)), [times.first_from(now())]]
        event.remove(db.engine, "before_cursor_execute", note)
        assert shown[0][0] == times.first_from(now()) == shown[1][0] == datetime(2026, 11, 30, 9, tzinfo=TOKYO)
        assert [each.astimezone(TOKYO).date() for each in shown[1]][-1] == date(2026, 12, 3)
        assert shown[0][-1].astimezone(TOKYO).date() == date(2027, 1, 1), "and some days behind each of them"
        end_read()
    assert sum("GROUP BY bookings.host_id" in each for each in asked) == 2, "once, and again when it was counted"


def test_whoever_has_left_the_team_has_no_times_that_are_remembered(team: PageTeam) -> None:
    ken = team.add_member("ken@acme.example")
    team.choose_hosts(ken)
    team.busy(team.owner_id, at(9), at(16))
    assert len(on_the_day(team)) == 16
    in_database(delete(Membership).where(Membership.person_id == ken))
    assert on_the_day(team) == [at(16), at(16, 30)]


def test_many_who_look_at_once_have_it_counted_once() -> None:
    memory, counts = KeptStarts(), []
    ready = threading.Barrier(8)

    def count() -> list[tuple[int, int]]:
        counts.append(1)
        return [(1, 2), (3, 4)]

    def look(_guest: int) -> list[tuple[int, int]]:
        ready.wait(timeout=30)
        return list(memory.keep("page", "as it was", count))

    with ThreadPoolExecutor(8) as guests:
        assert list(guests.map(look, range(8))) == [[(1, 2), (3, 4)]] * 8
    assert counts == [1]
    assert memory.find("page", "another") is None
    assert memory.find("another page", "as it was") is None


def test_the_memory_of_free_times_has_an_end() -> None:
    memory = KeptStarts(most=1000)
    for page in range(20):
        memory.keep(page, "state", lambda: [(0, 0)] * 50)
        memory.find(0, "state")
    kept = [page for page in range(20) if memory.find(page, "state") is not None]
    assert kept == [0, *range(15, 20)], "what nobody asked for any more goes first"
    memory.keep("dense", "state", lambda: [(0, 0)] * 5000)
    assert [page for page in range(20) if memory.find(page, "state") is not None] == []
    assert memory.find("dense", "state") is not None
