"""A source that HubSync sets up by its API: the token, the subscription and the comparison, over its stand-in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.services import now
from hubsync.services.sources import comparison
from hubsync.store import db, write_transaction
from hubsync.store.sources import IntakeEndpoint, SourceAccount
from hubsync.store.teams import Team
from scheduler_sandbox.calendly import CalendlyServer
from tests.kit.browser import Browser
from tests.kit.page import words
from tests.kit.tab import Tab

INTEGRATIONS = "/teams/acme/settings/integrations"
PAGE = f"{INTEGRATIONS}/calendly"


@pytest.fixture(scope="module")
def served_calendly() -> Iterator[CalendlyServer]:
    with CalendlyServer() as server:
        yield server


@pytest.fixture
def calendly(served_calendly: CalendlyServer) -> CalendlyServer:
    served_calendly.empty()
    return served_calendly


@pytest.fixture
def given(calendly: CalendlyServer) -> dict[str, str]:
    return {"SOURCE_API_URLS": f"calendly={calendly.url}"}


@pytest.fixture
def connected(calendly: CalendlyServer, team: Team, owner: Browser) -> Tab:
    """The page, right after a good token was pasted."""
    return Tab(owner).open(PAGE).press("Connect", token=calendly.account.make_token())


def rows(app: Flask) -> list[int]:
    with app.app_context():
        return [db.session.query(table).count() for table in (IntakeEndpoint, SourceAccount)]


def test_a_token_that_is_refused_is_said_at_the_field_and_nothing_is_kept(
    app: Flask, team: Team, owner: Browser
) -> None:
    tab = Tab(owner).open(PAGE).press("Connect", token="no token of anybody")
    assert tab.status == 422
    assert words(tab.page.select_one("ol.steps #token-error"))
    assert "no token of anybody" not in str(tab.page)
    assert tab.page.select_one("ol.steps a[href='/teams/acme/calendars']") is not None
    assert (tab.open(tab.url).status, tab.url) == (200, f"http://localhost:8000{PAGE}")  # asked for once more
    assert rows(app) == [0, 0]
    assert "not set up" in words(owner.open(INTEGRATIONS).select_one(f"a[href='{PAGE}']"))


def test_a_good_token_connects_and_says_whose_it_is(connected: Tab, calendly: CalendlyServer) -> None:
    assert "Ready. Nothing received yet. Book a time yourself to see it come in." in connected.text
    assert "Connected as Ren Host" in connected.text
    assert "Subscription active, checked" in connected.text
    assert len(calendly.account.subscriptions) == 1


def test_the_script_takes_no_new_form_token_for_news(connected: Tab, owner: Browser) -> None:
    live = connected.open(PAGE).page.select_one("[data-live]")
    assert live.select_one("input[name=csrf_token]") is not None
    with time_machine.travel(now() + timedelta(seconds=5), tick=True):
        assert owner.get(f"{live['data-live']}?seen={live['data-seen']}").status_code == 204


def test_a_comparison_is_asked_for_and_tells_what_it_found(
    app: Flask, connected: Tab, calendly: CalendlyServer
) -> None:
    connected.press("Compare now")
    assert connected.page.select_one("progress") is not None
    with app.app_context():
        assert comparison.compare_due() != []
    assert "nothing missing." in connected.open(PAGE).text


def test_a_problem_of_the_account_is_amber_on_the_card_and_in_words_on_the_page(
    app: Flask, connected: Tab, owner: Browser
) -> None:
    with app.app_context(), write_transaction() as session:
        session.query(SourceAccount).update({"problem_code": "source_token_refused"})
    assert "needs a person" in words(owner.open(INTEGRATIONS).select_one(f"a[href='{PAGE}']"))
    line = connected.open(PAGE).page.select_one(".state-line")
    assert "tone-care" in line.classes
    assert words(line.parent) != words(line)


def test_a_new_secret_is_told_to_the_source_and_never_shown(connected: Tab, calendly: CalendlyServer) -> None:
    (first,) = calendly.account.subscriptions
    connected.open(f"{PAGE}/secret").press("Make a new secret")
    assert "your booking tool has it already" in connected.text
    assert connected.page.select_one("#secret") is None
    assert "The former secret counts, too" in connected.text
    assert "has to have the new one" not in connected.text
    assert [each for each in calendly.account.subscriptions if each != first] != []


@pytest.mark.parametrize(("way", "left"), [("disconnect", "Not connected"), ("disable", "Switched off")])
def test_what_ends_it_here_ends_it_at_the_source(
    app: Flask, connected: Tab, calendly: CalendlyServer, way: str, left: str
) -> None:
    connected.open(f"{PAGE}/{way}").press(way.capitalize())
    assert left in words(connected.page.select_one(".state-line"))
    assert not calendly.account.subscriptions
    assert rows(app) == [1, 0]
