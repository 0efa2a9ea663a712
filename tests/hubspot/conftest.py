"""Wires that are closed again, and a server that answers as badly as a test tells it to."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from hubsync.hubspot.wire import Wire
from tests.kit.http_server import http, serve

__all__ = ["serve"]


@pytest.fixture
def wire() -> Iterator[Callable[..., Wire]]:
    """Make wires that are closed with the test: ``wire(url, …)``."""
    wires: list[Wire] = []

    def make(url: str, **options: Any) -> Wire:
        wires.append(Wire(url, **options))
        return wires[-1]

    yield make
    for each in wires:
        each.close()


@pytest.fixture
def http_answer() -> Callable[..., bytes]:
    return http
