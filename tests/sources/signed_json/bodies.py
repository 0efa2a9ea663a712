"""A body as the README documents it, and what a changed one is refused for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hubsync.domain.booking import Booking
from hubsync.errors import BodyUnreadable
from hubsync.sources import signed_json
from hubsync.sources.strict_json import load_json

BODY: dict[str, Any] = {
    "id": "b-1",
    "event": "booking.completed",
    "calendar": {"id": "c-1", "name": "Introduction"},
    "guest": {"name": "山田 花子", "email": "h@acme.example", "company": "Acme", "timezone": "Asia/Tokyo"},
    "start": "2026-12-01T10:00:00+09:00",
    "end": "2026-12-01T10:30:00+09:00",
    "answers": [{"label": "Employees", "value": 120, "type": "number"}],
    "url_params": {"utm_source": "spring"},
}


def body(**changes: Any) -> bytes:
    return json.dumps({**BODY, **changes}).encode()


def read(raw: bytes) -> Booking:
    """The booking in a body whose proof was good."""
    return signed_json.read(load_json(raw))


def faults(raw: bytes) -> dict[str, str]:
    with pytest.raises(BodyUnreadable) as unreadable:
        read(raw)
    assert unreadable.value.faults
    assert unreadable.value.__cause__ is None
    assert unreadable.value.__context__ is None
    return dict(unreadable.value.faults)
