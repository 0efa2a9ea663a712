"""Optional permissions: asked for when a feature wants them and the app lists them; said on the HubSpot page."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.owners import OwnerChoice
from hubsync.hubspot.oauth import OWNERS_READ, SCOPES
from hubsync.services.connection.optional_scopes import teams_that_wait
from hubsync.services.connection.owners import read_owners
from hubsync.store import db, write_transaction
from hubsync.store.mappings import MappingRecord
from hubsync.store.owners import KnownOwner
from hubsync.store.teams import Team
from tests.kit import rows
from tests.kit.browser import Browser
from tests.kit.page import words
from tests.web.connection.consent_page import (
    ACME_ACCOUNT,
    PAGE,
    answer_consent,
    come_back,
    enter_key,
    kept,
    leave,
    live_refresh_tokens,
    make_key,
)

SECTION = "#optional-permissions"
LEAST = tuple(scope for scope in SCOPES if scope != "oauth")


@pytest.fixture
def wanting(app: Flask, team: Team) -> Team:
    """The team, with a calendar whose new records belong to the host."""
    with app.app_context(), write_transaction() as session:
        owner = session.query(rows.Person).first()
        calendar = rows.add_calendar(session, team.id, owner.id, "intro", name="Intro call")
        rows.add_usual_mapping(session, calendar.id)
        session.query(MappingRecord).update({"owner_choice": OwnerChoice.HOST})
    return team


def asked(owner: Browser) -> list[str]:
    return parse_qs(urlsplit(leave(owner)).query).get("optional_scope", [])


def say_listed(owner: Browser, **form: str) -> None:
    answer = owner.post(f"{PAGE}/optional-permissions", page=PAGE, **form)
    assert answer.status_code == 302, words(answer)


def section(owner: Browser) -> str:
    found = owner.open(PAGE).select_one(f"section[aria-labelledby='{SECTION[1:]}']")
    return words(found) if found is not None else ""


def test_nothing_is_asked_for_and_nothing_said_while_no_feature_wants_it(owner: Browser) -> None:
    owner.post(f"{PAGE}/optional-permissions", page=PAGE, listed="on")
    assert (asked(owner), section(owner)) == ([], "")


def test_a_feature_waits_until_the_app_is_said_to_list_it_and_connect_is_pressed_again(
    app: Flask, wanting: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    before = live_refresh_tokens(sandbox, ACME_ACCOUNT)
    assert asked(owner) == []
    waits = section(owner)
    assert "Owner of new records: waits for a permission of HubSpot" in waits
    assert "Switched on in: Intro call." in waits
    assert OWNERS_READ in waits
    with app.app_context():
        assert read_owners(wanting.id, refresh=True).lacks_permission  # as the editor asks for them
    say_listed(owner, listed="on")
    assert asked(owner) == [OWNERS_READ]
    assert "Press Connect again" in section(owner)
    come_back(owner)
    assert "HubSpot has given the permission" in section(owner)
    connection = kept(app, wanting)
    assert connection is not None
    assert set(connection.scopes) == {*SCOPES, OWNERS_READ}
    assert set(live_refresh_tokens(sandbox, ACME_ACCOUNT)) > set(before)
    say_listed(owner)
    assert asked(owner) == []


def test_an_app_that_does_not_list_it_loses_nothing(
    app: Flask, wanting: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    come_back(owner)
    before = kept(app, wanting)
    assert before is not None
    say_listed(owner, listed="on")
    registered = sandbox.state.apps.get(sandbox.settings.client_id)
    assert registered is not None
    registered.optional_scopes = []
    with pytest.raises(requests.HTTPError, match="400"):
        answer_consent(leave(owner))
    after = kept(app, wanting)
    assert after is not None
    assert (after.refresh_sealed, after.scopes) == (before.refresh_sealed, before.scopes)
    say_listed(owner)
    assert come_back(owner).headers["Location"] == PAGE


def test_what_an_account_leaves_out_goes_on_waiting(wanting: Team, owner: Browser, sandbox: SandboxServer) -> None:
    account = sandbox.state.accounts.get(ACME_ACCOUNT)
    assert account is not None
    account.lacking_scopes = [OWNERS_READ]
    say_listed(owner, listed="on")
    come_back(owner)
    assert "waits for a permission of HubSpot" in section(owner)
    assert "Connected to" in words(owner.open(PAGE))


@pytest.mark.parametrize("tells", [True, False], ids=["told", "probed"])
def test_a_service_key_is_looked_at_when_the_page_checks_it(
    app: Flask, wanting: Team, owner: Browser, sandbox: SandboxServer, tells: bool
) -> None:
    sandbox.state.change_switches(token_info_of_service_keys=tells)
    enter_key(owner, make_key(sandbox, LEAST))
    assert "Tick this scope for the service key in HubSpot" in section(owner)
    sandbox.state.change_scopes(ACME_ACCOUNT, give=[OWNERS_READ], take=[])
    owner.post(f"{PAGE}/check", page=PAGE)
    assert "HubSpot has given the permission" in section(owner)
    with app.app_context():
        assert db.session.query(KnownOwner).count() == 1  # read at once, so that bookings need not
    sandbox.state.change_scopes(ACME_ACCOUNT, give=[], take=[OWNERS_READ])
    owner.post(f"{PAGE}/check", page=PAGE)
    assert "waits for a permission of HubSpot" in section(owner)


def test_a_service_key_that_has_it_needs_nothing_more(
    wanting: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    enter_key(owner, make_key(sandbox, (*LEAST, OWNERS_READ)))
    assert "HubSpot has given the permission" in section(owner)


def test_the_daily_look_at_the_tokens_tells_when_it_was_taken_away(
    wanting: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    say_listed(owner, listed="on")
    come_back(owner)
    sandbox.state.change_scopes(ACME_ACCOUNT, give=[], take=[OWNERS_READ])
    owner.post(f"{PAGE}/check", page=PAGE)
    shown = words(owner.open(PAGE))
    assert "waits for a permission of HubSpot" in shown
    assert "Checked just now: HubSpot accepts the connection." in shown


def test_whoever_runs_the_installation_is_told_which_teams_wait(app: Flask, wanting: Team, owner: Browser) -> None:
    come_back(owner)
    with app.app_context():
        assert teams_that_wait() == {OWNERS_READ: ["acme"]}
    say_listed(owner, listed="on")
    come_back(owner)
    with app.app_context():
        assert teams_that_wait() == {}
