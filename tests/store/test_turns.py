"""Threads of one process write to SQLite one after the other, and none of them sleeps longer than it has to."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select

from hubsync.store import db, write_transaction
from hubsync.store.teams import Team

WHEN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


def waited_after(app: Flask, held_seconds: float) -> float:
    """How long after the end of one unit of writing another one begins that came while it was under way."""
    begun, ended = threading.Event(), [0.0]

    def hold() -> None:
        with app.app_context(), write_transaction():
            begun.set()
            time.sleep(held_seconds)
            ended[0] = time.perf_counter()

    holder = threading.Thread(target=hold)
    holder.start()
    assert begun.wait(60)
    with app.app_context(), write_transaction():
        started = time.perf_counter()
    holder.join()
    return started - ended[0]


@pytest.mark.sqlite("writes one after the other, PostgreSQL side by side")
def test_whoever_waits_for_a_unit_of_writing_goes_on_as_soon_as_it_ends(app: Flask) -> None:
    # SQLite by itself would sleep from 0.228 s to 0.328 s. A busy machine may let everybody wait now and then.
    assert any(waited_after(app, 0.24) < 0.04 for _ in range(20))


def test_a_unit_that_fails_gives_its_turn_away(app: Flask) -> None:
    with app.app_context():
        with pytest.raises(ZeroDivisionError), write_transaction():
            raise ZeroDivisionError
        began = time.perf_counter()
        with write_transaction() as session:
            session.add(Team(slug="t", name="T", plan="free", created_at=WHEN))
        assert time.perf_counter() - began < 4
        assert db.session.scalars(select(Team.slug)).all() == ["t"]


def test_a_nested_unit_is_refused_at_once(app: Flask) -> None:
    with app.app_context(), write_transaction():
        began = time.perf_counter()
        with pytest.raises(RuntimeError, match="nested"), write_transaction():
            pass
        assert time.perf_counter() - began < 4
