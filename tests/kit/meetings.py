"""Meetings on the timelines of the stand-in's records."""

from __future__ import annotations

from typing import Any

import pytest
import requests

from hubspot_sandbox.crm.meeting_links import link
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.domain.meeting_template import DEFAULT_TITLE
from hubsync.store import db, end_read, write_transaction
from hubsync.store.mappings import MappingRecord
from hubsync.store.meetings import Meeting

LOST = {
    "action": "drop",
    "method": "POST",
    "path": "/meetings",
    "except_path": "/batch",
    "when": "after",
    "times": 1,
}
"""The stand-in makes the meeting, and nobody hears of it."""


def switch_meetings_on(calendar_id: int, title: str = DEFAULT_TITLE, body: str = "") -> None:
    """Have the bookings of the calendar put on the timeline."""
    with write_transaction() as session:
        mapping = session.query(MappingRecord).filter_by(calendar_id=calendar_id).one()
        mapping.meetings_on, mapping.meeting_title, mapping.meeting_body = True, title, body


def meetings_at(sandbox: Any, *, archived: bool = False) -> list[dict[str, Any]]:
    """The meetings that the stand-in has, oldest first, with the records whose timelines they are on."""
    answer = requests.get(f"{sandbox.url}/sandbox/api/records/meetings", timeout=60)
    answer.raise_for_status()
    return [each for each in answer.json()["results"] if each["archived"] is archived]


def synchronise(sandbox: Any, contact_id: str, starts_at: str, **properties: str) -> None:
    """Have the host's calendar bring a meeting with the contact."""
    values = {"hs_meeting_start_time": starts_at, **properties}
    url = f"{sandbox.url}/sandbox/api/records/contacts/{contact_id}/synced-meetings"
    requests.post(url, json={"properties": values}, timeout=60).raise_for_status()


def crowd_timeline(sandbox: Any, contact_id: str, number: int) -> None:
    """Let so many meetings of before be on the contact's timeline, of which HubSpot tells the ids alone."""
    for each in range(1, number + 1):
        link(sandbox.state, DEFAULT_ACCOUNT, str(each), "contacts", contact_id)


def read_kept(delivery_id: int) -> Meeting:
    """What is kept of the delivery's meeting."""
    query = db.session.query(Meeting).populate_existing()
    found = query.filter_by(delivery_id=delivery_id).one()
    end_read()
    return found


@pytest.fixture
def timeline(acme: Any) -> Any:
    """The team `acme`, whose calendar puts its bookings on the timeline."""
    switch_meetings_on(acme.calendar_id)
    return acme
