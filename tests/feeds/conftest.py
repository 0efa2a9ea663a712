"""A server on loopback that answers badly, and the way to it."""

from __future__ import annotations

import pytest

from hubsync.feeds.reading import Route
from hubsync.net.public_addresses import read_exceptions
from tests.kit.http_server import serve

__all__ = ["serve"]


@pytest.fixture
def route() -> Route:
    """The way of an installation whose own network is this machine."""
    return Route(contact="ops@acme.example", exceptions=read_exceptions("127.0.0.0/8, localhost"))
