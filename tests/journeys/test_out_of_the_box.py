"""Out of the box HubSync does what the help article says: the same calls, values and pages as were recorded.

``out_of_the_box.json`` is what HubSync did before there was anything that somebody has to switch on first.
CONTRIBUTING.md says when it may be written anew, and how.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path
from typing import Any

import pytest
import requests
import time_machine
from flask import Flask

from hubspot_sandbox.server import SandboxServer
from hubsync.store import write_transaction
from hubsync.store.calendars import Calendar
from tests.journeys.recorded import (
    Names,
    calls_of,
    lines_of,
    number_of_rows,
    only_recorded,
    rows_of,
    written_beyond,
)
from tests.journeys.usual_bookings import CASES, Booked
from tests.kit.browser import Browser
from tests.kit.world import World, world

RECORD = Path(__file__).parent / "out_of_the_box.json"
BEGINNING = datetime(2026, 11, 30, 3, tzinfo=UTC)
TABLES = ("deliveries", "attempts", "bookings", "known_companies", "connections", "mappings", "mapping_rows")


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    """A moment of its own, so that pages count the same days in every run."""
    with time_machine.travel(BEGINNING, tick=True) as clock:
        yield clock


@pytest.fixture
def acme(app: Flask, sandbox: SandboxServer, clock: time_machine.Coordinates) -> World:
    """The team, whose second calendar is one of a booking source."""
    made = world(app, sandbox, calendars={"intro": "owner", "demo": "owner"}, person={"name": "Mika Sato"})
    with app.app_context(), write_transaction() as session:
        demo = session.get_one(Calendar, made.calendars["demo"])
        demo.source, demo.external_id, demo.name = "signed_json", "demo", "Demo"
    return made


def play(app: Flask, sandbox: SandboxServer, acme: World, clock: time_machine.Coordinates) -> dict[str, Any]:
    """Every case in turn, then what is stored and shown."""
    names, calls = Names(), {}
    told = f"{sandbox.url}/sandbox/api"
    owner = Browser(app, signed_in=acme.sessions["owner"])
    with app.app_context():
        booked = Booked(app, sandbox, acme.team_id, acme.calendars["intro"], clock)
        for case in CASES:
            requests.delete(f"{told}/calls", timeout=60).raise_for_status()
            case(booked)
            made = requests.get(f"{told}/calls", timeout=60).json()["results"]
            for kind in ("companies", "contacts"):
                records = requests.get(f"{told}/records/{kind}", timeout=60).json()["results"]
                names.learn(kind, [record["id"] for record in records])
            calls[case.__name__] = calls_of(made, names)
        values = {table: rows_of(table, names) for table in TABLES}
        rows = number_of_rows()
    pages = {
        address: lines_of(owner.open(address), names) for address in addresses(acme, len(values["deliveries"]))
    }
    return {"calls": calls, "values": values, "rows": rows, "pages": pages}


def addresses(acme: World, deliveries: int) -> list[str]:
    """The pages that tell of bookings, and those where something can be switched on."""
    team, calendar = "/teams/acme", f"/teams/acme/calendars/{acme.calendars['intro']}"
    return [
        *(f"{team}/deliveries/{number}" for number in range(1, deliveries + 1)),
        *(f"{team}/deliveries", f"{team}/calendars", f"{team}/settings", f"{team}/settings/integrations"),
        *(f"{team}/settings/integrations/hubspot", calendar, f"{calendar}/settings"),
        *(f"{calendar}/advanced", f"{calendar}/advanced/hubspot"),
    ]


def test_with_nothing_switched_on_calls_values_and_pages_are_those_of_the_record(
    app: Flask, sandbox: SandboxServer, acme: World, clock: time_machine.Coordinates
) -> None:
    played = play(app, sandbox, acme, clock)
    if os.environ.get("WRITE_OUT_OF_THE_BOX"):
        RECORD.write_text(json.dumps(played, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    expected = json.loads(RECORD.read_text(encoding="utf-8"))
    for table, rows in expected["values"].items():
        assert written_beyond(table, rows, played["values"][table]) == []
        played["values"][table] = only_recorded(rows, played["values"][table])
    for part in ("calls", "values", "rows", "pages"):
        assert not difference(expected[part], played[part]), difference(expected[part], played[part])


def difference(expected: Any, played: Any) -> str:
    """What is other than recorded, with the lines around it."""
    before, after = (json.dumps(each, indent=1, ensure_ascii=False).splitlines() for each in (expected, played))
    return "\n".join(unified_diff(before, after, "recorded", "now", lineterm=""))
