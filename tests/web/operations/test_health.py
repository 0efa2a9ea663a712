from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from hubsync.store import db


def test_a_process_with_its_database_is_healthy(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


def test_a_process_without_its_tables_is_not(app: Flask, client: FlaskClient) -> None:
    with app.app_context():
        db.drop_all()
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json) == (503, {"status": "database unavailable"})
