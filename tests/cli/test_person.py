"""`flask person` ends somebody's sessions, and erases who left once somebody has said yes."""

from __future__ import annotations

import pytest
from click.testing import Result
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.services.signin import links
from hubsync.store import db
from hubsync.store.people import Person, SigninLink
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.settings import OWNER
from tests.kit.world import create_team

KENJI = "kenji@acme.example"


@pytest.fixture
def team(app: Flask) -> Team:
    made = create_team(app)
    with app.app_context():
        join(made.id, KENJI, Role.MEMBER)
    return made


def run(app: Flask, *args: str, typed: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["person", *args], input=typed)


def people(app: Flask) -> set[str]:
    with app.app_context():
        return {each.email for each in db.session.query(Person)}


def test_somebodys_sessions_and_links_end_and_nobody_elses(app: Flask, team: Team) -> None:
    kenji, elsewhere, owner = (Browser(app).sign_in(each) for each in (KENJI, KENJI, OWNER))
    with app.app_context():
        links.make_link(KENJI)
    assert run(app, "end-sessions", f" {KENJI.upper()}").output == "Signed out in 2 browsers.\n"
    for browser, status in ((kenji, 302), (elsewhere, 302), (owner, 200)):
        assert browser.get("/account").status_code == status
    with app.app_context():
        assert db.session.query(SigninLink).count() == 0
    assert Browser(app).sign_in(KENJI).get("/account").status_code == 200, "who may come, comes again"


@pytest.mark.parametrize("command", ["end-sessions", "erase"])
def test_an_address_that_nobody_has(app: Flask, command: str) -> None:
    ended = run(app, command, "nobody@acme.example")
    assert (ended.exit_code, ended.output) == (1, "Error: Nobody has this e-mail address.\n")


def test_it_says_what_goes_and_asks_before_it_erases(app: Flask, team: Team) -> None:
    asked = run(app, "erase", KENJI, typed="n\n")
    assert asked.exit_code == 1
    assert "Teams without this person then: Acme" in asked.output
    assert people(app) == {OWNER, KENJI}
    assert run(app, "erase", KENJI, typed="y\n").exit_code == 0
    assert people(app) == {OWNER}


def test_who_owns_a_team_goes_only_when_somebody_else_owns_it(app: Flask, team: Team) -> None:
    refused = run(app, "erase", OWNER, "--yes")
    assert refused.exit_code == 1
    assert f"{OWNER} owns Acme. Name a new owner" in refused.output
    assert people(app) == {OWNER, KENJI}
    assert run(app, "erase", OWNER, "--new-owner", KENJI, "--yes").exit_code == 0
    assert people(app) == {KENJI}
    assert Browser(app).sign_in(KENJI).get("/teams/acme/settings/hand-over").status_code == 200
