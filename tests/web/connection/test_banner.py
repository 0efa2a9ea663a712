"""The banner above every page of a team while somebody has to do something about HubSpot."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.services.connection.status import read_status
from hubsync.services.teams import members
from hubsync.store import db, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import Element, words
from tests.web.connection.account_switch_question import let_wait, map_property
from tests.web.connection.consent_page import PAGE, come_back

PAGES = (
    "/teams/acme/calendars",
    "/teams/acme/deliveries",
    "/teams/acme/settings",
    "/teams/acme/settings/integrations",
)
LOST = "HubSpot no longer accepts HubSync: it was uninstalled there, or its permission was taken back."


def set_connection(app: Flask, **values: object) -> None:
    with app.app_context(), write_transaction() as session:
        connection = session.query(Connection).one()
        for name, value in values.items():
            setattr(connection, name, value)


def lose(app: Flask) -> None:
    set_connection(app, state="lost", lost_code="access_lost", lost_at=now())


def banner(page: Element) -> str:
    shown = page.select(".team-banner")
    assert len(shown) <= 1
    return " ".join(shown[0].get_text(" ").split()) if shown else ""


@pytest.mark.parametrize("page", PAGES)
def test_lost_access_is_said_on_every_page_with_what_to_press(app: Flask, owner: Browser, page: str) -> None:
    come_back(owner)
    assert banner(owner.open(page)) == ""
    lose(app)
    shown = owner.open(page)
    assert banner(shown) == f"{LOST} Open the HubSpot page"
    assert shown.select_one(f".team-banner a[href='{PAGE}']") is not None


def test_the_banner_counts_the_bookings_that_wait(app: Flask, team: Team, owner: Browser) -> None:
    come_back(owner)
    calendar_id = map_property(app, team, "lastname", "Last Name")
    lose(app)
    let_wait(app, team, calendar_id, 3)
    assert "3 bookings wait to be posted." in banner(owner.open(PAGES[0]))


@pytest.mark.parametrize(
    ("code", "words_"),
    [
        ("permission_missing", "a permission is missing there"),
        ("app_misconfigured", "HubSpot refuses the app settings of this installation"),
        ("secret_unreadable", "cannot be opened with the keys of this installation"),
        ("hubspot_unreachable", ""),
        ("rate_limited", ""),
        ("", ""),
    ],
)
def test_what_somebody_has_to_mend_is_said_and_what_passes_is_not(
    app: Flask, owner: Browser, code: str, words_: str
) -> None:
    come_back(owner)
    set_connection(app, trouble_code=code, trouble_at=now())
    shown = banner(owner.open(PAGES[0]))
    assert words_ in shown
    assert bool(shown) == bool(words_)


def test_a_member_reads_whom_to_ask(app: Flask, team: Team, owner: Browser) -> None:
    come_back(owner)
    lose(app)
    with app.app_context():
        join(team.id, "member@acme.example", Role.MEMBER)
    page = Browser(app).sign_in("member@acme.example").open(PAGES[0])
    assert banner(page) == f"{LOST} Ask the owner or an administrator of the team to put it right."
    assert page.select_one(".team-banner a") is None


def test_the_hubspot_page_does_not_say_it_twice(app: Flask, owner: Browser) -> None:
    come_back(owner)
    lose(app)
    page = owner.open(PAGE)
    assert banner(page) == ""
    assert words(page).count(LOST) == 1


@pytest.mark.parametrize("state", ["disconnected", "connected"])
def test_nothing_is_said_when_nothing_was_lost(app: Flask, owner: Browser, state: str) -> None:
    come_back(owner)
    set_connection(app, state=state)
    assert banner(owner.open(PAGES[0])) == ""


def test_nothing_is_said_before_the_first_connect_and_below_the_premium_plan(
    app: Flask, team: Team, owner: Browser
) -> None:
    assert banner(owner.open(PAGES[0])) == ""
    come_back(owner)
    lose(app)
    with app.app_context(), write_transaction() as session:
        session.get_one(Team, team.id).plan = "basic"
    assert banner(owner.open(PAGES[0])) == ""


def test_another_teams_loss_is_its_own(app: Flask, owner: Browser) -> None:
    come_back(owner)
    lose(app)
    with app.app_context():
        members.create_team("Second", "owner@acme.example", "premium")
    assert banner(owner.open("/teams/second/calendars")) == ""


def statements(app: Flask, act: Callable[[], object]) -> list[str]:
    seen: list[str] = []
    with app.app_context():
        engine = db.engine

    def note(connection: object, cursor: object, statement: str, *more: object) -> None:
        if statement.startswith("SELECT"):
            seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return seen


def test_the_banner_costs_one_query(app: Flask, team: Team, owner: Browser) -> None:
    come_back(owner)
    with app.app_context():
        asked = statements(app, lambda: read_status(team.id))
    assert len(asked) == 1
    on_a_page = statements(app, lambda: owner.open(PAGES[0]))
    assert on_a_page.count(asked[0]) == 1


def test_pages_of_errors_carry_it_and_survive_a_broken_database(app: Flask, owner: Browser) -> None:
    come_back(owner)
    lose(app)
    missing = owner.get("/teams/acme/deliveries/999")
    assert missing.status_code == 404
    assert LOST in words(missing)
    with app.app_context():
        db.session.execute(db.text("DROP TABLE parked_connections"))
        db.session.execute(db.text("DROP TABLE connections"))
        db.session.commit()
    broken = owner.get(PAGES[0])
    assert broken.status_code == 500
    assert "Something went wrong" in words(broken)
