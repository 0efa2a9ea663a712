from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from hubsync.services import now
from hubsync.services.operations.kept_numbers import keep_round
from hubsync.services.operations.readiness import newest_migration, read_readiness
from hubsync.store import db, write_transaction
from hubsync.store.kept_numbers import BackgroundRound
from tests.kit.readiness import stamp


def test_a_process_with_its_database_is_healthy(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_process_without_its_tables_is_not(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.drop_all()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "database unavailable"})


NOT_READY = {"status": "not ready", "database": False, "migrations": False, "background": False}


def readiness(app: Flask) -> tuple[int, dict[str, bool | str | None]]:
    answer = app.test_client().get("/readyz")
    assert answer.json is not None
    return answer.status_code, answer.json


@pytest.mark.parametrize("given", [{"SCHEDULER": "on"}])
def test_it_is_ready_with_its_migrations_and_background_work(app: Flask) -> None:
    assert readiness(app) == (
        503,
        {"status": "not ready", "database": True, "migrations": False, "background": False},
    )
    with app.app_context():
        stamp("older")
    assert readiness(app)[1]["migrations"] is False
    with app.app_context():
        stamp(newest_migration())
        keep_round("due", 0.1)
    assert readiness(app) == (200, {"status": "ok", "database": True, "migrations": True, "background": True})


def test_a_database_that_is_away_is_said_and_nothing_else(app: Flask) -> None:
    with app.app_context():
        db.drop_all()
    assert readiness(app) == (
        503,
        {"status": "not ready", "database": False, "migrations": False, "background": False},
    )


@pytest.mark.parametrize("given", [{"SCHEDULER": "on"}])
@pytest.mark.parametrize(
    ("minutes_ago", "running", "goes_on"),
    [(None, 30, False), (None, 1, True), (1, 30, True), (9, 30, True), (11, 30, False)],
)
def test_background_work_is_missed_when_no_round_has_ended_lately(
    app: Flask, minutes_ago: int | None, running: int, goes_on: bool
) -> None:
    with app.app_context():
        stamp(newest_migration())
        if minutes_ago is not None:
            with write_transaction() as session:
                ended_at = now() - timedelta(minutes=minutes_ago)
                session.add(BackgroundRound(name="due", ended_at=ended_at, seconds=1))
        assert read_readiness(running=timedelta(minutes=running)).background is goes_on


@pytest.mark.parametrize("given", [{"SCHEDULER": "off"}])
def test_a_process_that_leaves_background_work_to_others_does_not_wait_for_it(app: Flask) -> None:
    with app.app_context():
        stamp(newest_migration())
    assert readiness(app) == (200, {"status": "ok", "database": True, "migrations": True, "background": None})
