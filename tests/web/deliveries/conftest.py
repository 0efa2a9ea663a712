"""A team with a log of deliveries to fill, and people who read it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import event

from hubsync.services.deliveries import portions
from hubsync.store import db
from tests.kit.browser import Browser
from tests.kit.delivery_log import Log, begin_log


@pytest.fixture
def log(app: Flask) -> Log:
    """Acme's log, still empty."""
    return begin_log(app, "acme")


@pytest.fixture
def owner(log: Log) -> Browser:
    """The team's owner, signed in."""
    return Browser(log.app, signed_in=log.sessions["owner"])


@pytest.fixture
def member(log: Log) -> Browser:
    """A member of the team, signed in."""
    return Browser(log.app, signed_in=log.sessions["member"])


@pytest.fixture
def slow_disk(log: Log) -> Iterator[Callable[[], None]]:
    """From the call on, the next change of a delivery takes longer than a press of a button may work."""
    waits = [0.0]

    def write(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if statement.startswith("UPDATE deliveries"):
            wait, waits[0] = waits[0], 0.0
            time.sleep(wait)

    def begin() -> None:
        waits[0] = portions.SECONDS + 0.1

    with log.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", write)
    yield begin
    event.remove(engine, "before_cursor_execute", write)
