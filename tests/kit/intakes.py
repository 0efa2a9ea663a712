"""Addresses of booking sources, and senders who know their secrets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.test import TestResponse

from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources.source import Source, Webhook
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.sources import ReceivedWebhook
from hubsync.store.tables import METADATA
from hubsync.store.teams import Team
from tests.kit.source_samples import options_of

ROWS_OF_EACH_TABLE = text(
    " UNION ALL ".join(
        f"SELECT '{name}', count(*) FROM {name}"
        for name in METADATA.tables
        if name != ReceivedWebhook.__tablename__
    )
)
"""One statement: some tests ask it before and after each of hundreds of requests."""


@dataclass
class Intake:
    """The address of a team's source, and somebody who knows its secret; *source* is as the team set it up."""

    app: Flask
    source: Source
    path: str
    secret: str

    def send(self, webhook: Webhook, path: str = "", **headers: str) -> TestResponse:
        sent = self.written(webhook, path, **headers)
        return post(self.app.test_client(), **sent | {"body": webhook.body})

    def written(self, webhook: Webhook, path: str = "", **headers: str) -> dict[str, Any]:
        """*webhook* as `post` takes it, in another process too; its body as text."""
        return {
            "path": path or self.path,
            "body": webhook.body.decode("utf-8", "replace"),
            "headers": {**webhook.headers, **headers},
            "query": dict(webhook.query),
        }

    def prove(self, body: bytes, secret: str = "") -> Webhook:
        return self.source.prove(secret or self.secret, body, now())

    def counted(self) -> list[int]:
        """How many bookings, deliveries and calendars there are."""
        with self.app.app_context():
            return [db.session.query(table).count() for table in (BookingRecord, Delivery, Calendar)]

    def stored(self) -> dict[str, int]:
        """How many rows each table has, but for the list of what came, which is kept short."""
        with self.app.app_context(), db.engine.connect() as connection:
            return {name: int(count) for name, count in connection.execute(ROWS_OF_EACH_TABLE)}

    def listed(self) -> int:
        """How many lines the list of what came has."""
        with self.app.app_context():
            return db.session.query(ReceivedWebhook).count()


def post(
    client: FlaskClient, path: str, body: bytes | str, headers: Mapping[str, str], query: Mapping[str, str]
) -> TestResponse:
    """Send a webhook as its sender does."""
    return client.post(
        path, base_url="http://localhost:8000", data=body, headers=dict(headers), query_string=dict(query)
    )


def open_intake(app: Flask, team_id: int, source: Source) -> Intake:
    """Make another address of *source* for the team."""
    with app.app_context():
        secret = endpoint_setup.add_endpoint(team_id, source.name, options=options_of(source)).secret
        shown = endpoints.list_endpoints(team_id, source.name)[-1]
        end_read()
    path = shown.address.removeprefix("http://localhost:8000")
    assert path.startswith(f"/intake/{source.word}/")
    return Intake(app, source, path, secret)


@pytest.fixture
def opened(app: Flask, team: Team) -> Callable[[Source], Intake]:
    """Make the address of a source for Acme."""
    return partial(open_intake, app, team.id)
