"""Another HubSpot account than before: what the question says, and what yes and no do."""

from __future__ import annotations

from datetime import timedelta

import requests
import time_machine
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.imports.states import ImportState
from hubsync.domain.owners import OwnerChoice
from hubsync.services import now, tools
from hubsync.services.connection import account_switch
from hubsync.services.connection.tokens import sealed_place
from hubsync.store import db, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.imports import BookingImport
from hubsync.store.mappings import MappingRecord
from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.page import words
from tests.kit.settings import BASE_URL
from tests.kit.world import create_team
from tests.web.connection.account_switch_question import QUESTION, account_of, asked, let_wait, map_property
from tests.web.connection.consent_page import (
    ACME_ACCOUNT,
    HARBOUR_ACCOUNT,
    PAGE,
    answer_question,
    clear_faults,
    come_back,
    fault,
    forget_calls,
    hubspot_calls,
    is_active,
    kept,
    live_refresh_tokens,
    parked_in,
    question_fields,
    trail,
)

__all__ = ["asked"]


def test_nothing_changes_before_the_answer(app: Flask, team: Team, asked: Browser, sandbox: SandboxServer) -> None:
    assert account_of(app, team) == str(ACME_ACCOUNT)
    assert [action for action, _ in trail(app, team)][-1] == "connected"
    assert len(live_refresh_tokens(sandbox, ACME_ACCOUNT)) == 1
    shown = words(asked.open(PAGE))
    assert "Connected to acme.example.com (account 1234567)" in shown
    assert "has not answered yet whether the team shall use it" in shown


def test_the_question_names_both_accounts_and_what_stays(asked: Browser) -> None:
    shown = words(asked.open(QUESTION))
    assert "Connected until now acme.example.com (account 1234567)" in shown
    assert f"account {HARBOUR_ACCOUNT}" in shown
    assert "No calendar has a mapping yet" in shown
    assert "memory belongs to the account it was made in" in shown
    assert "None waits at the moment" in shown
    assert "HubSync is uninstalled there" in shown


def test_the_question_names_what_the_mappings_would_miss(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    map_property(app, team, "shoe_size", "Shoe size")
    map_property(app, team, "jobtitle", "Job Title", kind="number")
    fits = map_property(app, team, "lastname", "Last Name")
    let_wait(app, team, fits, 3)
    shown = words(asked.open(QUESTION))
    assert "Call shoe_size Contact: Shoe size shoe_size – does not exist there" in shown
    assert "Job Title jobtitle – takes another kind of value there" in shown
    assert "Call lastname" not in shown
    assert "3 bookings wait. They are not sent to the new account unasked" in shown


def test_the_question_names_calendars_whose_owner_is_a_user_of_the_former_account(
    app: Flask, team: Team, asked: Browser
) -> None:
    map_property(app, team, "lastname", "Last Name")
    said = "new records belong to a user of the former account"
    assert said not in words(asked.open(QUESTION))
    with app.app_context(), write_transaction() as session:
        fixed = {"owner_choice": OwnerChoice.FIXED, "owner_id": "7", "owner_name": "Ada Admin"}
        session.query(MappingRecord).update(fixed)
    shown = words(asked.open(QUESTION))
    assert said in shown
    assert "Call lastname: Ada Admin" in shown


def test_the_question_says_where_the_rest_of_an_import_goes(app: Flask, team: Team, asked: Browser) -> None:
    calendar_id = map_property(app, team, "lastname", "Last Name")
    said = "What is left of the import before.csv goes to the new account."
    assert said not in words(asked.open(QUESTION))
    with app.app_context(), write_transaction() as session:
        state = {"state": ImportState.TAKING_IN, "started_at": now(), "size": 9, "file_name": "before.csv"}
        session.add(BookingImport(team_id=team.id, calendar_id=calendar_id, **state))
    assert said in words(asked.open(QUESTION))


def test_the_question_says_when_nothing_would_be_missing(app: Flask, team: Team, asked: Browser) -> None:
    map_property(app, team, "lastname", "Last Name")
    assert "every mapped property exists in the new account" in words(asked.open(QUESTION))


def test_properties_that_cannot_be_read_are_said_and_keep_nobody_from_answering(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    map_property(app, team, "lastname", "Last Name")
    fault(sandbox, action="status", status=503, path="/crm/properties", times=None)
    assert "could not be read, so the mappings could not be checked" in words(asked.open(QUESTION))
    assert answer_question(asked, "use").headers["Location"] == PAGE
    assert account_of(app, team) == str(HARBOUR_ACCOUNT)


def test_the_properties_are_read_in_the_new_account(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    map_property(app, team, "lastname", "Last Name")
    log = f"{sandbox.url}/sandbox/api/calls"
    forget_calls(sandbox)
    asked.open(QUESTION)
    calls = requests.get(log, timeout=60).json()["results"]
    assert {(call["path"], call["account_id"]) for call in calls} == {
        ("/crm/properties/2026-09/companies", HARBOUR_ACCOUNT),
        ("/crm/properties/2026-09/contacts", HARBOUR_ACCOUNT),
    }


def test_yes_takes_the_account_over_and_leaves_the_former_one(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    calendar_id = map_property(app, team, "lastname", "Last Name")
    let_wait(app, team, calendar_id, 2)
    before = kept(app, team)
    forget_calls(sandbox)
    assert answer_question(asked, "use").headers["Location"] == PAGE
    shown = words(asked.open(PAGE))
    assert f"account {HARBOUR_ACCOUNT}" in shown
    assert "has not answered yet" not in shown
    after = kept(app, team)
    assert before is not None
    assert after is not None
    assert (after.state, after.hubspot_account_id, after.last_posted_at) == (
        "connected",
        str(HARBOUR_ACCOUNT),
        None,
    )
    assert parked_in(app, team) is None
    with app.app_context():
        access = tools().vault.open(sealed_place(team.id, "access token"), after.access_sealed)
        assert is_active(sandbox, access, "access_token"), "sealed anew for the connection"
        assert {each.state for each in db.session.query(Delivery)} == {"waiting"}
    told = {"former_account": str(ACME_ACCOUNT), "account": str(HARBOUR_ACCOUNT), "method": "oauth"}
    assert trail(app, team)[-1] == ("account_changed", told)
    assert "DELETE /appinstalls/2026-09/external-install" in hubspot_calls(sandbox)
    assert live_refresh_tokens(sandbox, ACME_ACCOUNT) == []
    assert len(live_refresh_tokens(sandbox, HARBOUR_ACCOUNT)) == 1


def test_yes_leaves_the_former_account_alone_that_another_team_uses(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    create_team(app, "Second")
    come_back(asked, "/teams/second/settings/integrations/hubspot")
    assert "Another team here uses it, so HubSync stays installed there" in words(asked.open(QUESTION))
    answer_question(asked, "use")
    assert account_of(app, team) == str(HARBOUR_ACCOUNT)
    assert len(live_refresh_tokens(sandbox, ACME_ACCOUNT)) == 2


def test_yes_works_when_hubspot_cannot_be_told_of_the_former_account(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    page = asked.open(QUESTION)
    fault(sandbox, action="status", status=503, times=None)
    asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=question_fields(page, "use"))
    assert account_of(app, team) == str(HARBOUR_ACCOUNT)


def test_no_revokes_at_hubspot_and_keeps_what_was(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    assert len(live_refresh_tokens(sandbox, HARBOUR_ACCOUNT)) == 1
    answer_question(asked, "keep")
    shown = words(asked.open(PAGE))
    assert "The former account is kept" in shown
    assert "HubSync has had its access to harbour.example.com (account 7654321) revoked" in shown
    assert "Connected to acme.example.com (account 1234567)" in shown
    assert parked_in(app, team) is None
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == []
    assert len(live_refresh_tokens(sandbox, ACME_ACCOUNT)) == 1


def test_no_says_that_hubspot_still_lists_the_app_in_the_other_account(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    listed = "until somebody uninstalls it"
    assert listed in words(asked.open(QUESTION))
    answer_question(asked, "keep")
    assert f"HubSpot still lists HubSync there {listed} in that account" in words(asked.open(PAGE))
    assert [each.account_id for each in sandbox.state.installs] == [ACME_ACCOUNT, HARBOUR_ACCOUNT]


def test_no_says_that_an_account_which_another_team_uses_is_left_alone(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    create_team(app, "Second")
    come_back(asked, "/teams/second/settings/integrations/hubspot", account=HARBOUR_ACCOUNT)
    answer_question(asked, "keep")
    shown = words(asked.open(PAGE))
    assert "did not have it revoked: another team here uses that account" in shown
    assert "still lists" not in shown
    assert len(live_refresh_tokens(sandbox, HARBOUR_ACCOUNT)) == 2


def test_no_says_when_hubspot_could_not_be_told(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    page = asked.open(QUESTION)
    fault(sandbox, action="status", status=503, times=None)
    asked.client.post(f"{QUESTION}/keep", base_url=BASE_URL, data=question_fields(page, "keep"))
    shown = words(asked.open(PAGE))
    assert "HubSpot could not be told to revoke the access" in shown
    assert "HubSync tries again for an hour" in shown
    assert parked_in(app, team) is not None


def test_no_leaves_a_token_alone_that_another_team_may_live_by(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    create_team(app, "Second")
    come_back(asked, "/teams/second/settings/integrations/hubspot", account=HARBOUR_ACCOUNT)
    answer_question(asked, "keep")
    assert parked_in(app, team) is None
    assert len(live_refresh_tokens(sandbox, HARBOUR_ACCOUNT)) == 2


def test_no_while_hubspot_is_down_is_made_good_later(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    page = asked.open(QUESTION)
    fault(sandbox, action="status", status=503, path="revoke", times=None)
    asked.client.post(f"{QUESTION}/keep", base_url=BASE_URL, data=question_fields(page, "keep"))
    assert parked_in(app, team) is not None
    assert asked.get(QUESTION).headers["Location"] == PAGE, "it is answered"
    clear_faults(sandbox)
    with time_machine.travel(now() + timedelta(minutes=2)), app.app_context():
        assert account_switch.drop_expired() == 1
    assert parked_in(app, team) is None
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == []
