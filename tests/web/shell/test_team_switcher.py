"""Several teams: the switcher stays on the same kind of page, and the start page is the team visited last."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.settings import OWNER
from tests.kit.world import create_team

OTHER_OWNER = "owner@other.example"


@pytest.fixture
def second(app: Flask, team: Team) -> Team:
    """Another team, in which Acme's owner is a member."""
    second = create_team(app, "Second", OTHER_OWNER)
    with app.app_context():
        join(second.id, OWNER, Role.MEMBER)
    return second


def switches(visitor: Browser, page: str) -> dict[str, str]:
    """Where the switcher on *page* leads, by the team's name and role."""
    shown = visitor.open(page).select("aside .team-switcher li a")
    return {" ".join(link.get_text(" ").split()): str(link["href"]) for link in shown}


def test_all_teams_are_listed_with_the_role_and_the_one_here_is_marked(owner: Browser, second: Team) -> None:
    assert list(switches(owner, "/teams/acme/calendars")) == ["Acme Owner", "Second Member"]
    for part in ("aside", ".menu"):
        marked = owner.open("/teams/second/calendars").select(f"{part} .team-switcher a[aria-current]")
        assert [words(link) for link in marked] == ["Second Member"]


@pytest.mark.parametrize(
    ("page", "as_member", "as_owner"),
    [
        ("calendars", "calendars", "calendars"),
        ("calendars/new", "calendars", "calendars"),
        ("deliveries", "deliveries", "deliveries"),
        ("settings", "calendars", "settings"),
        ("settings/members", "calendars", "settings/members"),
        ("settings/audit-trail", "calendars", "settings/audit-trail"),
        ("settings/integrations", "calendars", "settings/integrations"),
        ("settings/integrations/hubspot", "calendars", "settings/integrations/hubspot"),
        ("settings/delete", "calendars", "settings"),
    ],
)
@pytest.mark.quick_cases(4)
def test_the_switcher_stays_on_the_same_kind_of_page_where_the_role_opens_it(
    app: Flask, owner: Browser, second: Team, page: str, as_member: str, as_owner: str
) -> None:
    create_team(app, "Third")
    led = switches(owner, f"/teams/acme/{page}")
    assert led["Second Member"] == f"/teams/second/{as_member}"
    assert led["Third Owner"] == f"/teams/third/{as_owner}"
    for address in led.values():
        owner.open(address)


def test_the_start_page_is_the_team_visited_last(owner: Browser, second: Team) -> None:
    assert owner.get("/").headers["Location"] == "/teams/acme/calendars"
    owner.open("/teams/second/calendars")
    assert owner.get("/").headers["Location"] == "/teams/second/calendars"
    owner.open("/teams/acme/calendars")
    assert owner.get("/").headers["Location"] == "/teams/acme/calendars"


def test_a_team_one_was_removed_from_is_not_the_start_page(app: Flask, owner: Browser, second: Team) -> None:
    owner.open("/teams/second/calendars")
    other = Browser(app).sign_in(OTHER_OWNER)
    members = "/teams/second/settings/members"
    leave = [link["href"] for link in other.open(members).select("main a") if OWNER in link.text]
    other.post(str(leave[0]), page=str(leave[0]))
    owner.sign_in()
    assert owner.get("/").headers["Location"] == "/teams/acme/calendars"


def test_a_team_that_is_not_ones_own_is_not_remembered(app: Flask, owner: Browser) -> None:
    create_team(app, "Secret", OTHER_OWNER)
    assert owner.get("/teams/secret/calendars").status_code == 404
    with owner.client.session_transaction(base_url="http://localhost:8000") as session:
        assert session.get("team") != "secret"
