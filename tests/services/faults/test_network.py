"""HubSpot cannot be reached at all: the network faults of docs/OPERATING.md."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from hubsync.services.deliveries.due_retries import run_due
from hubsync.store import db
from hubsync.store.deliveries import Delivery
from tests.kit.clock import later
from tests.services.faults.test_hubspot import told


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


@pytest.fixture
def plain_port() -> Iterator[int]:
    """A port where something listens that speaks no TLS."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


@pytest.fixture(params=["connection-refused", "dns-failure", "tls-failure"])
def fault(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def given(fault: str, sandbox: Any) -> dict[str, str]:
    port = sandbox.url.rsplit(":", 1)[-1]
    addresses = {
        "connection-refused": f"http://127.0.0.1:{closed_port()}",
        "dns-failure": "https://no-such-host.invalid",
        "tls-failure": f"https://127.0.0.1:{port}",
    }
    return {"HUBSPOT_API_URL": addresses[fault], "SYNC_BUDGET_SECONDS": "3"}


OBSTACLES = {
    "connection-refused": "connection_refused",
    "dns-failure": "no_host",
    "tls-failure": "no_tls",
}


def test_the_booking_is_kept_with_the_reason(acme: Any, fault: str) -> None:
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert (delivery.state, delivery.reason) == (told()[fault][0], "hubspot_unreachable")
    assert delivery.attempts[0].detail == {"code": "not_reached", "obstacle": OBSTACLES[fault]}
    with later(hours=1):
        run_due()
        assert db.session.query(Delivery.state).scalar() == told()[fault][1]
