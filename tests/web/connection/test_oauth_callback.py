"""Answers from HubSpot that are forged, replayed, late, or brought by the wrong person."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests
import time_machine
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.domain.roles import Role
from hubsync.services import now
from hubsync.store import write_transaction
from hubsync.store.teams import Membership, Team
from tests.kit.browser import Browser
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.settings import BASE_URL
from tests.kit.world import create_team
from tests.web.connection.consent_page import (
    ACME_ACCOUNT,
    HARBOUR_ACCOUNT,
    PAGE,
    answer_consent,
    changed,
    hubspot_calls,
    kept,
    leave,
    parked_in,
)

ADMIN = "admin@acme.example"


@pytest.mark.parametrize("state", ["forged", "", None])
def test_a_forged_state_is_a_clear_page_and_asks_hubspot_nothing(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer, state: str | None
) -> None:
    back = answer_consent(leave(owner))
    requests.delete(f"{sandbox.url}/sandbox/api/calls", timeout=60).raise_for_status()
    answer = owner.get(changed(back, state=state))
    assert answer.status_code == 400
    assert "Nothing has changed" in words(answer)
    assert "does not belong to a Connect" in words(answer)
    assert kept(app, team) is None
    assert hubspot_calls(sandbox) == []


def test_connect_pressed_again_and_again_still_fits_into_the_cookie(
    app: Flask, team: Team, owner: Browser
) -> None:
    leaving = [leave(owner) for _ in range(8)]
    with owner.client.session_transaction(base_url=BASE_URL) as session:
        assert len([key for key in session if key.startswith("_state_hubspot_")]) == 3
    assert owner.get(answer_consent(leaving[0])).status_code == 400, "given up long ago"
    assert owner.get(answer_consent(leaving[-2])).status_code == 302, "the tab before"
    assert kept(app, team) is not None


def test_a_replayed_callback_is_refused(app: Flask, team: Team, owner: Browser) -> None:
    back = answer_consent(leave(owner))
    assert owner.get(back).status_code == 302
    before = kept(app, team)
    again = owner.get(back)
    assert again.status_code == 400
    assert "or was used before" in words(again)
    assert "not connected" not in words(again)
    after = kept(app, team)
    assert before is not None
    assert after is not None
    assert before.access_sealed == after.access_sealed


def test_a_state_is_used_once_even_with_a_copy_of_the_session(app: Flask, team: Team, owner: Browser) -> None:
    back = answer_consent(leave(owner))
    with owner.client.session_transaction(base_url=BASE_URL) as session:
        copied = dict(session)
    assert owner.get(back).status_code == 302
    with owner.client.session_transaction(base_url=BASE_URL) as session:
        session.update(copied)
    answer = owner.get(back)
    assert answer.status_code == 400
    assert "no Connect that is under way" in words(answer)


def test_an_answer_after_ten_minutes_is_refused(app: Flask, team: Team, owner: Browser) -> None:
    back = answer_consent(leave(owner))
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1)):
        assert owner.get(back).status_code == 400
    assert kept(app, team) is None


def test_another_browser_cannot_bring_the_answer(app: Flask, team: Team, owner: Browser) -> None:
    back = answer_consent(leave(owner))
    same_person_elsewhere = Browser(app).sign_in()
    assert same_person_elsewhere.get(back).status_code == 400
    assert kept(app, team) is None


def test_another_person_in_the_same_browser_cannot_bring_the_answer(
    app: Flask, team: Team, owner: Browser
) -> None:
    with app.app_context():
        join(team.id, ADMIN, Role.ADMINISTRATOR)
    back = answer_consent(leave(owner))
    other = Browser(app).sign_in(ADMIN)
    with owner.client.session_transaction(base_url=BASE_URL) as session:
        states = {name: value for name, value in session.items() if name.startswith("_state_")}
    with other.client.session_transaction(base_url=BASE_URL) as session:
        session.update(states)
    assert other.get(back).status_code == 400
    assert kept(app, team) is None


def test_an_answer_for_nobody_who_is_signed_in_asks_to_sign_in(app: Flask, team: Team, owner: Browser) -> None:
    back = answer_consent(leave(owner))
    answer = Browser(app).get(back)
    assert answer.headers["Location"] == "/signin"
    assert kept(app, team) is None


def demote(app: Flask, team: Team, person_id: int) -> None:
    with app.app_context(), write_transaction() as session:
        session.query(Membership).filter_by(team_id=team.id, person_id=person_id).one().role = "member"


def test_somebody_demoted_meanwhile_cannot_finish(app: Flask, team: Team, sandbox: SandboxServer) -> None:
    with app.app_context():
        person = join(team.id, ADMIN, Role.ADMINISTRATOR)
    admin = Browser(app).sign_in(ADMIN)
    back = answer_consent(leave(admin))
    demote(app, team, person.id)
    assert admin.get(back).status_code == 403
    assert kept(app, team) is None
    assert hubspot_calls(sandbox) == []


def test_two_people_whose_answers_are_swapped_connect_nothing(app: Flask, team: Team, owner: Browser) -> None:
    with app.app_context():
        join(team.id, ADMIN, Role.ADMINISTRATOR)
    admin = Browser(app).sign_in(ADMIN)
    of_the_owner = answer_consent(leave(owner))
    of_the_admin = answer_consent(leave(admin), account=HARBOUR_ACCOUNT)
    for visitor, swapped in ((owner, of_the_admin), (admin, of_the_owner)):
        answer = visitor.get(swapped)
        assert answer.status_code == 400
        assert "does not belong to a Connect pressed in this browser" in words(answer)
    assert kept(app, team) is None
    assert owner.get(of_the_owner).headers["Location"] == PAGE, "the right one still connects"
    connection = kept(app, team)
    assert connection is not None
    assert connection.hubspot_account_id == str(ACME_ACCOUNT)


def test_the_same_answer_twice_at_once_connects_once(
    app: Flask, team: Team, owner: Browser, sandbox: SandboxServer
) -> None:
    back = answer_consent(leave(owner))
    with owner.client.session_transaction(base_url=BASE_URL) as session:
        copied = dict(session)
    browsers = [owner, Browser(app)]
    with browsers[1].client.session_transaction(base_url=BASE_URL) as session:
        session.update(copied)
    with ThreadPoolExecutor(2) as both:
        codes = sorted(answer.status_code for answer in both.map(lambda each: each.get(back), browsers))
    assert codes == [302, 400]
    assert hubspot_calls(sandbox).count("POST /oauth/2026-09/token") == 1
    assert kept(app, team) is not None


def test_two_answers_at_once_for_different_accounts_leave_one_to_be_asked_about(
    app: Flask, team: Team, owner: Browser
) -> None:
    with app.app_context():
        join(team.id, ADMIN, Role.ADMINISTRATOR)
    admin = Browser(app).sign_in(ADMIN)
    presses = [
        (owner, answer_consent(leave(owner))),
        (admin, answer_consent(leave(admin), account=HARBOUR_ACCOUNT)),
    ]
    with ThreadPoolExecutor(2) as both:
        landed = sorted(
            answer.headers["Location"] for answer in both.map(lambda each: each[0].get(each[1]), presses)
        )
    assert landed == [PAGE, f"{PAGE}/another-account"]
    connection, parked = kept(app, team), parked_in(app, team)
    assert connection is not None
    assert parked is not None
    assert {connection.hubspot_account_id, parked.hubspot_account_id} == {str(ACME_ACCOUNT), str(HARBOUR_ACCOUNT)}


def test_the_answer_reaches_the_team_that_asked(app: Flask, team: Team, owner: Browser) -> None:
    second = create_team(app, "Second")
    back = answer_consent(leave(owner, "/teams/second/settings/integrations/hubspot"))
    leave(owner)
    answer = owner.get(back)
    assert answer.headers["Location"] == "/teams/second/settings/integrations/hubspot"
    assert kept(app, team) is None
    assert kept(app, second) is not None
