"""A guest chooses a time: without JavaScript, in the guest's own zone, and of what is free alone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import pytest
import time_machine

from hubsync.domain.availability.opening_hours import Interval, OpeningHours
from hubsync.domain.availability.rules import Fixed
from hubsync.services.availability.saving import pause
from tests.kit.free_times import NOW, at, change_rules
from tests.kit.guest import ADDRESS, Guest, guest
from tests.kit.page import Element, read_page, words

__all__ = ["guest"]

MORNINGS = OpeningHours(((Interval(9 * 60, 10 * 60),),) * 5 + ((), ()))
TOKYO = "&time_zone=Asia/Tokyo"


@pytest.fixture
def mornings(guest: Guest) -> Iterator[Guest]:
    """A guest on a Monday at nine, of a calendar that is open from nine to ten on working days."""
    with time_machine.travel(NOW, tick=False):
        rules(guest, hours=MORNINGS, step_minutes=30)
        guest.opened_for = at(9).replace(day=4).isoformat()
        yield guest


def rules(guest: Guest, **different: Any) -> None:
    with guest.app.app_context():
        change_rules(guest.calendar_id, **different)


def days(page: Element) -> list[str]:
    """The days that can be chosen, as their links name them."""
    return [each.get_text() for each in page.select("a.day .visually-hidden")]


def times(page: Element) -> list[str]:
    return [each.get_text() for each in page.select(".time-list time")]


def test_days_and_times_are_links_which_lead_to_the_form_and_to_the_booking(mornings: Guest) -> None:
    tab = mornings.tab.open(f"{ADDRESS}?utm_source=news")
    assert days(tab.page)[0] == "Monday, November 30, 2026, 2 free times"
    tab.follow("Later month").follow("December 3,")
    heading = tab.page.select_one("#day-name")
    assert heading is not None
    assert heading.get_text() == "Thursday, December 3, 2026"
    tab.follow("9:00 AM")
    assert "Thursday, December 3, 2026, 9:00 AM to 9:30 AM" in words(tab.page)
    answers = {mornings.names["Name"]: "Jun", mornings.names["Email"]: "jun@x.example"}
    assert "Your booking is confirmed" in tab.press("Complete Booking", **answers).text
    (booking,) = mornings.bookings()
    assert (booking.starts_at, booking.guest_time_zone) == (at(9), "Asia/Tokyo")
    assert (booking.host, booking.url_params) == ("Mika Mori", {"utm_source": "news"})


def test_times_are_in_the_zone_that_the_guest_chose(mornings: Guest) -> None:
    page = mornings.open_times("?see=2026-12-02&time_zone=America/New_York")
    assert times(page) == ["7:00\u202fPM", "7:30\u202fPM"], "nine in the morning of the third in Tokyo"
    assert [each.get_text() for each in page.select(".times h3")] == ["Evening"]
    assert page.select(".btn-time")[0]["href"].endswith("start=2026-12-02T19%3A00%3A00-05%3A00")


@pytest.mark.parametrize(
    ("languages", "day", "first", "weekday"),
    [
        ("en-GB", "Thursday, 3 December 2026", "09:00", "Mon"),
        ("en-US,en;q=0.9", "Thursday, December 3, 2026", "9:00\u202fAM", "Sun"),
        ("en", "Thursday, December 3, 2026", "9:00\u202fAM", "Mon"),
        ("x-what-is-that, en-AU;q=0.5", "Thursday, 3 December 2026", "9:00\u202fam", "Mon"),
    ],
)
def test_days_and_times_follow_the_habits_of_the_guests_country(
    mornings: Guest, languages: str, day: str, first: str, weekday: str
) -> None:
    page = read_page(mornings.browser.get(f"{ADDRESS}?see=2026-12-03", headers={"Accept-Language": languages}))
    heading, column = page.select_one("#day-name"), page.select_one("th")
    assert heading is not None
    assert column is not None
    assert (heading.get_text(), times(page)[0], column.get_text()) == (day, first, weekday)


def test_a_confirmation_shows_the_time_as_the_form_did(mornings: Guest) -> None:
    sent = mornings.send(date="2026-12-03", time="09:00")
    page = read_page(mornings.browser.get(sent.location, headers={"Accept-Language": "en-GB"})).get_text()
    assert "Thursday, 3 December 2026" in page
    assert "09:00 – 09:30" in page


def test_zones_to_choose_are_those_of_today_each_once_and_found_by_country(mornings: Guest) -> None:
    def options(zone: str) -> list[Element]:
        return mornings.open_times(f"?time_zone={zone}").select("#time_zone option")

    names = [str(each["value"]) for each in options("Europe/Paris")]
    assert names[:3] == ["Europe/Paris", "Asia/Tokyo", "UTC"], "the guest's own, the host's, and no place"
    assert len(names) == len(set(names)) < 430
    countries = {each["value"]: each.get("data-words") for each in options("Europe/Paris")}
    assert (countries["Asia/Kolkata"], countries["America/Sao_Paulo"]) == ("India", "Brazil")
    assert "Asia/Calcutta" not in names
    (chosen,) = [each for each in options("Asia/Calcutta") if each.has_attr("selected")]
    assert chosen["value"] == "Asia/Calcutta", "browsers go on naming it so"


def test_a_month_that_is_empty_names_the_next_free_time(mornings: Guest) -> None:
    rules(mornings, hours=OpeningHours(((),) * 7, {date(2027, 1, 20): (Interval(540, 570),)}))
    page = mornings.open_times("?see=2027-01")
    assert days(page) == ["Wednesday, January 20, 2027, 1 free time"]
    (earlier, later) = page.select(".month-step")
    assert (earlier.get("href"), "see=2027-02" in str(later["href"])) == (None, True)
    page = mornings.open_times("?see=2027-03")
    assert "No free times in March 2027" in page.get_text()
    link = page.select_one(".next-free a")
    assert link is not None
    assert "Wed, Jan 20, 2027, 9:00" in link.get_text()
    assert times(mornings.browser.open(str(link["href"]))) == ["9:00\u202fAM"]


@pytest.mark.parametrize("asked", ["", "soon", "2026-13", "0000-00-00", "9999-12", "2026-12-99", "1900-01-01"])
@pytest.mark.quick_cases(4)
def test_a_month_that_cannot_be_is_the_nearest_that_can(mornings: Guest, asked: str) -> None:
    assert mornings.open_times(f"?see={asked}").select("a.day, .next-free a")


def test_both_turns_of_a_repeated_hour_are_told_apart(mornings: Guest) -> None:
    mornings.change(time_zone="Europe/Paris")
    with time_machine.travel(NOW.replace(year=2027, month=10), tick=False):
        night = {date(2027, 10, 31): (Interval(120, 180),)}
        rules(mornings, hours=OpeningHours(((),) * 7, night), step_minutes=30)
        page = mornings.open_times("?time_zone=Europe/Paris&see=2027-10-31")
        assert times(page) == [f"{clock}\u202fAM (UTC+{hours})" for hours in (2, 1) for clock in ("2:00", "2:30")]
        chosen = [str(each["href"])[-26:] for each in page.select(".btn-time")]
        assert len(set(chosen)) == 4


def test_whoever_is_too_late_keeps_everything_typed_and_is_shown_the_nearest_times(mornings: Guest) -> None:
    mornings.send(date="2026-12-03", time="09:00")
    tab = mornings.tab.open(ADDRESS + f"?start={quote(at(9, 30).isoformat())}{TOKYO}")
    mornings.send(date="2026-12-03", time="09:30")
    answers = {mornings.names["Name"]: "Jun", mornings.names["Email"]: "jun@x.example"}
    tab.press("Complete Booking", **answers, **{mornings.names["Comment"]: "typed with care"})
    page = tab.page
    assert tab.status == 409
    assert "typed with care" in page.get_text()
    offered = [str(each["value"]) for each in page.select("input[name=start]")]
    friday = at(9).replace(day=4)
    assert friday.isoformat() in offered
    assert at(9, 30).isoformat() not in offered
    assert len(mornings.bookings()) == 2
    assert "Your booking is confirmed" in tab.press("Complete Booking", start=friday.isoformat()).text
    assert [each.starts_at for each in mornings.bookings()] == [at(9), at(9, 30), friday]
    assert (
        mornings.bookings()[-1].answers[mornings.names["Comment"].removeprefix("question-")] == "typed with care"
    )


@pytest.mark.parametrize(
    "start",
    [
        "",
        "soon",
        "2026-12-03",
        "2026-12-03T09:00:00",
        "2026-12-03T09:05:00+09:00",
        "2026-12-03T10:00:00+09:00",
        "2026-12-05T09:00:00+09:00",
        "2026-11-27T09:00:00+09:00",
        "2028-12-01T09:00:00+09:00",
        "9999-12-31T23:59:59-23:59",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T20:00:00+00:00",
        "0001-01-01T00:00:00+00:00",
        "2026-12-03T09:00:00+09:00' OR 1=1",
    ],
)
@pytest.mark.quick_cases(4)
def test_a_time_that_was_never_offered_books_nothing_and_loses_nothing(mornings: Guest, start: str) -> None:
    answer = mornings.send(start=start, Comment="typed with care")
    assert answer.status_code == 409
    assert "typed with care" in answer.text
    assert read_page(answer).select("input[name=start]")
    assert mornings.bookings() == []
    shown = mornings.browser.get(ADDRESS, query_string={"start": start, "time_zone": "Asia/Tokyo"})
    assert shown.status_code == 200
    assert "That time is not free any more" in shown.text


def test_another_time_is_chosen_without_losing_what_was_typed(mornings: Guest) -> None:
    tab = mornings.tab.open(f"{ADDRESS}?start={quote(at(9).isoformat())}{TOKYO}&utm_source=news")
    tab.press("Change", **{mornings.names["Comment"]: "line one\nline <two>", mornings.names["Name"]: "Jun"})
    assert not tab.page.select("a.day, a.btn-time"), "a link would lose it"
    tab.press("December 4,").press("9:30 AM")
    comment = tab.page.select_one("textarea")
    assert comment is not None
    assert comment.get_text() == "line one\nline <two>"
    tab.press("Complete Booking", **{mornings.names["Email"]: "jun@x.example"})
    (booking,) = mornings.bookings()
    assert (booking.starts_at, booking.guest_name) == (at(9, 30).replace(day=4), "Jun")
    assert booking.url_params == {"utm_source": "news"}


def test_an_address_fills_the_form_in_and_its_names_are_no_url_parameters(mornings: Guest) -> None:
    query = "&guest_name=Jun+Mori&guest_email=jun@x.example&guest_company=Mori&guest_comment=Hello&gclid=1"
    tab = mornings.tab.open(f"{ADDRESS}?start={quote(at(9).isoformat())}{TOKYO}{query}")
    typed = {name: tab.page.select_one(f"[name={field}]") for name, field in mornings.names.items()}
    assert {
        name: each.get("value") for name, each in typed.items() if each is not None and each.name == "input"
    } == {
        "Company Name": "Mori",
        "Name": "Jun Mori",
        "Email": "jun@x.example",
    }
    tab.press("Complete Booking")
    (booking,) = mornings.bookings()
    assert booking.url_params == {"gclid": "1"}
    assert booking.answers[mornings.names["Comment"].removeprefix("question-")] == "Hello"


def test_a_page_without_any_free_time_is_a_friendly_one(mornings: Guest) -> None:
    rules(mornings, hours=OpeningHours(((),) * 7))
    shown = mornings.open_times().get_text()
    assert "No free times at the moment" in shown
    assert "Everything is booked" in shown


def test_a_page_that_is_not_open_yet_says_when_it_will_be(mornings: Guest) -> None:
    rules(mornings, period=Fixed(date(2027, 3, 1), date(2027, 3, 31)))
    assert days(mornings.open_times())[0] == "Monday, March 1, 2027, 2 free times"
    rules(mornings, hours=OpeningHours(((),) * 7))
    assert "Bookings open on Monday, March 1, 2027." in mornings.open_times().get_text()


def test_a_paused_page_says_so_and_takes_nothing(mornings: Guest) -> None:
    form = mornings.filled(date="2026-12-03", time="09:00")
    with mornings.app.app_context():
        pause(mornings.calendar_id)
    assert "takes no bookings at the moment" in mornings.open_times().get_text()
    assert mornings.post(form).status_code == 409
    assert mornings.bookings() == []


@pytest.mark.parametrize("pressed", [{}, {"pick": at(9).isoformat()}, {"see": ""}])
def test_a_page_that_is_paused_meanwhile_says_so_and_shows_no_other_times(
    mornings: Guest, pressed: dict[str, str]
) -> None:
    form = mornings.filled(date="2026-12-03", time="09:00", Comment="typed with care")
    with mornings.app.app_context():
        pause(mornings.calendar_id)
    shown = read_page(mornings.post(form | pressed))
    assert "takes no bookings at the moment" in shown.get_text()
    assert not shown.select("input[name=start], .btn-time")
    assert "see" in pressed or "typed with care" in shown.get_text()


def test_a_host_in_another_zone_does_not_shift_the_guests_days(mornings: Guest) -> None:
    """Nine in the morning of Monday in Tokyo is Sunday evening in New York."""
    page = mornings.open_times("?see=2026-12-06&time_zone=America/New_York")
    heading = page.select_one("#day-name")
    assert heading is not None
    assert (heading.get_text(), len(times(page))) == ("Sunday, December 6, 2026", 2)
    starts = [each["datetime"] for each in page.select(".time-list time")]
    assert starts[0] == at(9).replace(day=7).astimezone(ZoneInfo("America/New_York")).isoformat()


def test_a_long_query_stands_on_the_page_once_and_goes_along(mornings: Guest) -> None:
    campaign = "spring-" * 60
    asked = f"{ADDRESS}?utm_campaign={campaign}{TOKYO}"
    assert mornings.browser.get(asked).text.partition("</main>")[0].count(campaign) == 1
    tab = mornings.tab.open(asked)
    tab.press("Later month").press("December 3,").press("9:30 AM")
    tab.press("Complete Booking", **{mornings.names["Name"]: "Jun", mornings.names["Email"]: "jun@x.example"})
    (booking,) = mornings.bookings()
    assert (booking.starts_at, booking.guest_time_zone) == (at(9, 30), "Asia/Tokyo")
    assert booking.url_params == {"utm_campaign": campaign}
