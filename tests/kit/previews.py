"""Previews of guests, and the records that HubSpot has before."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import requests

from hubsync.domain.questions import Part
from hubsync.services import now
from hubsync.services.mapping.preview import Preview, preview
from hubsync.services.posting.draft import mapping_of, rows_of, sample_material
from hubsync.store import db, end_read
from hubsync.store.teams import Team


def look(acme: Any, name: str, email: str, company: str = "", **answers: Any) -> Preview:
    """The preview of a guest who answers like this."""
    calendar = acme.calendar()
    given = {
        acme.question(Part.NAME).id: name,
        acme.question(Part.EMAIL).id: email,
        acme.question(Part.COMPANY).id: company,
        **{int(key.removeprefix("q")): value for key, value in answers.items()},
    }
    material = sample_material(calendar, given, {}, now() + timedelta(days=1))
    mapping = rows_of(mapping_of(calendar.id))
    found = preview(db.session.get_one(Team, acme.team_id), mapping, material)
    end_read()
    return found


def seed(acme: Any, what: str, **properties: str) -> str:
    url = f"{acme.sandbox.url}/sandbox/api/records/{what}"
    made = requests.post(url, json={"properties": properties}, timeout=60)
    made.raise_for_status()
    return str(made.json()["id"])
