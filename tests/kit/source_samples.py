"""The samples of each source: bodies as their senders send them, and what becomes of each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from hubsync.domain.booking import Booking, BookingChange, BookingEvent
from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Ignored, Reply, Said, Source


@dataclass(frozen=True)
class Sample:
    """A body of *source*, and what becomes of it.

    ``{"booking": …}``, ``{"change": …}``, ``{"ignored": …}``, ``{"test": …}``, ``{"reply": …}`` or
    ``{"faults": …}``.
    """

    source: Source = field(repr=False)
    name: str
    body: bytes = field(repr=False)
    expected: dict[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return f"{self.source.name}-{self.name}"


def folder_of(source: Source) -> Traversable:
    """The folder in which *source* lies."""
    return resources.files(f"hubsync.sources.{source.name}")


def samples_of(source: Source) -> list[Sample]:
    """The samples of *source*; ``expected.json`` beside them names each."""
    folder = folder_of(source) / "samples"
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    return [Sample(source, name, (folder / name).read_bytes(), told) for name, told in expected.items()]


def bookings_of(source: Source) -> list[Sample]:
    """Those that are completed bookings, the fullest first."""
    completed = [
        each
        for each in samples_of(source)
        if "booking" in each.expected and "event" not in each.expected["booking"]
    ]
    return sorted(completed, key=lambda each: -len(each.body))


EACH_SOURCE = [*SOURCES.values()]
EACH_SAMPLE = [each for source in EACH_SOURCE for each in samples_of(source)]
EACH_BOOKING = [each for source in EACH_SOURCE for each in bookings_of(source)]


def described(said: Said) -> dict[str, Any]:
    """What was read, as ``expected.json`` says it; what is as usual is left out of a booking."""
    match said:
        case Ignored():
            return {"test" if said.is_test else "ignored": said.reason}
        case Reply():
            return {"reply": dict(said.content)}
        case BookingChange():
            return {"change": {"external_ids": list(said.external_ids), **_told(said)}}
    booking = {
        "external_id": said.external_id,
        "calendar_external_id": said.calendar_external_id,
        "calendar_name": said.calendar_name,
        "guest": asdict(said.guest),
        "starts_at": said.starts_at.isoformat() if said.starts_at else None,
        "ends_at": said.ends_at.isoformat() if said.ends_at else None,
        "answers": {each.label: each.value for each in said.answers},
        "url_params": dict(said.url_params),
        **{key: each for key in ("host", "location", "locale") if (each := getattr(said, key))},
        **_told(said),
    }
    return {"booking": json.loads(json.dumps(booking))}


def _told(said: Booking | BookingChange) -> dict[str, Any]:
    told = {} if said.event is BookingEvent.COMPLETED else {"event": said.event.value}
    if said.occurred_at is not None:
        told["occurred_at"] = said.occurred_at.isoformat()
    return {
        **told,
        **{key: each for key in ("replaces", "replaced_by", "reason") if (each := getattr(said, key, ""))},
    }
