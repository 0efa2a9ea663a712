"""Webhooks verified, read and committed, with posting left to the background, beside bare commits."""

from __future__ import annotations

import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from flask.testing import FlaskClient

from bench.figures import median, ms, table
from bench.installation import Installation, built
from bench.progress import shown
from bench.report import Finding, Report
from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources.registry import SOURCES
from hubsync.store import end_read

SOURCE = SOURCES["signed_json"]
MOST_TIMES = 15.0
COMMITS = 2
"""Of one webhook: its booking with the delivery, and after the answer its line in the source's list."""


@dataclass
class Measured:
    """Seconds of each webhook until its answer, and of each bare commit, measured in turns."""

    webhooks: list[float] = field(default_factory=list)
    commits: list[float] = field(default_factory=list)
    counted: int = 0

    @property
    def ratio(self) -> float:
        return median(self.webhooks) / median(self.commits)


class Sender:
    """Somebody who knows the team's secret and sends one booking after the other."""

    def __init__(self, installation: Installation) -> None:
        with installation.app.app_context():
            self._secret = endpoint_setup.make_endpoint(installation.team_id, SOURCE.name)
            shown_endpoint = endpoints.show_endpoint(installation.team_id, SOURCE.name)
            end_read()
        if shown_endpoint is None:
            raise RuntimeError("the address was made and is not there")
        self._path = "/intake/" + shown_endpoint.address.split("/intake/")[1]
        self._client: FlaskClient = installation.app.test_client()

    def send(self, number: int) -> float:
        """Send booking *number*; the seconds until its answer."""
        body = json.dumps(
            {
                "id": f"b-{number}",
                "event": "booking.completed",
                "calendar": {"id": "intro", "name": "Introduction"},
                "guest": {"name": f"Sato Mika{number}", "email": f"guest{number}@company{number}.co.jp"},
                "start": "2026-12-01T10:00:00+09:00",
                "answers": [
                    {"label": "Number of employees", "value": 120},
                    {"label": "Topics", "value": ["Price"]},
                ],
                "url_params": {"utm_source": "spring"},
            }
        ).encode()
        headers = dict(SOURCE.prove(self._secret, body, now()).headers)
        began = time.perf_counter()
        answer = self._client.post(self._path, base_url="http://localhost:8000", data=body, headers=headers)
        took = time.perf_counter() - began
        answer.close()  # and with it comes the line of the list
        if answer.status_code != 200:
            raise RuntimeError(f"a webhook was answered with {answer.status_code}")
        return took


@contextmanager
def bare_commits(beside: Path) -> Iterator[sqlite3.Connection]:
    """A database of one table on the same disk, written as durably as HubSync's."""
    connection = sqlite3.connect(beside / "bare.sqlite3", isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("CREATE TABLE written (id INTEGER PRIMARY KEY, body TEXT)")
        yield connection
    finally:
        connection.close()


def run(tiny: bool = False) -> Report:
    """Measure so many of each in turns; *tiny* proves only that it can be measured."""
    times = 10 if tiny else 1_000
    found = Measured()
    with built("http://127.0.0.1:9", SYNC_BUDGET_SECONDS="0") as installation:
        sender = Sender(installation)
        with bare_commits(Path(installation.app.instance_path)) as bare:
            sender.send(0)  # makes the calendar and its questions
            with installation.counted_commits() as commits:
                for number in shown(f"{times} webhooks", range(1, times + 1), times):
                    found.webhooks.append(sender.send(number))
                    found.commits.append(_commit(bare, number))
            found.counted = len(commits)
    return Report("intake", _lines(found, times), _findings(found, times))


def _commit(bare: sqlite3.Connection, number: int) -> float:
    began = time.perf_counter()
    bare.execute("BEGIN IMMEDIATE")
    bare.execute("INSERT INTO written (body) VALUES (?)", (f"booking {number}",))
    bare.execute("COMMIT")
    return time.perf_counter() - began


def _lines(found: Measured, times: int) -> list[str]:
    rows = [
        ("Webhook until its answer", ms(median(found.webhooks)), f"{1 / median(found.webhooks):.0f}"),
        ("Bare commit", ms(median(found.commits)), f"{1 / median(found.commits):.0f}"),
    ]
    return [
        f"{times} signed bookings of a known calendar, one after the other through the whole application, and as",
        "many bare commits of one row to another file on the same disk, in turns. Posting is left to the",
        "background. Medians in milliseconds.",
        "",
        *table(("What", "Median", "A second"), rows),
        "",
        f"Durable commits of one webhook: {found.counted / times:.1f}, the second one after its answer.",
    ]


def _findings(found: Measured, times: int) -> list[Finding]:
    each = found.counted / times
    return [
        Finding(
            "A webhook until its answer, times a bare commit",
            f"{found.ratio:.2f}",
            f"at most {MOST_TIMES:g}",
            reached=found.ratio <= MOST_TIMES,
        ),
        Finding("Durable commits of a webhook", f"{each:.1f}", f"at most {COMMITS}", reached=each <= COMMITS),
    ]
