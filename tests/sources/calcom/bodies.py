"""Bodies as Cal.com sends them, and what becomes of a changed one."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from hubsync.domain.booking import Booking
from hubsync.errors import BodyUnreadable
from hubsync.sources import calcom
from hubsync.sources.source import Said

GUEST = "aya.mori@kaede.example"
PAYLOAD: dict[str, Any] = {
    "uid": "u-1",
    "eventTypeId": 7,
    "type": "tour",
    "eventTitle": "Tour",
    "startTime": "2026-12-08T01:00:00Z",
    "endTime": "2026-12-08T01:30:00Z",
    "status": "ACCEPTED",
    "organizer": {"name": "Ren Host", "email": "ren@tenji.example", "timeZone": "Asia/Tokyo"},
    "attendees": [
        {"email": GUEST, "name": "Aya Mori", "timeZone": "Europe/Paris", "language": {"locale": "fr"}},
        {"email": "colleague@kaede.example", "name": "", "timeZone": "Asia/Tokyo", "language": {"locale": "ja"}},
    ],
    "responses": {
        "name": {"label": "your_name", "value": "Aya Mori", "isHidden": False},
        "email": {"label": "email_address", "value": GUEST, "isHidden": False},
        "company": {"label": "Company", "value": "Kaede", "isHidden": False},
    },
}


def body(trigger: str = "BOOKING_CREATED", **changes: Any) -> dict[str, Any]:
    """A body of *trigger* whose payload has *changes*; None takes a field away."""
    payload = {key: each for key, each in {**copy.deepcopy(PAYLOAD), **changes}.items() if each is not None}
    return {"triggerEvent": trigger, "createdAt": "2026-12-01T03:00:00.000Z", "payload": payload}


def say(sent: Any) -> Said:
    """What a body says, the way a proved one is read."""
    return calcom.SOURCE.read(calcom.SOURCE.parse(json.dumps(sent).encode()))


def booking(trigger: str = "BOOKING_CREATED", **changes: Any) -> Booking:
    said = say(body(trigger, **changes))
    assert isinstance(said, Booking)
    return said


def answered(**responses: Any) -> Booking:
    """The booking whose guest also answered *responses*: slug to value, or to what is sent of the question."""
    sent = {
        slug: each if isinstance(each, dict) else {"label": slug, "value": each}
        for slug, each in responses.items()
    }
    return booking(responses={**PAYLOAD["responses"], **sent})


def faults(sent: Any) -> dict[str, str]:
    with pytest.raises(BodyUnreadable) as unreadable:
        say(sent)
    assert unreadable.value.__cause__ is None
    return dict(unreadable.value.faults)
