"""The page of what a calendar does about unwanted bookings: saved whole or not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from hubsync.domain.unwanted_bookings import UnwantedRules
from hubsync.services import now
from hubsync.services.bookings.booking_page import keep_booking, show_booking_page
from hubsync.services.unwanted.rules import load_rules
from hubsync.store import db, end_read
from hubsync.store.calendars import Calendar
from tests.kit.browser import Browser
from tests.kit.free_times import booking_at, make_page_team, open_always
from tests.kit.settings import OWNER
from tests.kit.tab import Tab


class Owner:
    """The owner of a team, on the page of a calendar's unwanted bookings."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            self.calendar_id = make_page_team(owner=OWNER).calendar_id
            end_read()
        self.calendar = f"/teams/acme/calendars/{self.calendar_id}"
        self.tab = Tab(Browser(app).sign_in(OWNER))

    def open(self) -> Tab:
        return self.tab.open(f"{self.calendar}/unwanted-bookings")

    def save(self, **fields: Any) -> Tab:
        return self.open().press("Save", **fields)

    def rules(self) -> UnwantedRules:
        with self.app.app_context():
            found, _version = load_rules(db.session(), self.calendar_id)
            end_read()
            return found


@pytest.fixture
def owner(app: Flask) -> Owner:
    return Owner(app)


def test_the_calendars_page_leads_there_and_everything_that_is_saved_is_shown_again(owner: Owner) -> None:
    owner.tab.open(owner.calendar).follow("Unwanted bookings")
    shown = owner.tab.press("Save", hourly_ceiling="２０", most_per_guest="2", typo_hint="y", work_email_only="y")
    assert "are saved" in shown.text
    assert owner.rules() == UnwantedRules(20, 2, typo_hint=True, work_email_only=True)
    page = owner.open().page
    assert [page.select_one(f"#{name}")["value"] for name in ("hourly_ceiling", "most_per_guest")] == ["20", "2"]
    owner.save(hourly_ceiling="", most_per_guest="", typo_hint=None, work_email_only=None)
    assert owner.rules() == UnwantedRules()


@pytest.mark.parametrize("typed", ["0", "-1", "ten", "1.5", "10001", "9" * 20])
def test_a_ceiling_that_is_no_number_saves_nothing_and_is_said_at_the_field(owner: Owner, typed: str) -> None:
    before = owner.rules()
    answer = owner.save(hourly_ceiling=typed, typo_hint="y")
    assert answer.status == 422
    assert "from 1 to 10000" in answer.page.select_one("#hourly_ceiling-error").words
    assert answer.page.select_one("#hourly_ceiling")["value"] == typed
    assert answer.page.select_one("#typo_hint").get("checked") is not None
    assert owner.rules() == before


def test_whoever_saves_over_a_colleague_is_told_and_keeps_what_was_typed(owner: Owner, app: Flask) -> None:
    colleague = Tab(Browser(app).sign_in(OWNER)).open(f"{owner.calendar}/unwanted-bookings")
    owner.save(hourly_ceiling="5")
    answer = colleague.press("Save", hourly_ceiling="50")
    assert (answer.status, owner.rules().hourly_ceiling) == (409, 5)
    assert "Somebody saved these settings" in answer.text
    answer.press("Save")
    assert owner.rules().hourly_ceiling == 50


def test_what_is_held_by_now_is_named_and_stays_held_whatever_is_saved(owner: Owner, app: Flask) -> None:
    assert "is held for a look" not in owner.save(hourly_ceiling="1").text
    with app.app_context():
        open_always(owner.calendar_id)
        calendar = db.session.get_one(Calendar, owner.calendar_id)
        starts_at = (now() + timedelta(days=3)).replace(minute=0, second=0, microsecond=0)
        page = show_booking_page(calendar)
        bookings = [booking_at(calendar, starts_at + timedelta(hours=each)) for each in range(2)]
        end_read()
        for each in bookings:
            keep_booking(page, each)
    shown = owner.save(hourly_ceiling="")
    assert "1 booking is held for a look" in shown.text
    assert len(shown.follow("Look at it").page.select("tbody tr")) == 1
