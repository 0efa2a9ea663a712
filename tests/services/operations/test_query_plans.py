"""What every round of due work asks is answered by an index, however many deliveries there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.wire import Wire
from hubsync.net.deadline import Deadline
from hubsync.services.deliveries.dispatch import due_deliveries
from hubsync.services.deliveries.known_maker import read_known_maker
from hubsync.store import db, end_read

pytestmark = pytest.mark.sqlite(
    "reads the plan of a query; PostgreSQL reads a small table whole, whatever indexes it has"
)


def plans_of(app: Flask, ask: Callable[[], Any]) -> list[list[str]]:
    """How SQLite answers each question about deliveries that *ask* has, in steps."""
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if "FROM deliveries" in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with app.app_context():
            assert not ask()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert asked
    with app.app_context():
        explained = [
            db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            for statement, parameters in asked
        ]
        plans = [[row[3] for row in each] for each in explained]
        end_read()
    return plans


def test_the_due_query_looks_deliveries_up_by_state_and_time(app: Flask) -> None:
    for steps in plans_of(app, lambda: list(due_deliveries(100))):
        assert not [step for step in steps if step.startswith("SCAN deliveries")], steps
        assert [step for step in steps if "ix_deliveries_due" in step], steps


def test_records_that_are_surely_ours_are_looked_for_near_the_delivery(app: Flask) -> None:
    nobody = HubSpotClient(Wire("http://localhost"), "", "2026-09")
    plans = plans_of(app, lambda: read_known_maker(nobody, 7, 1, "1234567", Deadline.after(1)))
    for steps in plans:
        assert [step for step in steps if "ix_deliveries_team_recent (team_id=? AND id" in step], steps
        assert not [step for step in steps if "TEMP B-TREE" in step], steps
