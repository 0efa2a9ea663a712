"""Waits for a row that somebody else has locked; PostgreSQL alone locks rows."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import psycopg
from flask import Flask

from hubsync.store import db
from tests.kit.waiting import LONGEST


def until_somebody_waits_for_a_lock() -> None:
    """Return when another database connection waits for what this one has locked."""
    uri = db.engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(uri, autocommit=True) as beside:
        ends = time.monotonic() + LONGEST
        while time.monotonic() < ends:
            waiting = beside.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND wait_event_type = 'Lock'"
            ).fetchone()
            if waiting is not None and waiting[0]:
                return
            time.sleep(0.01)
    raise AssertionError("nobody waits")


def beside(app: Flask, act: Callable[[], object]) -> tuple[threading.Thread, list[object]]:
    """Begin *act* in a thread; its result is in the list when the thread has ended."""
    results: list[object] = []

    def work() -> None:
        with app.app_context():
            results.append(act())

    thread = threading.Thread(target=work)
    thread.start()
    return thread, results
