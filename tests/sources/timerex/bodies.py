"""A body as TimeRex sends it, and what a changed one is refused for."""

from __future__ import annotations

import json
from typing import Any

import pytest

from hubsync.domain.booking import Booking
from hubsync.errors import BodyUnreadable
from hubsync.sources.strict_json import load_json
from hubsync.sources.timerex.read import read as read_body

FORM: list[dict[str, Any]] = [
    {"field_type": "company_name", "required": False, "label": "会社名", "value": "Acme"},
    {"field_type": "guest_name", "required": True, "label": "名前", "value": "山田 花子"},
    {"field_type": "guest_email", "required": True, "label": "メールアドレス", "value": "h@acme.example"},
]
EVENT: dict[str, Any] = {
    "id": "e-1",
    "status": 1,
    "duration": 30,
    "start_datetime": "2026-12-01T01:00:00+00:00",
    "end_datetime": "2026-12-01T01:30:00+00:00",
    "local_start_datetime": "2026-12-01T10:00:00+09:00",
    "calendar_timezone": "Asia/Tokyo",
    "guest_locale": "ja",
    "created_at": "2026-11-20T02:00:00+00:00",
    "zoom_meeting": {"meeting_id": 1, "join_url": "https://zoom.example/j/1"},
    "hosts": [{"name": "佐々木 健", "email": "ken@acme.example"}],
    "form": FORM,
    "url_params": [{"utm_source": "spring"}],
    "is_changed": False,
    "old_event_id": None,
    "new_event_id": None,
}
BODY: dict[str, Any] = {
    "webhook_type": "event_confirmed",
    "calendar_url_path": "c-1",
    "calendar_name": "相談",
    "event": EVENT,
}


def body(**changes: Any) -> bytes:
    """The body with *changes* of its event; those of ``outside`` are of the body itself."""
    outside = changes.pop("outside", {})
    return json.dumps({**BODY, "event": {**EVENT, **changes}, **outside}).encode()


def read(raw: bytes) -> Booking:
    """The booking in a body whose proof was good."""
    said = read_body(load_json(raw))
    assert isinstance(said, Booking)
    return said


def faults(raw: bytes) -> dict[str, str]:
    with pytest.raises(BodyUnreadable) as unreadable:
        read_body(load_json(raw))
    assert unreadable.value.faults
    assert unreadable.value.__cause__ is None
    assert unreadable.value.__context__ is None
    return dict(unreadable.value.faults)
