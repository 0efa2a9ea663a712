"""What is no whole answer, and why, in words that help whoever set HubSync up."""

from __future__ import annotations

import gzip
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.kit.http_server import Server
from tests.net.conftest import Asker


def test_an_answer_that_unpacks_to_fifty_megabytes_is_cut(serve: Callable[..., Server], asker: Asker) -> None:
    server = serve(status=200, body=gzip.compress(b"\0" * 50_000_000), content_encoding="gzip")
    tracemalloc.start()
    try:
        with pytest.raises(asker.lost, match="too large"):
            asker.send(server.url, 5)
        assert tracemalloc.get_traced_memory()[1] < 8_000_000
    finally:
        tracemalloc.stop()


def test_certificates_that_are_not_there_are_named(asker: Asker, tmp_path: Path) -> None:
    with pytest.raises(asker.unreachable, match="file of trusted certificates was not found"):
        asker.send("https://far.test", 5, ca_bundle=str(tmp_path / "nowhere.pem"))
