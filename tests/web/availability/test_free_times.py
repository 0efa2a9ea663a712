"""The free times of a calendar: saved whole or not at all, and explained time by time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask

from hubsync.domain.availability.opening_hours import USUAL_HOURS, Interval
from hubsync.domain.availability.rules import Fixed, FreeTimeRules, Rolling
from hubsync.services.availability.hosts import list_hosts
from hubsync.services.availability.rules import load_rules
from hubsync.services.bookings import guest_changes
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from tests.kit.browser import Browser
from tests.kit.free_times import NOW, PageTeam, at, change_rules, make_page_team
from tests.kit.page import Element
from tests.kit.settings import OWNER
from tests.kit.tab import Tab


class Owner:
    """The owner of a team, on the page of a calendar's free times."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.team: PageTeam = make_page_team(owner=OWNER)
            self.ken = self.team.add_member("ken@acme.example")
            end_read()
        self.address = f"/teams/acme/calendars/{self.team.calendar_id}/free-times"
        self.tab = Tab(Browser(app).sign_in(OWNER))

    def open(self, query: str = "") -> Tab:
        return self.tab.open(self.address + query)

    def save(self, **fields: Any) -> Tab:
        """Open the page, fill these fields in and save."""
        named = {name.replace("__", "-"): value for name, value in fields.items()}
        return self.open().press("Save", **named)

    def rules(self) -> FreeTimeRules:
        with self.app.app_context():
            found = load_rules(self.team.calendar())[0]
            end_read()
            return found

    def reminder_minutes(self) -> int:
        with self.app.app_context():
            found = self.team.calendar().reminder_minutes
            end_read()
            return found

    def hosts(self) -> set[int]:
        with self.app.app_context():
            found = {each.id for each in list_hosts(db.session(), self.team.calendar())}
            end_read()
            return found


@pytest.fixture
def owner(app: Flask) -> Iterator[Owner]:
    with time_machine.travel(NOW, tick=True):
        yield Owner(app)


def why(page: Element) -> list[str]:
    return [each.words for each in page.select(".why-list li")]


def test_saving_what_is_shown_changes_nothing(owner: Owner) -> None:
    before = owner.rules()
    assert "are saved" in owner.save().text
    assert owner.rules() == before


def test_everything_on_the_page_is_saved(owner: Owner) -> None:
    saved = owner.save(
        day__0__opens=["9", "１３：００"],
        day__0__closes=["12.00", "18:00"],
        day__5__opens=["22:00"],
        day__5__closes=["02:00"],
        other__0__date="2026-12-24",
        duration_minutes="45",
        step_minutes="15",
        buffer_before="5",
        buffer_after="10",
        notice="2",
        notice_unit="days",
        days_ahead="14",
        most_a_day="8",
        reminder="1440",
        hosts=[str(owner.team.owner_id), str(owner.ken)],
    )
    assert saved.status == 200, saved.text
    rules = owner.rules()
    assert rules.hours.weekly[0] == (Interval(540, 720), Interval(780, 1080))
    assert rules.hours.weekly[5] == (Interval(1320, 120),)
    assert rules.hours.weekly[1] == USUAL_HOURS.weekly[1]
    assert rules.hours.days == {date(2026, 12, 24): ()}
    assert replace(rules, hours=USUAL_HOURS) == replace(
        FreeTimeRules(rules.zone, USUAL_HOURS, 45, 15, 5, 10, 2 * 24 * 60, Rolling(14), 8)
    )
    assert owner.hosts() == {owner.team.owner_id, owner.ken}
    shown = owner.open().page
    typed = {name: str(each["value"]) for name in ("notice", "most_a_day") for each in shown.select(f"#{name}")}
    assert typed == {"notice": "2", "most_a_day": "8"}
    assert owner.reminder_minutes() == 1440
    assert shown.select_one("#reminder option[selected]").words == "24 hours before"


def test_a_fixed_period_and_a_day_with_hours_of_its_own(owner: Owner) -> None:
    period = {"period": "fixed", "first_day": "2026-12-01", "last_day": "2026-12-31"}
    owner.save(other__0__date="2026-12-31", other__0__opens=["9"], other__0__closes=["10"], **period)
    assert owner.rules().period == Fixed(date(2026, 12, 1), date(2026, 12, 31))
    assert owner.rules().hours.days == {date(2026, 12, 31): (Interval(540, 600),)}
    owner.save(other__0__date="", other__0__opens=["", ""], other__0__closes=["", ""])
    assert owner.rules().hours.days == {}


@pytest.mark.parametrize(
    ("fields", "target", "sentence"),
    [
        ({"day__0__opens": ["9", ""], "day__0__closes": ["", ""]}, "day-0-0-opens", "Enter both times"),
        ({"day__6__opens": ["nine"], "day__6__closes": ["17"]}, "day-6-0-opens", "The opening is a time"),
        (
            {"day__0__opens": ["9", "10"], "day__0__closes": ["12", "11"]},
            "day-0-1-opens",
            "before the hours before",
        ),
        ({"other__0__opens": ["9"], "other__0__closes": ["10"]}, "other-0-date", "Choose a date."),
        ({"duration_minutes": "0"}, "duration_minutes", "a number from 1 to 1440"),
        ({"step_minutes": "4"}, "step_minutes", "a number from 5 to 1440"),
        ({"buffer_before": "-1"}, "buffer_before", "a number from 0"),
        ({"buffer_after": "1e3"}, "buffer_after", "a number from 0"),
        ({"notice": "91", "notice_unit": "days"}, "notice", "a number from 0 to 90"),
        ({"most_a_day": "0"}, "most_a_day", "a number from 1"),
        ({"days_ahead": "366"}, "days_ahead", "a number from 0 to 365"),
        ({"period": "fixed"}, "first_day", "Choose a date."),
        ({"period": "fixed", "first_day": "0026-12-01", "last_day": "0026-12-31"}, "first_day", "Choose a date."),
        ({"period": "fixed", "first_day": "2999-12-31", "last_day": "3000-01-01"}, "last_day", "Choose a date."),
        ({"period": "fixed", "first_day": "2026-12-31", "last_day": "2026-12-01"}, "last_day", "before the first"),
        ({"period": "fixed", "first_day": "2026-12-01", "last_day": "2029-12-01"}, "last_day", "At most 731"),
        ({"reminder": "5"}, "reminder", "Choose one of these."),
        (
            {"period": "fixed", "first_day": "2028-12-01", "last_day": "2028-12-31"},
            "last_day",
            "Busy calendars are read until December 18, 2028.",
        ),
        ({"hosts": []}, "hosts", "Choose at least one host."),
    ],
)
@pytest.mark.quick_cases(5)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_saved(
    owner: Owner, fields: dict[str, Any], target: str, sentence: str
) -> None:
    before = owner.rules()
    tab = owner.save(**fields)
    assert tab.status == 422
    assert owner.rules() == before
    (link,) = tab.page.select(f".error-summary a[href='#{target}']")
    assert sentence in link.words
    control, error = tab.page.select_one(f"[id='{target}']"), tab.page.select_one(f"[id='{target}-error']")
    assert control is not None
    assert error is not None
    assert (control["aria-describedby"], sentence in error.words) == (f"{target}-error", True)
    for name, value in fields.items():
        if isinstance(value, str):
            found = tab.page.select_one(f"#{name}")
            assert found is None or found.name != "input" or found["value"] == value, "what was typed comes back"


def test_more_start_times_than_a_page_can_look_through_are_refused_at_the_step(owner: Owner) -> None:
    around = {f"day__{day}__{end}": [time] for day in range(7) for end, time in (("opens", "0"), ("closes", "24"))}
    period = {"period": "fixed", "first_day": "2026-12-01", "last_day": "2028-11-30"}
    both = [str(owner.team.owner_id), str(owner.ken)]
    tab = owner.save(step_minutes="5", hosts=both, **period, **around)
    (link,) = tab.page.select(".error-summary a")
    assert (tab.status, link["href"]) == (422, "#step_minutes")
    assert "too many start times to look through" in link.words
    assert link.words.startswith("A start time every: ")
    assert tab.press("Save", step_minutes="10").status == 200
    assert (owner.rules().step_minutes, owner.hosts()) == (10, {owner.team.owner_id, owner.ken})


def test_a_colleagues_save_is_not_overwritten_and_the_own_one_not_lost(owner: Owner) -> None:
    owner.open()
    with owner.app.app_context():
        change_rules(owner.team.calendar_id, most_a_day=3)
    tab = owner.tab.press("Save", most_a_day="9")
    assert tab.status == 409
    assert "Somebody saved these free times" in tab.text
    assert "Save puts yours in their place." in tab.text
    assert owner.rules().most_a_day == 3
    assert "are saved" in tab.press("Save").text
    assert owner.rules().most_a_day == 9


def test_another_zone_of_the_calendar_is_shown_with_the_hours(owner: Owner) -> None:
    with owner.app.app_context(), write_transaction() as session:
        session.get_one(Calendar, owner.team.calendar_id).time_zone = "Europe/Paris"
    assert "Europe/Paris" in owner.open().text


def test_a_page_is_paused_and_taken_up_again(owner: Owner) -> None:
    assert "is paused" in owner.open().press("Pause the booking page").text
    assert "takes bookings again" in owner.tab.press("Take bookings again").text
    assert "is paused" not in owner.open().text


def test_why_names_the_rule_that_took_each_time_and_the_calendar_that_spoke(owner: Owner) -> None:
    with owner.app.app_context():
        change_rules(owner.team.calendar_id, buffer_after=15)
        owner.team.busy(owner.team.owner_id, at(9), at(10), name="Home")
        owner.team.busy(owner.team.owner_id, at(9, 30), at(10), name="Work")
        owner.team.book(at(11))
        end_read()
    shown = why(owner.open("?why=2026-12-03").page)
    assert shown[:6] == [
        "9:00 AM busy (Home) · buffer before 9:30 AM (Work)",
        "9:30 AM busy (Home) · busy (Work)",
        "10:00 AM free",
        "10:30 AM buffer before 11:00 AM",
        "11:00 AM booked",
        "11:30 AM buffer after 11:30 AM",
    ]
    assert why(owner.open("?why=2027-06-01").page)[0] == "9:00 AM further ahead than guests may book"
    assert "This day has no hours" in owner.open("?why=2026-12-05").text
    assert why(owner.open().page)[-1] == "4:30 PM free", "the next day that has hours"


def test_why_says_who_is_free_and_names_nobody_elses_calendar(owner: Owner) -> None:
    with owner.app.app_context():
        owner.team.choose_hosts(owner.team.owner_id, owner.ken)
        owner.team.busy(owner.ken, at(9), at(10), name="Doctor")
        end_read()
    page = owner.open("?why=2026-12-03")
    assert why(page.page)[0] == "9:00 AM free: Mika Sato · ken@acme.example: busy (a busy calendar)"
    assert "Doctor" not in page.text
    calendar = owner.tab.open(f"/teams/acme/calendars/{owner.team.calendar_id}")
    assert "30 minutes with Mika Sato or ken@acme.example" in calendar.text


def test_why_tells_what_a_moved_and_a_cancelled_booking_changed(owner: Owner) -> None:
    with owner.app.app_context():
        slug = owner.team.calendar().slug
        moved, cancelled, back = (owner.team.book(at(hour)) for hour in (9, 10, 11))
        guest_changes.move(slug, moved.id, at(14), seen=at(9))
        guest_changes.cancel(slug, cancelled.id)
        guest_changes.move(slug, back.id, at(15), seen=at(11))
        guest_changes.move(slug, back.id, at(11), seen=at(15))
    shown = {each.partition("M ")[0] + "M": each for each in why(owner.open("?why=2026-12-03").page)}
    assert shown["9:00 AM"] == "9:00 AM free (a booking was moved to Dec 3, 2026, 2:00 PM)"
    assert shown["10:00 AM"].startswith("10:00 AM free (a booking was cancelled on Nov 30, 2026, 9:0")
    assert shown["11:00 AM"] == "11:00 AM booked", "it was moved back"
    assert shown["2:00 PM"] == "2:00 PM booked"
    assert shown["3:00 PM"] == "3:00 PM free (a booking was moved to Dec 3, 2026, 11:00 AM)"


@pytest.mark.parametrize("asked", ["", "soon", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_why_is_asked_about_any_day(owner: Owner, asked: str) -> None:
    assert owner.open(f"?why={asked}").status == 200


def test_a_calendar_of_a_booking_source_has_no_free_times(owner: Owner) -> None:
    with owner.app.app_context(), write_transaction() as session:
        session.get_one(Calendar, owner.team.calendar_id).source = "calendly"
    assert owner.open().status == 404


def test_what_is_booked_stays_when_the_hours_change(owner: Owner) -> None:
    with owner.app.app_context():
        owner.team.book(at(10))
        end_read()
    owner.save(
        **{f"day__{day}__opens": ["", ""] for day in range(5)},
        **{f"day__{day}__closes": ["", ""] for day in range(5)},
    )
    with owner.app.app_context():
        assert db.session.query(BookingRecord).one().starts_at == at(10)
        end_read()


def test_the_host_reads_that_nobody_is_mailed_only_where_mail_is_not_set_up(owner: Owner) -> None:
    assert "neither guests nor hosts are mailed" not in owner.open().text


class TestWithoutMail:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"MAIL_DEFAULT_SENDER": ""}

    def test_the_host_reads_that_nobody_is_mailed(self, owner: Owner) -> None:
        assert "neither guests nor hosts are mailed of a booking" in owner.open().text


def test_busy_calendars_of_hosts_say_how_old_they_are_and_names_to_their_own_person(owner: Owner) -> None:
    team = owner.team
    moment = NOW
    times = (moment + timedelta(hours=1), moment + timedelta(hours=2))
    fault = {"fault_code": "feed_busy", "faulty_since": moment - timedelta(hours=1)}
    with owner.app.app_context():
        team.busy(team.owner_id, *times, name="Private matters", read_at=moment - timedelta(minutes=4))
        team.busy(owner.ken, *times, name="Ken's secret", read_at=moment - timedelta(days=2), **fault)
    shown = owner.open().page.select_one("section[aria-labelledby='busy']")
    assert "Private matters read 4 minutes ago" in shown.words
    assert "Ken" not in shown.words
    owner.save(hosts=[str(team.owner_id), str(owner.ken)])
    shown = owner.open().page.select_one("section[aria-labelledby='busy']")
    assert "ken@acme.example A busy calendar read 2 days ago Not readable since" in shown.words
    assert "The calendar's server asks for fewer requests." in shown.words
    assert "Ken's secret" not in shown.words
    assert shown.select_one("a.btn")["href"] == "/account#busy-calendars"
