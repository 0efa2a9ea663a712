"""Calendly's stand-in, and our client of it, over a socket."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from hubsync.sources.calendly import SOURCE
from hubsync.sources.client import Route, SourceClient
from scheduler_sandbox.calendly import CalendlyServer


@pytest.fixture(scope="session")
def shared_calendly() -> Iterator[CalendlyServer]:
    with CalendlyServer() as server:
        yield server


@pytest.fixture
def calendly(shared_calendly: CalendlyServer) -> CalendlyServer:
    """As good as new."""
    shared_calendly.empty()
    return shared_calendly


@pytest.fixture
def client(calendly: CalendlyServer) -> SourceClient:
    assert SOURCE.api is not None
    return SOURCE.api.make_client(Route(calendly.url))
