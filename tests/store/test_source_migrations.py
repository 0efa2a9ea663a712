"""The migrations of booking sources keep what is there, forward and back, also where much of it came since."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text

from hubsync.app import create_app
from hubsync.domain.booking import BookingEvent
from hubsync.domain.comparisons import ComparisonState
from hubsync.domain.plans import Plan
from hubsync.domain.received import Result
from hubsync.domain.subscriptions import Intent
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from hubsync.services.sources import endpoint_setup, endpoints, received
from hubsync.services.sources.samples import keep_sent
from hubsync.services.teams.members import create_team
from hubsync.store import db, write_transaction
from hubsync.store.sources import SourceAccount, SourceComparison
from tests.kit import databases
from tests.kit.settings import make_settings
from tests.kit.source_bookings import source_booking

BEFORE = "pace_of_each_process"
KEPT = ("teams", "people", "calendars", "questions", "bookings", "deliveries")
NEWER = ("booking_names", "booking_history", "received_webhooks", "source_accounts", "source_comparisons")


@pytest.fixture
def unmigrated(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    if request.param == "sqlite":
        yield from opened(tmp_path, {})
        return
    server: databases.Server = request.getfixturevalue("postgresql")
    with server.database(tables=False) as uri:
        yield from opened(tmp_path, {"SQLALCHEMY_DATABASE_URI": uri})


def opened(folder: Path, database: dict[str, str]) -> Iterator[Flask]:
    app = create_app(make_settings(**database), instance_path=folder / "instance")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def counted(*tables: str) -> dict[str, int]:
    with db.engine.connect() as connection:
        return {each: connection.scalar(text(f"SELECT count(*) FROM {each}")) for each in tables}


def fill() -> None:
    """A team with bookings and leads, moved ones among them, several addresses, an account and a sample."""
    team_id = create_team("Acme", "owner@acme.example", Plan.PREMIUM).id
    lead = replace(source_booking("lead"), starts_at=None, ends_at=None)
    moved = replace(source_booking("new"), replaces="old", event=BookingEvent.MOVED)
    cancelled = replace(source_booking("off"), event=BookingEvent.CANCELLED)
    deliveries = [complete(team_id, each) for each in (source_booking("old"), moved, lead, cancelled)]
    for number in (1, 2):
        endpoint_setup.add_endpoint(team_id, "signed_webhook", options={"preset": "another"})
        shown = endpoints.show_endpoint(team_id, "signed_webhook", number)
        assert shown is not None
        keep_sent(shown.id, b"{}")
        received.note(shown.id, received.Line(Result.BOOKED, delivery_id=deliveries[0].id))
    with write_transaction() as session:
        session.add(
            SourceAccount(
                endpoint_id=shown.id, account="a", shown="A", connected_at=now(), intent=Intent.SUBSCRIBE
            )
        )
        session.add(SourceComparison(endpoint_id=shown.id, state=ComparisonState.RESTING))
    db.session.remove()


@pytest.mark.parametrize("unmigrated", databases.BOTH, indirect=True)
@pytest.mark.slow
def test_bookings_and_addresses_are_kept_on_the_way_back_and_forward(unmigrated: Flask) -> None:
    upgrade()
    fill()
    kept, newer = counted(*KEPT), counted(*NEWER)
    assert min(*kept.values(), *newer.values()) > 0
    downgrade(revision="source_accounts")
    upgrade()
    assert (counted(*KEPT), counted(*NEWER)) == (kept, newer), "the table that others refer to was made anew"
    downgrade(revision=BEFORE)
    assert counted(*KEPT) == kept
    assert counted("intake_endpoints") == {"intake_endpoints": 1}, "there was room for one of each source"
    with db.engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM bookings WHERE starts_at IS NULL")) == 0
    upgrade()
    assert counted(*KEPT) == kept
    complete(1, replace(source_booking("new"), replaces="old", event=BookingEvent.MOVED))
    assert counted("bookings")["bookings"] == kept["bookings"], "a booking from before is known by its first id"
