"""Answers about another HubSpot account that come late, twice, from another tab or from somebody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubspot_sandbox.entities import Account
from hubspot_sandbox.server import SandboxServer
from hubsync.domain.roles import Role
from hubsync.services import now, tools
from hubsync.services.connection import account_switch
from hubsync.store import db, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.teams import Membership, Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.settings import BASE_URL
from tests.kit.stored_bytes import everything_stored
from tests.web.connection.account_switch_question import QUESTION, account_of, asked
from tests.web.connection.consent_page import (
    ACME_ACCOUNT,
    HARBOUR_ACCOUNT,
    PAGE,
    answer_question,
    come_back,
    live_refresh_tokens,
    parked_in,
    question_fields,
    trail,
)

__all__ = ["asked"]
pytestmark = pytest.mark.slow

ADMIN = "admin@acme.example"


def test_after_ten_minutes_the_answer_yes_is_too_late(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    fields = question_fields(asked.open(QUESTION), "use")
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1)):
        answer = asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields)
        assert answer.headers["Location"] == PAGE
        assert "its ten minutes are over" in words(asked.open(PAGE))
        with app.app_context():
            assert account_switch.drop_expired() == 1
    assert account_of(app, team) == str(ACME_ACCOUNT)
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == []


def test_a_question_that_is_open_is_not_dropped(app: Flask, team: Team, asked: Browser) -> None:
    with app.app_context():
        assert account_switch.drop_expired() == 0
    assert parked_in(app, team) is not None


def test_a_double_press_answers_once(app: Flask, team: Team, asked: Browser) -> None:
    fields = question_fields(asked.open(QUESTION), "use")
    with asked.client.session_transaction(base_url=BASE_URL) as session:
        copied = dict(session)
    second = Browser(app)
    with second.client.session_transaction(base_url=BASE_URL) as session:
        session.update(copied)

    def press(visitor: Browser) -> str:
        visitor.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields)
        return words(visitor.open(PAGE))

    with ThreadPoolExecutor(2) as both:
        told = sorted(both.map(press, [asked, second]), key=lambda page: "answered already" in page)
    assert "answered already" not in told[0]
    assert "answered already" in told[1]
    assert [action for action, _ in trail(app, team)].count("account_changed") == 1


@pytest.mark.parametrize(("first", "then"), [("keep", "use"), ("use", "keep")])
def test_the_second_of_two_tabs_changes_nothing(
    app: Flask, team: Team, asked: Browser, first: str, then: str
) -> None:
    tab = asked.open(QUESTION)
    answer_question(asked, first)
    settled = account_of(app, team)
    asked.client.post(f"{QUESTION}/{then}", base_url=BASE_URL, data=question_fields(tab, then))
    assert "answered already" in words(asked.open(PAGE))
    assert account_of(app, team) == settled


def test_a_tab_about_an_account_that_was_replaced_cannot_take_its_successor(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
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
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    assert come_back(asked).headers["Location"] == PAGE
    assert parked_in(app, team) is None
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == []


def test_a_third_account_connected_meanwhile_is_shown_first(app: Flask, team: Team, asked: Browser) -> None:
    fields = question_fields(asked.open(QUESTION), "use")
    with app.app_context(), write_transaction() as session:
        session.query(Connection).filter_by(team_id=team.id).one().hubspot_account_id = "5550000"
    answer = asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields)
    assert answer.headers["Location"] == QUESTION
    shown = words(asked.open(QUESTION))
    assert "connected to yet another account" in shown
    assert "account 5550000" in shown


def test_only_the_person_who_authorized_it_can_answer(app: Flask, team: Team, asked: Browser) -> None:
    with app.app_context():
        join(team.id, ADMIN, Role.ADMINISTRATOR)
    admin = Browser(app).sign_in(ADMIN)
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
        person = join(team.id, ADMIN, Role.ADMINISTRATOR)
    admin = Browser(app).sign_in(ADMIN)
    come_back(admin)
    come_back(admin, account=HARBOUR_ACCOUNT)
    fields = question_fields(admin.open(QUESTION), "use")
    with app.app_context(), write_transaction() as session:
        session.query(Membership).filter_by(person_id=person.id).one().role = "member"
    assert admin.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields).status_code == 403
    assert account_of(app, team) == str(ACME_ACCOUNT)


def test_without_the_premium_plan_the_answer_yes_is_not_taken(app: Flask, team: Team, asked: Browser) -> None:
    fields = question_fields(asked.open(QUESTION), "use")
    with app.app_context(), write_transaction() as session:
        session.get_one(Team, team.id).plan = "basic"
    asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields)
    assert account_of(app, team) == str(ACME_ACCOUNT)


@pytest.mark.parametrize("state", ["lost", "disconnected"])
def test_a_former_connection_that_ended_is_asked_about_too(
    app: Flask, team: Team, owner: Browser, state: str
) -> None:
    come_back(owner)
    if state == "lost":
        with app.app_context(), write_transaction() as session:
            connection = session.query(Connection).one()
            connection.state, connection.lost_code, connection.lost_at = "lost", "access_lost", now()
    else:
        owner.post(f"{PAGE}/disconnect", page=f"{PAGE}/disconnect")
    assert come_back(owner, account=HARBOUR_ACCOUNT).headers["Location"] == QUESTION
    assert "Connected before acme.example.com (account 1234567)" in words(owner.open(QUESTION))
    answer_question(owner, "use")
    assert account_of(app, team) == str(HARBOUR_ACCOUNT)


@pytest.mark.parametrize("account", [ACME_ACCOUNT, HARBOUR_ACCOUNT])
def test_at_the_first_connect_nothing_is_asked(owner: Browser, account: int) -> None:
    assert come_back(owner, account=account).headers["Location"] == PAGE


def test_without_a_question_the_page_says_so(owner: Browser) -> None:
    assert owner.get(QUESTION).headers["Location"] == PAGE
    assert "no question about another account" in words(owner.open(PAGE))


def test_disconnect_gives_the_other_account_back_as_well(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    asked.post(f"{PAGE}/disconnect", page=f"{PAGE}/disconnect")
    assert parked_in(app, team) is None
    assert live_refresh_tokens(sandbox, ACME_ACCOUNT) == []
    assert live_refresh_tokens(sandbox, HARBOUR_ACCOUNT) == []


def test_parked_tokens_are_not_in_the_clear_and_open_for_their_row_only(
    app: Flask, team: Team, asked: Browser, sandbox: SandboxServer
) -> None:
    parked = parked_in(app, team)
    assert parked is not None
    raw = everything_stored(app)
    issued = [*sandbox.state.refresh_tokens, *sandbox.state.access_tokens]
    assert b"parked_connections" in raw
    assert [token for token in issued if token.token.encode() in raw] == []
    with app.app_context():
        opened_token = tools().vault.open(f"parked:{parked.id}:refresh token", parked.refresh_sealed)
    assert [opened_token] == live_refresh_tokens(sandbox, HARBOUR_ACCOUNT)


def test_a_key_that_is_gone_keeps_the_answer_from_being_taken(app: Flask, team: Team, asked: Browser) -> None:
    fields = question_fields(asked.open(QUESTION), "use")
    with app.app_context(), write_transaction() as session:
        session.query(Connection).one()
        session.execute(db.text("UPDATE parked_connections SET access_sealed = 'gAAAA-unreadable'"))
    asked.client.post(f"{QUESTION}/use", base_url=BASE_URL, data=fields)
    assert "cannot be opened with the keys of this installation" in words(asked.open(QUESTION))
    assert account_of(app, team) == str(ACME_ACCOUNT)
