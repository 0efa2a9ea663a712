"""What tests of replays share: bookings that were missed, and what became of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from hubsync.services.deliveries import replays
from hubsync.services.deliveries.replays import read_progress, replay_missed
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from hubsync.store.replays import Replay


def person_id() -> int:
    found: int = db.session.query(Person.id).scalar()
    end_read()
    return found


def switch(state: str) -> None:
    """Access is "lost", or "connected" again."""
    code = "access_lost" if state == "lost" else ""
    with write_transaction() as session:
        session.query(Connection).update({"state": state, "lost_code": code, "pace_until": None})


def states() -> list[str]:
    found = [row.state for row in db.session.query(Delivery.state).order_by(Delivery.id)]
    end_read()
    return found


@pytest.fixture
def missed(acme: Any) -> Callable[[int], None]:
    """Books while access is lost, then access is there again."""

    def book(number: int) -> None:
        switch("lost")
        for each in range(number):
            acme.book(f"Sato {each}", f"mika{each}@acme.co.jp", "Acme")
        switch("connected")

    return book


def begin(acme: Any) -> Replay:
    replay = replay_missed(acme.team_id, person_id())
    assert replay is not None
    return replay


def progress(acme: Any) -> replays.Progress:
    found = read_progress(acme.team_id)
    end_read()
    assert found is not None
    return found
