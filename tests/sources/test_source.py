"""The one order in which a webhook is taken in."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hubsync.domain.booking import BookingChange, BookingEvent
from hubsync.errors import BodyUnreadable, ProofMissing
from hubsync.sources import signed_json
from hubsync.sources.source import MOST_TOLD, Ignored, Several, Webhook

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


def test_one_webhook_may_tell_of_so_many_bookings_and_no_more() -> None:
    change = BookingChange("signed_json", ("b-1",), BookingEvent.NO_SHOW)
    source = replace(signed_json.SOURCE, read=lambda sent: Several((change,) * sent), read_with=None)
    most, more = (source.prove("s", str(number).encode(), NOW) for number in (MOST_TOLD, MOST_TOLD + 1))
    assert source.receive(most, ["s"], NOW) == Several((change,) * MOST_TOLD)
    with pytest.raises(BodyUnreadable) as refused:
        source.receive(more, ["s"], NOW)
    assert refused.value.faults == (("body", "tells of more than 1,000 bookings, more than one webhook may"),)
