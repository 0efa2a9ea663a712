"""Busy calendars on the account page: what a person sees and presses."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from hubsync.domain.busy_calendars import WhenUnreadable
from hubsync.services import now
from hubsync.services.busy_calendars.status import list_busy_calendars
from hubsync.store import end_read, write_transaction
from hubsync.store.busy_calendars import BusyCalendar
from scheduler_sandbox.calendars import CalendarServer
from tests.kit import rows
from tests.kit.browser import Browser
from tests.kit.busy_calendars import person_id
from tests.kit.clock import later
from tests.kit.page import read_page, words

ACCOUNT = "/account"
ADD = "/account/busy-calendars/add"
READ = pytest.mark.slow
"""What is read is read by a process of its own, which takes its time to start."""


def section(page: Any) -> Any:
    return page.select_one("section[aria-labelledby='busy-calendars']")


def added(owner: Browser, provider: CalendarServer, **fields: str) -> Any:
    """The section after adding the provider's calendar by the page."""
    answer = owner.press(ADD, **{"feed": provider.feed_url(), "name": "Work"} | fields)
    assert answer.status_code == 302, words(answer)
    return section(owner.open(answer.headers["Location"]))


def test_without_one_the_page_says_what_they_are_for(owner: Browser) -> None:
    shown = section(owner.open(ACCOUNT))
    assert "None yet" in words(shown)
    assert shown.select_one("a.btn")["href"] == ADD


@READ
def test_one_is_added_read_and_shown_with_what_comes_next(
    owner: Browser, provider: CalendarServer, app: Flask
) -> None:
    owner.post(ACCOUNT, page=ACCOUNT, name="", time_zone="Asia/Tokyo", language="")
    shown = added(owner, provider)
    assert "Work 127.0.0.1" in words(shown)
    assert "(just now)" in words(shown)
    assert shown.select_one("details[open] summary").text == "It has 1 busy time ahead."
    assert "6:00" in words(shown.select_one("details[open] ol")), "nine in UTC is six in the evening in Tokyo"
    assert "Canary of a title" not in words(shown)
    with later(minutes=4):
        assert "(4 minutes ago)" in words(section(owner.open(ACCOUNT)))


@READ
def test_a_calendar_that_cannot_be_read_comes_back_at_its_field(owner: Browser, provider: CalendarServer) -> None:
    wrong = f"{provider.url}/ics/wrong/work.ics"
    answer = owner.press(ADD, feed=wrong, name="Work", when_unreadable="show_none")
    page = read_page(answer.text)
    assert answer.status_code == 422
    assert "There is no calendar at this address." in words(page.select_one("#feed-error"))
    assert "feed-error" in page.select_one("#feed")["aria-describedby"]
    assert page.select_one("#feed")["value"] == wrong
    assert page.select_one("#name")["value"] == "Work"
    assert page.select_one("#when_unreadable option[selected]")["value"] == "show_none"


@pytest.mark.parametrize(
    ("sent", "field", "sentence"),
    [
        ({"feed": ""}, "feed", "Paste the address."),
        ({"feed": "http://calendar.example/a.ics"}, "feed", "https://"),
        ({"feed": "x" * 2001}, "feed", "not the address of a calendar"),
        ({"feed": "https://10.1.2.3/a.ics"}, "feed", "private network"),
        ({"feed": "https://a.example/", "name": "x" * 101}, "name", "up to 100 characters"),
        ({"feed": "https://a.example/", "when_unreadable": "x"}, "when_unreadable", "Choose what"),
    ],
)
@pytest.mark.quick_cases(3)
def test_what_will_not_do_is_said_at_its_field(
    owner: Browser, sent: dict[str, str], field: str, sentence: str
) -> None:
    answer = owner.post(ADD, page=ADD, **{"name": "", "when_unreadable": "show_times"} | sent)
    page = read_page(answer.text)
    assert answer.status_code == 422
    assert sentence in words(page.select_one(f"#{field}-error"))
    assert page.select_one(f".error-summary a[href='#{field}']") is not None


@READ
def test_the_address_of_one_that_is_kept_is_never_shown(owner: Browser, provider: CalendarServer) -> None:
    added(owner, provider)
    answer = owner.press(ADD, feed=provider.feed_url(), name="Again")
    page = read_page(answer.text)
    assert "among your busy calendars already" in words(page.select_one("#feed-error"))
    assert provider.account.secret not in answer.text
    assert page.select_one("#name")["value"] == "Again"


@READ
def test_read_now_says_what_came_of_it(owner: Browser, provider: CalendarServer, app: Flask) -> None:
    shown = added(owner, provider, when_unreadable="show_none")
    assert "“Work” was read." in words(owner.open(owner.submit(shown, "Read now").headers["Location"]))
    provider.switches.broken = True
    page = owner.open(owner.submit(shown, "Read now").headers["Location"])
    assert "“Work” could not be read. The calendar's server has a fault of its own." in words(page)
    assert "not readable" in words(section(page))
    assert "Until it can be read again, what was read last counts." in words(section(page))
    with app.app_context(), write_transaction() as session:
        session.execute(update(BusyCalendar).values(read_at=now() - timedelta(days=1, hours=1)))
    assert "Your booking pages show no times" in words(section(owner.open(ACCOUNT)))


def test_it_is_changed_and_removed_after_a_question(owner: Browser, app: Flask) -> None:
    with app.app_context(), write_transaction() as session:
        calendar_id = rows.add_busy_calendar(session, person_id_in(session)).id
    at = f"/account/busy-calendars/{calendar_id}"
    assert owner.press(f"{at}/change", name="", when_unreadable="show_none").status_code == 422
    assert owner.press(f"{at}/change", name="Home", when_unreadable="show_none").status_code == 302
    with app.app_context():
        (kept,) = list_busy_calendars(person_id())
        end_read()
    assert (kept.name, kept.when_unreadable) == ("Home", WhenUnreadable.SHOW_NONE)
    assert "Remove Home?" in words(owner.open(f"{at}/remove"))
    assert "“Home” is removed." in words(owner.open(owner.press(f"{at}/remove").headers["Location"]))
    assert "None yet" in words(section(owner.open(ACCOUNT)))
    assert owner.get(f"{at}/remove").status_code == 404


def test_a_hostile_name_stays_text(owner: Browser, app: Flask) -> None:
    hostile = "<script>alert(1)</script>\"'{{7*7}} %(x)s %s"
    with app.app_context(), write_transaction() as session:
        rows.add_busy_calendar(session, person_id_in(session))
        session.execute(update(BusyCalendar).values(name=hostile, fault_code="code of another version"))
    page = owner.open(ACCOUNT)
    assert page.select("script:not([src])") == []
    assert hostile in words(section(page))


def person_id_in(session: Any) -> int:
    found = session.query(rows.Person.id).filter_by(email="owner@acme.example").scalar()
    assert isinstance(found, int)
    return found


@READ
def test_a_new_address_is_taken_where_the_name_is_changed(owner: Browser, provider: CalendarServer) -> None:
    shown = added(owner, provider)
    at = next(link["href"] for link in shown.select("a") if link["href"].endswith("/change"))
    assert owner.open(at).select("#password") == []
    answer = owner.press(at, feed=f"{provider.url}/ics/wrong/work.ics")
    assert answer.status_code == 422
    assert "no calendar at this address" in words(read_page(answer.text).select_one("#feed-error"))
    assert owner.press(at, feed=provider.feed_url()).status_code == 302
    assert provider.account.secret not in owner.get(at).text
