"""A team that watches only, what its bookings would have done, and going live."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from hubsync.domain.watched import Watched
from hubsync.services.connection import watch_only
from hubsync.services.deliveries.going_live import go_live
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.services.deliveries.watched import read_sums, read_watched
from hubsync.store import db, end_read
from hubsync.store.watching import WatchedDelivery
from tests.kit import rows
from tests.kit.replays import person_id


@pytest.fixture
def watching(acme: Any) -> Any:
    watch_only.switch_on(acme.team_id, person_id())
    return acme


def sums(acme: Any) -> dict[Watched, int]:
    """What there is of each kind; nothing of which there is none."""
    found = read_sums(acme.team_id, rows.ACCOUNT).in_all
    end_read()
    return {kind: number for kind, number in found.items() if number}


def seen(delivery_id: int) -> WatchedDelivery:
    """What would have become of the delivery."""
    db.session.expire_all()
    found = read_watched([delivery_id])[delivery_id]
    end_read()
    return found


def live(acme: Any, *, post_watched: bool = True) -> None:
    """Go live, and let the background do what there is to do."""
    go_live(acme.team_id, person_id(), rows.ACCOUNT, post_watched=post_watched)
    work_on_replays()


def writes(sandbox: Any) -> list[str]:
    """The calls that HubSpot got by which something may have been written, but for those about tokens."""
    calls = requests.get(f"{sandbox.url}/sandbox/api/calls", timeout=60).json()["results"]
    asked = [f"{call['method']} {call['path']}" for call in calls if "/crm/" in call["path"]]
    return [call for call in asked if not call.startswith("GET ") and not call.endswith("/search")]
