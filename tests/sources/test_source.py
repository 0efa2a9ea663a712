"""The one order in which a webhook is taken in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hubsync.errors import ProofMissing
from hubsync.sources import signed_json
from hubsync.sources.source import Ignored, Webhook

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def test_a_source_may_take_its_bodies_apart_itself_once_they_are_proved() -> None:
    parsed: list[bytes] = []

    def parse(raw: bytes) -> dict[str, str]:
        parsed.append(raw)
        return dict([raw.decode().split("=", 1)])

    source = replace(signed_json.SOURCE, parse=parse, read=lambda sent: Ignored(sent["event"]), read_with=None)
    with pytest.raises(ProofMissing):
        source.receive(Webhook(b"event=ping"), ["s"], NOW)
    assert parsed == []
    assert source.receive(source.prove("s", b"event=ping", NOW), ["s"], NOW) == Ignored("ping")
