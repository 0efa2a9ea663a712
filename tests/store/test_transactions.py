"""The recipe that keeps SQLite from losing updates, and the rule that nobody waits inside a transaction."""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from hubsync.store import after_commit, db, end_read, if_given_up, refuse_open_transaction, write_transaction
from hubsync.store.new_rows import insert_row
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team

WHEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.mark.sqlite("one writer at a time; on PostgreSQL whoever changes a row locks it")
def test_concurrent_read_modify_writes_lose_nothing(app: Flask) -> None:
    with app.app_context(), write_transaction() as session:
        session.add(Team(slug="t", name="0", plan="free", created_at=WHEN))

    def count_up() -> None:
        with app.app_context():
            for _ in range(20):
                with write_transaction() as session:
                    team = session.scalars(select(Team)).one()
                    team.name = str(int(team.name) + 1)

    threads = [threading.Thread(target=count_up) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with app.app_context():
        assert db.session.scalars(select(Team.name)).one() == "120"


def test_a_failed_unit_leaves_nothing_behind(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), write_transaction() as session:
            session.add(Team(slug="t", name="T", plan="free", created_at=WHEN))
            session.flush()
            raise ZeroDivisionError
        assert db.session.scalars(select(Team)).all() == []


def test_what_is_left_for_the_end_of_a_unit_is_done_by_how_it_ended_and_once(app: Flask) -> None:
    done: list[str] = []
    with app.app_context():
        for fails in (True, False, True):
            with suppress(ZeroDivisionError), write_transaction() as session:
                after_commit(session, lambda: done.append("committed"))
                if_given_up(session, lambda: done.append("given up"))
                assert not fails or 1 // 0
        with write_transaction():
            pass
    assert done == ["given up", "committed", "given up"]


def test_waiting_inside_a_transaction_is_refused(app: Flask) -> None:
    with app.app_context():
        refuse_open_transaction()
        db.session.scalars(select(Team)).all()
        with pytest.raises(RuntimeError):
            refuse_open_transaction()
        end_read()
        refuse_open_transaction()


@pytest.mark.sqlite("its pragmas")
def test_every_database_connection_has_the_recipe(durable: None, app: Flask) -> None:
    with app.app_context():
        for _ in range(2):
            found = [
                db.session.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
            assert found == ["wal", 2, 1, 5000]
            db.session.remove()
            db.engine.dispose()


def test_a_naive_time_stamp_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(Exception, match="naive"), write_transaction() as session:
        session.add(Team(slug="t", name="T", plan="free", created_at=datetime(2026, 1, 1)))


def test_a_team_never_has_two_owners(app: Flask) -> None:
    with app.app_context(), pytest.raises(IntegrityError), write_transaction() as session:
        team = Team(slug="t", name="T", plan="free", created_at=WHEN)
        people = [Person(email=f"{name}@acme.example", created_at=WHEN) for name in ("a", "b")]
        session.add_all([team, *people])
        session.flush()
        session.add_all(Membership(team_id=team.id, person_id=person.id, role="owner") for person in people)


def test_a_row_that_is_inserted_is_there_as_if_it_had_been_flushed(app: Flask) -> None:
    with app.app_context():
        team = Team(slug="t", name="T", plan="free", created_at=WHEN)
        with write_transaction() as session:
            insert_row(session, team)
            assert session.get(Team, team.id) is team
            assert (team.own_free_domains, team.responsible_name) == ([], "")
            team.name = "Another"
        db.session.expire_all()
        assert (team.slug, team.name) == ("t", "Another")


def test_an_inserted_row_may_have_the_id_of_one_that_is_gone(app: Flask) -> None:
    with app.app_context():
        former = Team(slug="t", name="T", plan="free", created_at=WHEN)
        with write_transaction() as session:
            insert_row(session, former)
        with db.engine.begin() as another:
            another.execute(Team.__table__.delete())
        with write_transaction() as session:
            insert_row(session, later := Team(slug="t", name="Later", plan="free", created_at=WHEN))
        assert db.session.get(Team, later.id) is later
