"""Who stays signed in where, and which copies of a cookie are dead."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.errors import NotFound
from hubsync.services import now
from hubsync.services.people import sessions
from hubsync.services.teams import members
from hubsync.store import db, write_transaction
from hubsync.store.teams import Team

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0) AppleWebKit/605 (KHTML, like Gecko) Version/19.0 Safari/604.1"


@pytest.fixture
def team(app: Flask) -> Team:
    with app.app_context():
        return members.create_team("Acme", "mika@acme.example", "premium")


@pytest.fixture
def mika(app: Flask, team: Team) -> int:
    with app.app_context():
        return members.list_members(team.id)[0].person_id


@pytest.fixture
def kenji(app: Flask, mika: int) -> int:
    with app.app_context():
        other = members.create_team("Other", "kenji@other.example", "premium")
        return members.list_members(other.id)[0].person_id


def sign_in(person_id: int) -> str:
    with write_transaction() as session:
        return sessions.start_session(session, person_id)


def alive(*tokens: str) -> list[bool]:
    return [sessions.find_signed_in(token) is not None for token in tokens]


def test_all_sessions_of_a_person_end_and_nobody_elses(app: Flask, mika: int, kenji: int) -> None:
    with app.app_context():
        first, second, other = sign_in(mika), sign_in(mika), sign_in(kenji)
        with write_transaction() as session:
            sessions.end_sessions(session, mika)
        assert alive(first, second, other) == [False, False, True]


def test_the_session_that_is_spared_stays(app: Flask, mika: int, kenji: int) -> None:
    with app.app_context():
        first, second, other = sign_in(mika), sign_in(mika), sign_in(kenji)
        with write_transaction() as session:
            sessions.end_sessions(session, mika, but=second)
        assert alive(first, second, other) == [False, True, True]


def test_sessions_that_ended_in_a_transaction_that_failed_go_on(app: Flask, mika: int) -> None:
    with app.app_context():
        token = sign_in(mika)
        with pytest.raises(ZeroDivisionError), write_transaction() as session:
            sessions.end_sessions(session, mika)
            raise ZeroDivisionError
        assert alive(token) == [True]


def test_a_new_token_does_not_make_a_session_last_longer(app: Flask, mika: int) -> None:
    with app.app_context():
        token, start = sign_in(mika), now()
        for hours in range(8, 7 * 24, 8):
            with time_machine.travel(start + timedelta(hours=hours), tick=False):
                assert alive(token) == [True]
                token = sessions.sign_out_others(token)
        with time_machine.travel(start + timedelta(days=7, seconds=1), tick=False):
            assert alive(token) == [False]


def test_somebody_whose_own_action_ended_everything_stays_with_a_session_of_its_own(app: Flask, mika: int) -> None:
    with app.app_context():
        old = sign_in(mika)
        sessions.sign_out_everywhere(mika)
        assert alive(old, sessions.stay_signed_in(mika)) == [False, True]


def test_signing_out_all_others_renews_this_one(app: Flask, mika: int, kenji: int) -> None:
    with app.app_context():
        here, there, other = sign_in(mika), sign_in(mika), sign_in(kenji)
        new = sessions.sign_out_others(here)
        assert alive(here, there, other, new) == [False, False, True, True]
        with pytest.raises(NotFound):
            sessions.sign_out_others(here)


def test_one_of_several_sessions_is_ended(app: Flask, mika: int) -> None:
    with app.app_context():
        here, there = sign_in(mika), sign_in(mika)
        sessions.sign_out_there(mika, sessions.list_sessions(mika, there)[0].id)
        assert alive(here, there) == [True, False]


def test_another_persons_session_is_none(app: Flask, mika: int, kenji: int) -> None:
    with app.app_context():
        other = sign_in(kenji)
        found = sessions.list_sessions(kenji, other)[0]
        for wrong in (found.id, found.id + 1):
            with pytest.raises(NotFound):
                sessions.sign_out_there(mika, wrong)
        assert alive(other) == [True]


def test_the_list_names_browsers_and_puts_this_one_first(app: Flask, mika: int, kenji: int) -> None:
    with app.app_context():
        here, there = sign_in(mika), sign_in(mika)
        sign_in(kenji)
        sessions.find_signed_in(here, FIREFOX)
        with time_machine.travel(now() + timedelta(minutes=10), tick=False):
            sessions.find_signed_in(there, SAFARI)
            found = sessions.list_sessions(mika, here)
            assert [(each.program, each.system, each.here) for each in found] == [
                ("Firefox", "Linux", True),
                ("Safari", "iPhone", False),
            ]
            assert found[1].last_seen == now() > found[0].last_seen >= found[0].since


def test_the_list_leaves_out_sessions_that_have_ended(app: Flask, mika: int) -> None:
    with app.app_context():
        sign_in(mika)
        with time_machine.travel(now() + timedelta(hours=13), tick=False):
            here = sign_in(mika)
            assert len(sessions.list_sessions(mika, here)) == 1


def test_no_more_of_the_user_agent_is_stored_than_program_and_system(app: Flask, mika: int) -> None:
    with app.app_context():
        sessions.find_signed_in(sign_in(mika), FIREFOX)
        stored = db.session.connection().exec_driver_sql("SELECT browser FROM person_sessions").scalars().all()
        assert stored == ["Firefox/Linux"]
