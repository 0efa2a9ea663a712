"""CalDAV on the account page: find the calendars of an account, choose some of them, and read them."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.busy_calendars import CalendarKind
from hubsync.services.busy_calendars.accounts import find_account, seal_account
from hubsync.services.busy_calendars.status import list_busy_calendars
from hubsync.store import end_read
from scheduler_sandbox.calendars import CalendarServer, PersonalCalendar, write_event
from tests.kit.browser import Browser
from tests.kit.busy_calendars import person_id, tomorrow
from tests.kit.clock import later
from tests.kit.page import Element, read_page, words

ADD = "/account/busy-calendars/add-account"
READ = pytest.mark.slow


@pytest.fixture(autouse=True)
def _two_calendars(provider: CalendarServer) -> None:
    family = PersonalCalendar("Family", "family")
    family.put(write_event(tomorrow(14), tomorrow(15), "Dentist"))
    provider.account.calendars.append(family)


def ask(owner: Browser, provider: CalendarServer, **different: str) -> Element:
    """The page that comes when the account is entered."""
    account = {"server": provider.caldav_url, "user": provider.account.user, "password": provider.account.password}
    return read_page(owner.press(ADD, **account | different).text)


@READ
def test_chosen_calendars_become_one_busy_calendar(owner: Browser, provider: CalendarServer, app: Flask) -> None:
    page = ask(owner, provider)
    assert [words(each) for each in page.select("label.form-check-label")] == ["Work", "Family"]
    assert page.select("input[type=checkbox][checked]") == []
    answer = owner.submit(page, "Read and add", calendars=["1"], name="Home")
    assert answer.status_code == 302, words(answer)
    assert "“Home” was read. It has 1 busy time ahead." in words(owner.open(answer.headers["Location"]))
    with app.app_context():
        (kept,) = list_busy_calendars(person_id())
        end_read()
    assert (kept.kind, kept.next_times[0].start) == (CalendarKind.CALDAV, tomorrow(14))


@READ
def test_one_that_is_read_already_is_not_added_again(owner: Browser, provider: CalendarServer) -> None:
    owner.submit(ask(owner, provider), "Read and add", calendars=["0", "1"])
    again = owner.submit(ask(owner, provider), "Read and add", calendars=["1", "0"])
    assert again.status_code == 422
    assert "among your busy calendars already" in words(read_page(again.text).select_one("#calendars-error"))
    assert owner.submit(ask(owner, provider), "Read and add", calendars=["0"]).status_code == 302


def test_a_wrong_password_is_said_at_its_field_and_does_not_come_back(
    owner: Browser, provider: CalendarServer
) -> None:
    page = ask(owner, provider, password="a guess of mine")
    assert "does not let HubSync in" in words(page.select_one("#password-error"))
    assert "a guess of mine" not in str(page)
    assert page.select_one("#server")["value"] == provider.caldav_url
    assert page.select_one("#user")["value"] == provider.account.user


def test_a_server_that_is_none_is_said_at_its_field(owner: Browser, provider: CalendarServer) -> None:
    assert "private network" in words(ask(owner, provider, server="10.1.2.3").select_one("#server-error"))
    assert "Enter the address" in words(ask(owner, provider, server="").select_one("#server-error"))
    assert "not the address" in words(ask(owner, provider, user="a:b").select_one("#server-error"))


def test_without_a_choice_nothing_is_lost(owner: Browser, provider: CalendarServer) -> None:
    answer = owner.submit(ask(owner, provider), "Read and add", name="Home")
    page = read_page(answer.text)
    assert answer.status_code == 422
    assert "Choose at least one calendar." in words(page.select_one("#calendars-error"))
    assert page.select_one("#name")["value"] == "Home"
    assert len(page.select("input[type=checkbox]")) == 2


def test_one_calendar_alone_is_chosen(owner: Browser, provider: CalendarServer) -> None:
    del provider.account.calendars[1]
    assert len(ask(owner, provider).select("input[type=checkbox][checked]")) == 1


def test_what_the_page_carries_is_sealed_for_the_person_and_for_an_hour(
    owner: Browser, provider: CalendarServer, app: Flask
) -> None:
    page = ask(owner, provider)
    assert provider.account.password not in str(page)
    with app.app_context():
        account = (provider.caldav_url, provider.account.user, provider.account.password)
        others = seal_account(person_id() + 1, find_account(*account))
    for carried in (others, "", "no seal"):
        answer = owner.submit(page, "Read and add", calendars=["0"], account=carried)
        assert answer.headers["Location"] == ADD
    assert "left open for too long" in words(owner.open(ADD))
    with later(hours=1, minutes=1):
        late = owner.submit(page, "Read and add", calendars=["0"])
    assert late.headers["Location"] == ADD
