"""What every round of due work asks is answered by an index, however many deliveries there are."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.engine import Engine

from hubsync.services.deliveries.dispatch import due_deliveries
from hubsync.store import db, end_read


@pytest.mark.sqlite("reads the plan of a query; PostgreSQL reads a small table whole, whatever indexes it has")
def test_the_due_query_looks_deliveries_up_by_state_and_time(app: Flask) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if "FROM deliveries" in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with app.app_context():
            assert list(due_deliveries(100)) == []
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert asked
    with app.app_context():
        for statement, parameters in asked:
            plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            steps = [row[3] for row in plan]
            assert not [step for step in steps if step.startswith("SCAN deliveries")], steps
            assert [step for step in steps if "ix_deliveries_due" in step], steps
        end_read()
