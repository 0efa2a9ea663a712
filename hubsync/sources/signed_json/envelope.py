"""Envelope that Standard Webhooks recommend, ``{"type", "timestamp", "data"}``, with our body as its ``data``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Opened:
    """Our body, and where it stood in what was sent: *outside* are the fields that came from around it."""

    body: Any = field(repr=False)
    inside: str = ""
    outside: Mapping[str, str] = field(default_factory=dict)

    def place_of(self, place: str) -> str:
        """The *place* in our body as whoever sent it finds it."""
        return self.outside.get(place, self.inside + place)


def open_envelope(sent: Any, message_id: str) -> Opened:
    """Our body out of its envelope, or as it is where there is none.

    What the body itself says counts before what stands around it: the envelope's type as its event, the
    envelope's time as that of the change, and the *message_id* as its id.
    """
    if not isinstance(sent, dict):
        return Opened(sent)
    around: dict[str, Any] = {"id": message_id} if message_id else {}
    if "event" in sent or "type" not in sent:
        return Opened({**around, **_said(sent)})
    own = _said(sent.get("data"))
    body = {**around, "event": sent["type"], "occurred_at": sent.get("timestamp"), **own}
    return Opened(body, "data.", {} if "event" in own else {"event": "type"})


def _said(body: Any) -> dict[str, Any]:
    """The fields of *body* that say something."""
    return {name: each for name, each in body.items() if each is not None} if isinstance(body, dict) else {}
