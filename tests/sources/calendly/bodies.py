"""Bodies of Calendly with one thing changed."""

from __future__ import annotations

import copy
import json
from importlib import resources
from typing import Any

from hubsync.domain.booking import Booking
from hubsync.errors import BodyUnreadable
from hubsync.sources.calendly import SOURCE

SAMPLES = resources.files("hubsync.sources.calendly") / "samples"
API = "https://api.calendly.com"
INVITEE = f"{API}/scheduled_events/GA7K2MQ4XB3PL9TW/invitees/0f6c2a9e-5d1b-4c77-8a3e-1b2c3d4e5f60"
OTHER = f"{API}/scheduled_events/EV2/invitees/INV2"


def sample(name: str) -> dict[str, Any]:
    return json.loads((SAMPLES / f"{name}.json").read_text("utf-8"))


def body(
    name: str = "invitee.created", /, *, event: str = "", scheduled: Any = None, **payload: Any
) -> dict[str, Any]:
    """The sample with these fields of its ``payload`` and of its ``scheduled_event``."""
    changed = copy.deepcopy(sample(name))
    changed["event"] = event or changed["event"]
    changed["payload"] |= payload
    changed["payload"]["scheduled_event"] |= scheduled or {}
    return changed


def read(sent: Any) -> Booking:
    said = SOURCE.read(sent)
    assert isinstance(said, Booking)
    return said


def faults(sent: Any) -> dict[str, str]:
    try:
        SOURCE.read(sent)
    except BodyUnreadable as unreadable:
        return dict(unreadable.faults)
    return {}
