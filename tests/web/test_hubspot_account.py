"""Another HubSpot account than before: asked about first, taken over or given back."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
import requests
import time_machine
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.sandbox.entities import Account
from hubsync.sandbox.server import SandboxServer
from hubsync.services import calendars, now, parking, teams, tools
from hubsync.services.calendars import Described
from hubsync.services.tokens import sealed_place
from hubsync.store import db, rest, writing
from hubsync.store.bookings import BookingRecord
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord, MappingRow
from hubsync.store.teams import Membership, Team
from tests.web.consenting import (
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
from tests.web.visitor import BASE_URL, Visitor, found, words

QUESTION = f"{PAGE}/another-account"
ADMIN = "admin@acme.example"


@pytest.fixture
def asked(team: Team, owner: Visitor) -> Visitor:
    """The owner, whose team is connected to Acme's account and who has just authorized Blue Harbour's."""
    come_back(owner)
    answer = come_back(owner, account=HARBOUR_ACCOUNT)
    assert answer.headers["Location"] == QUESTION
    return owner


def account_of(app: Flask, team: Team) -> str:
    connection = kept(app, team)
    assert connection is not None
    return connection.hubspot_account_id


def map_property(app: Flask, team: Team, name: str, label: str, kind: str = "string") -> int:
    """A calendar of the team whose contacts get this property."""
    with app.app_context():
        owner_id = db.session.query(Membership.person_id).filter_by(team_id=team.id, role="owner").scalar()
        rest()
        calendar = calendars.make_calendar(team.id, owner_id, Described(f"Call {name}", 30, "Asia/Tokyo"))
        asked_first = calendar.questions[0].id
        rest()
        with writing() as session:
            mapping = MappingRecord(calendar_id=calendar.id, updated_at=now())
            session.add(mapping)
            session.flush()
            session.add(
                MappingRow(
                    mapping_id=mapping.id,
                    section="contacts",
                    position=0,
                    property_name=name,
                    property_label=label,
                    property_type=kind,
                    information=f"question:{asked_first}",
                )
            )
        return calendar.id


def let_wait(app: Flask, team: Team, calendar_id: int, count: int) -> None:
    with app.app_context(), writing() as session:
        for number in range(count):
            booking = BookingRecord(
                team_id=team.id,
                calendar_id=calendar_id,
                source="page",
                external_id=f"waiting-{number}",
                starts_at=now(),
                ends_at=now(),
                guest_name="Guest",
                guest_email="guest@example.com",
                answers={},
                created_at=now(),
            )
            session.add(booking)
            session.flush()
            session.add(
                Delivery(
                    team_id=team.id,
                    calendar_id=calendar_id,
                    booking_id=booking.id,
                    state="waiting",
                    reason="not_connected",
                    created_at=now(),
                )
            )


def test_nothing_changes_before_the_answer(app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer) -> None:
    assert account_of(app, team) == str(ACME_ACCOUNT)
    assert [deed for deed, _ in trail(app, team)][-1] == "connected"
    assert len(live_refresh_tokens(sandbox, ACME_ACCOUNT)) == 1
    shown = words(asked.open(PAGE))
    assert "Connected to acme.example.com (account 1234567)" in shown
    assert "has not answered yet whether the team shall use it" in shown


def test_the_question_names_both_accounts_and_what_stays(asked: Visitor) -> None:
    shown = words(asked.open(QUESTION))
    assert "Connected until now acme.example.com (account 1234567)" in shown
    assert f"account {HARBOUR_ACCOUNT}" in shown
    assert "No calendar has a mapping yet" in shown
    assert "memory belongs to the account it was made in" in shown
    assert "None waits at the moment" in shown
    assert "HubSync is uninstalled there" in shown


def test_the_question_names_what_the_mappings_would_miss(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
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


def test_the_question_says_when_nothing_would_be_missing(app: Flask, team: Team, asked: Visitor) -> None:
    map_property(app, team, "lastname", "Last Name")
    assert "every mapped property exists in the new account" in words(asked.open(QUESTION))


def test_properties_that_cannot_be_read_are_said_and_keep_nobody_from_answering(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    map_property(app, team, "lastname", "Last Name")
    fault(sandbox, action="status", status=503, path="/crm/properties", times=None)
    assert "could not be read, so the mappings could not be checked" in words(asked.open(QUESTION))
    assert answer_question(asked, "use").headers["Location"] == PAGE
    assert account_of(app, team) == str(HARBOUR_ACCOUNT)


def test_the_properties_are_read_in_the_new_account(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    map_property(app, team, "lastname", "Last Name")
    log = f"{sandbox.url}/sandbox/api/calls"
    forget_calls(sandbox)
    asked.open(QUESTION)
    calls = requests.get(log, timeout=10).json()["results"]
    assert {(call["path"], call["account_id"]) for call in calls} == {
        ("/crm/properties/2026-09/companies", HARBOUR_ACCOUNT),
        ("/crm/properties/2026-09/contacts", HARBOUR_ACCOUNT),
    }


def test_yes_takes_the_account_over_and_leaves_the_former_one(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
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
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    found(app, "Second")
    come_back(asked, "/teams/second/settings/integrations/hubspot")
    assert "Another team here uses it, so HubSync stays installed there" in words(asked.open(QUESTION))
    answer_question(asked, "use")
    assert account_of(app, team) == str(HARBOUR_ACCOUNT)
    assert len(live_refresh_tokens(sandbox, ACME_ACCOUNT)) == 2


def test_yes_works_when_hubspot_cannot_be_told_of_the_former_account(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    page = asked.open(QUESTION)
    fault(sandbox, action="status", status=503, times=None)
    asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=question_fields(page, "use"))
    assert account_of(app, team) == str(HARBOUR_ACCOUNT)


def test_no_revokes_at_hubspot_and_keeps_what_was(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    assert len(live_refresh_tokens(sandbox, HARBOUR_ACCOUNT)) == 1
    answer_question(asked, "keep")
    shown = words(asked.open(PAGE))
    assert "The former account is kept" in shown
    assert "Connected to acme.example.com (account 1234567)" in shown
    assert parked_in(app, team) is None
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == []
    assert len(live_refresh_tokens(sandbox, ACME_ACCOUNT)) == 1


def test_no_leaves_a_token_alone_that_another_team_may_live_by(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    found(app, "Second")
    come_back(asked, "/teams/second/settings/integrations/hubspot", account=HARBOUR_ACCOUNT)
    answer_question(asked, "keep")
    assert parked_in(app, team) is None
    assert len(live_refresh_tokens(sandbox, HARBOUR_ACCOUNT)) == 2


def test_no_while_hubspot_is_down_is_made_good_later(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    page = asked.open(QUESTION)
    fault(sandbox, action="status", status=503, path="revoke", times=None)
    asked.client.post(f"{QUESTION}/keep", base_url=BASE_URL, data=question_fields(page, "keep"))
    assert parked_in(app, team) is not None
    assert asked.get(QUESTION).headers["Location"] == PAGE, "it is answered"
    clear_faults(sandbox)
    with time_machine.travel(now() + timedelta(minutes=2)), app.app_context():
        assert parking.drop_expired() == 1
    assert parked_in(app, team) is None
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == []


def test_after_ten_minutes_the_answer_yes_is_too_late(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    fields = question_fields(asked.open(QUESTION), "use")
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1)):
        answer = asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields)
        assert answer.headers["Location"] == PAGE
        assert "its ten minutes are over" in words(asked.open(PAGE))
        with app.app_context():
            assert parking.drop_expired() == 1
    assert account_of(app, team) == str(ACME_ACCOUNT)
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == []


def test_a_question_that_is_open_is_not_dropped(app: Flask, team: Team, asked: Visitor) -> None:
    with app.app_context():
        assert parking.drop_expired() == 0
    assert parked_in(app, team) is not None


def test_a_double_press_answers_once(app: Flask, team: Team, asked: Visitor) -> None:
    fields = question_fields(asked.open(QUESTION), "use")
    with asked.client.session_transaction(base_url=BASE_URL) as session:
        copied = dict(session)
    second = Visitor(app)
    with second.client.session_transaction(base_url=BASE_URL) as session:
        session.update(copied)

    def press(visitor: Visitor) -> str:
        visitor.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields)
        return words(visitor.open(PAGE))

    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(press, [asked, second]), key=lambda page: "answered already" in page)
    assert "answered already" not in told[0]
    assert "answered already" in told[1]
    assert [deed for deed, _ in trail(app, team)].count("account_changed") == 1


@pytest.mark.parametrize(("first", "then"), [("keep", "use"), ("use", "keep")])
def test_the_second_of_two_tabs_changes_nothing(
    app: Flask, team: Team, asked: Visitor, first: str, then: str
) -> None:
    tab = asked.open(QUESTION)
    answer_question(asked, first)
    settled = account_of(app, team)
    asked.client.post(f"{QUESTION}/{then}", base_url=BASE_URL, data=question_fields(tab, then))
    assert "answered already" in words(asked.open(PAGE))
    assert account_of(app, team) == settled


def test_a_tab_about_an_account_that_was_replaced_cannot_take_its_successor(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    old_tab = question_fields(asked.open(QUESTION), "use")
    sandbox.state.accounts.put(Account(id=5550000, name="Third"))
    come_back(asked, account=5550000)
    assert asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=old_tab).headers["Location"] == QUESTION
    assert account_of(app, team) == str(ACME_ACCOUNT)
    parked = parked_in(app, team)
    assert parked is not None
    assert parked.hubspot_account_id == "5550000"
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == [], "the account it replaced is given back"


def test_the_former_account_again_ends_the_question(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    assert come_back(asked).headers["Location"] == PAGE
    assert parked_in(app, team) is None
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == []


def test_a_third_account_connected_meanwhile_is_shown_first(app: Flask, team: Team, asked: Visitor) -> None:
    fields = question_fields(asked.open(QUESTION), "use")
    with app.app_context(), writing() as session:
        session.query(Connection).filter_by(team_id=team.id).one().hubspot_account_id = "5550000"
    answer = asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields)
    assert answer.headers["Location"] == QUESTION
    shown = words(asked.open(QUESTION))
    assert "connected to yet another account" in shown
    assert "account 5550000" in shown


def test_only_the_person_who_authorized_it_can_answer(app: Flask, team: Team, asked: Visitor) -> None:
    with app.app_context():
        teams.add_member(team.id, ADMIN, Role.ADMINISTRATOR)
    admin = Visitor(app).sign_in(ADMIN)
    page = admin.open(QUESTION)
    assert "owner@acme.example authorized the new account, and only" in words(page)
    assert page.select_one("form[action$='/use']") is None
    parked = parked_in(app, team)
    assert parked is not None
    for answer in ("use", "keep"):
        fields = {"account": parked.hubspot_account_id, "former": str(ACME_ACCOUNT)}
        sent = admin.post(f"{QUESTION}/{answer}", page=f"{PAGE}/disconnect", **fields)
        assert sent.status_code == 302
        assert "Only the person who authorized the other account" in words(admin.open(PAGE))
    assert account_of(app, team) == str(ACME_ACCOUNT)
    assert parked_in(app, team) is not None


def test_somebody_demoted_meanwhile_cannot_answer(app: Flask, team: Team) -> None:
    with app.app_context():
        person = teams.add_member(team.id, ADMIN, Role.ADMINISTRATOR)
    admin = Visitor(app).sign_in(ADMIN)
    come_back(admin)
    come_back(admin, account=HARBOUR_ACCOUNT)
    fields = question_fields(admin.open(QUESTION), "use")
    with app.app_context(), writing() as session:
        session.query(Membership).filter_by(person_id=person.id).one().role = "member"
    assert admin.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields).status_code == 403
    assert account_of(app, team) == str(ACME_ACCOUNT)


def test_without_the_premium_plan_the_answer_yes_is_not_taken(app: Flask, team: Team, asked: Visitor) -> None:
    fields = question_fields(asked.open(QUESTION), "use")
    with app.app_context(), writing() as session:
        session.get_one(Team, team.id).plan = "basic"
    asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields)
    assert account_of(app, team) == str(ACME_ACCOUNT)


@pytest.mark.parametrize("state", ["lost", "disconnected"])
def test_a_former_connection_that_ended_is_asked_about_too(
    app: Flask, team: Team, owner: Visitor, state: str
) -> None:
    come_back(owner)
    if state == "lost":
        with app.app_context(), writing() as session:
            connection = session.query(Connection).one()
            connection.state, connection.lost_code, connection.lost_at = "lost", "access_lost", now()
    else:
        owner.post(f"{PAGE}/disconnect", page=f"{PAGE}/disconnect")
    assert come_back(owner, account=HARBOUR_ACCOUNT).headers["Location"] == QUESTION
    assert "Connected before acme.example.com (account 1234567)" in words(owner.open(QUESTION))
    answer_question(owner, "use")
    assert account_of(app, team) == str(HARBOUR_ACCOUNT)


@pytest.mark.parametrize("account", [ACME_ACCOUNT, HARBOUR_ACCOUNT])
def test_at_the_first_connect_nothing_is_asked(owner: Visitor, account: int) -> None:
    assert come_back(owner, account=account).headers["Location"] == PAGE


def test_without_a_question_the_page_says_so(owner: Visitor) -> None:
    assert owner.get(QUESTION).headers["Location"] == PAGE
    assert "no question about another account" in words(owner.open(PAGE))


def test_disconnect_gives_the_other_account_back_as_well(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    asked.post(f"{PAGE}/disconnect", page=f"{PAGE}/disconnect")
    assert parked_in(app, team) is None
    assert live_refresh_tokens(sandbox, ACME_ACCOUNT) == []
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == []


def test_parked_tokens_are_not_in_the_clear_and_open_for_their_row_only(
    app: Flask, team: Team, asked: Visitor, sandbox: SandboxServer
) -> None:
    parked = parked_in(app, team)
    assert parked is not None
    database = Path(app.instance_path) / "hubsync.sqlite3"
    with sqlite3.connect(database) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    raw = database.read_bytes()
    issued = [*sandbox.state.refresh_tokens, *sandbox.state.access_tokens]
    assert b"parked_connections" in raw
    assert [token for token in issued if token.token.encode() in raw] == []
    with app.app_context():
        opened_token = tools().vault.open(f"parked:{parked.id}:refresh token", parked.refresh_sealed)
    assert [opened_token] == live_refresh_tokens(sandbox, HARBOUR_ACCOUNT)


def test_a_key_that_is_gone_keeps_the_answer_from_being_taken(app: Flask, team: Team, asked: Visitor) -> None:
    fields = question_fields(asked.open(QUESTION), "use")
    with app.app_context(), writing() as session:
        session.query(Connection).one()
        session.execute(db.text("UPDATE parked_connections SET access_sealed = 'gAAAA-unreadable'"))
    asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields)
    assert "cannot be opened with the keys of this installation" in words(asked.open(QUESTION))
    assert account_of(app, team) == str(ACME_ACCOUNT)
