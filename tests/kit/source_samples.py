"""The samples of each source: bodies as their senders send them, and what becomes of each."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from hubsync.domain.booking import Booking
from hubsync.sources.registry import SOURCES
from hubsync.sources.source import Ignored, Source


@dataclass(frozen=True)
class Sample:
    """A body of *source*, and what becomes of it: ``{"booking": …}``, ``{"ignored": …}`` or ``{"faults": …}``."""

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
    return sorted(
        (each for each in samples_of(source) if "booking" in each.expected), key=lambda each: -len(each.body)
    )


EACH_SOURCE = [*SOURCES.values()]
EACH_SAMPLE = [each for source in EACH_SOURCE for each in samples_of(source)]
EACH_BOOKING = [each for source in EACH_SOURCE for each in bookings_of(source)]


def described(read: Booking | Ignored) -> dict[str, Any]:
    """What was read, as ``expected.json`` says it."""
    if isinstance(read, Ignored):
        return {"ignored": read.reason}
    booking = {
        "external_id": read.external_id,
        "calendar_external_id": read.calendar_external_id,
        "calendar_name": read.calendar_name,
        "guest": asdict(read.guest),
        "starts_at": read.starts_at.isoformat(),
        "ends_at": read.ends_at.isoformat(),
        "answers": {each.label: each.value for each in read.answers},
        "url_params": dict(read.url_params),
    }
    return {"booking": json.loads(json.dumps(booking))}
