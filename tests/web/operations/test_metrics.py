"""Metrics: what every process gives the same answer to, for whoever has the token."""

from __future__ import annotations

import logging
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from hubspot_sandbox.server import SandboxServer
from hubsync.background import Background
from hubsync.domain.connections import ConnectionState
from hubsync.logs import SECURITY
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.connection.watch_only import switch_on
from hubsync.services.deliveries.dispatch import deliver
from hubsync.services.operations.daily_check import check_now
from hubsync.services.operations.kept_numbers import keep_tally, read_numbers
from hubsync.services.operations.metrics import read_metrics
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.outbox import OutboxMail
from hubsync.store.sources import IntakeEndpoint
from tests.kit import rows
from tests.kit.broken_tables import accept_writing, refuse_writing
from tests.kit.browser import Browser
from tests.kit.waiting import wait_until
from tests.kit.world import world

TOKEN = "metrics-token-of-the-tests"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
Samples = dict[tuple[str, tuple[str, ...]], float]


@pytest.fixture
def given() -> dict[str, str]:
    return {"METRICS_TOKEN": TOKEN}


def scrape(app: Flask) -> Samples:
    answer = Browser(app).get("/metrics", headers=BEARER)
    assert answer.status_code == 200, answer.text
    assert answer.content_type.startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.text)
    return {(each.name, tuple(each.labels.values())): each.value for family in families for each in family.samples}


def test_whoever_has_another_token_or_none_is_refused(app: Flask, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, SECURITY)
    for sent in ("", f"Bearer {TOKEN}x", f"Basic {TOKEN}", "Bearer ", f"Bearer {TOKEN[:-1]}ü"):
        answer = app.test_client().get("/metrics", headers={"Authorization": sent} if sent else {})
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer"), sent
    assert [each.message for each in caplog.records if each.name == SECURITY] == ["proof_refused"] * 5


@pytest.mark.parametrize("given", [{}])
def test_without_a_token_there_is_no_such_page(app: Flask) -> None:
    assert app.test_client().get("/metrics", headers=BEARER).status_code == 404


@pytest.mark.parametrize("database", ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)], indirect=True)
def test_everything_that_is_kept_is_counted(app: Flask) -> None:
    made = world(app, connected=None)
    with app.app_context(), write_transaction() as session:
        for days, state in ((3, "posted"), (2, "failed"), (1, "retrying")):
            when = now() - timedelta(days=days)
            booking = rows.add_booking(session, made.team_id, made.calendars["intro"], created_at=when)
            rows.add_delivery(session, booking, state, next_attempt_at=now() - timedelta(minutes=30))
        person = made.people["owner"]
        rows.add_busy_calendar(session, person, read_at=now() - timedelta(hours=2), fault_code="feed_unreachable")
        session.add(IntakeEndpoint(team_id=made.team_id, source="signed_json", token="t" * 43, created_at=now()))
        mail: dict[str, Any] = {"kind": "notice", "created_at": now(), "content_sealed": ""}
        session.add(OutboxMail(key="a", next_try_at=now() - timedelta(minutes=5), **mail))
        session.add(OutboxMail(key="b", sent_at=now(), settled_at=now(), **mail))
        session.add(OutboxMail(key="c", settled_at=now(), **mail))
    found = scrape(app)
    assert found["hubsync_deliveries", ("posted",)] == 1
    assert found["hubsync_deliveries", ("waiting",)] == 0
    assert found["hubsync_oldest_delivery_seconds", ("retrying",)] == pytest.approx(86_400, abs=600)
    assert found["hubsync_oldest_delivery_seconds", ("pending",)] == 0
    assert found["hubsync_delivery_overdue_seconds", ()] == pytest.approx(1_800, abs=600)
    assert found["hubsync_mail_overdue_seconds", ()] == pytest.approx(300, abs=250)
    assert [found["hubsync_mails", (state,)] for state in ("to_send", "sent", "given_up")] == [1, 1, 1]
    assert found["hubsync_sources", ("signed_json", "on")] == 1
    assert [found["hubsync_busy_calendars", (state,)] for state in ("well", "faulty")] == [0, 1]
    assert found["hubsync_busy_calendar_age_seconds", ("faulty",)] == pytest.approx(7_200, abs=600)
    assert found["hubsync_connections", ("connected",)] == 0


def test_teams_that_watch_only_are_counted(app: Flask, sandbox: SandboxServer) -> None:
    acme, beta = world(app, sandbox), world(app, sandbox, team="beta")
    assert scrape(app)["hubsync_connections_watching", ()] == 0
    with app.app_context():
        for made in (acme, beta):
            assert switch_on(made.team_id, made.people["owner"])
        assert scrape(app)["hubsync_connections_watching", ()] == 2
        with write_transaction() as session:
            of_beta = session.query(Connection).filter_by(team_id=beta.team_id)
            of_beta.update({"state": ConnectionState.DISCONNECTED})
    assert scrape(app)["hubsync_connections_watching", ()] == 1


def test_calls_and_attempts_of_all_processes_are_counted_together(app: Flask, sandbox: SandboxServer) -> None:
    made = world(app, sandbox)
    with app.app_context():
        with write_transaction() as session:
            booking = rows.add_booking(session, made.team_id, made.calendars["intro"])
            delivery = rows.add_delivery(session, booking, "pending")
            session.flush()
            delivery_id = delivery.id
        deliver(delivery_id, Deadline.after(10))  # it has no answers, so HubSpot is not asked
        check_now(made.team_id)
        end_read()
    first = scrape(app)
    assert first["hubsync_attempts_total", ("skipped",)] == 1
    calls = sum(value for (name, _labels), value in first.items() if name == "hubsync_hubspot_calls_total")
    assert calls > 0
    assert first["hubsync_hubspot_call_seconds_count", ()] == calls
    assert first["hubsync_hubspot_call_seconds_bucket", ("+Inf",)] == calls
    with app.app_context():
        tools().tally.note_call(200, 0.3)
        tools().tally.note_call(None, 60)
        keep_tally()  # as another process does
    second = scrape(app)
    of = {
        bound: second["hubsync_hubspot_call_seconds_bucket", (bound,)] for bound in ("0.25", "0.5", "5.0", "+Inf")
    }
    assert (of["0.5"] - of["0.25"], of["+Inf"] - of["5.0"]) == (1, 1)
    assert second["hubsync_hubspot_calls_total", ("no_answer",)] == 1
    assert second["hubsync_hubspot_call_seconds_sum", ()] - first["hubsync_hubspot_call_seconds_sum", ()] == (
        pytest.approx(60.3)
    )


def test_what_could_not_be_kept_is_kept_the_next_time(app: Flask) -> None:
    with app.app_context():
        tools().tally.note_attempt("posted")
        refuse_writing(db.session, "kept_numbers")
        end_read()
        with pytest.raises(DBAPIError):
            keep_tally()
        db.session.rollback()
        accept_writing(db.session, "kept_numbers")
        end_read()
        tools().tally.note_attempt("posted")
        keep_tally()
        assert read_numbers() == {("attempts", "posted"): 2}


def test_rounds_of_background_work_are_told_with_their_age(app: Flask) -> None:
    assert ("hubsync_background_round_age_seconds", ("due",)) not in scrape(app)
    background = Background(app, seconds=0.05)
    background.start()
    wait_until(lambda: ("hubsync_background_round_age_seconds", ("mails",)) in scrape(app))
    wait_until(lambda: ("hubsync_background_round_age_seconds", ("due",)) in scrape(app))
    background.stop()
    assert scrape(app)["hubsync_background_round_timestamp_seconds", ("due",)] <= now().timestamp()


@pytest.mark.sqlite("reads the plan of a query")
def test_no_query_reads_all_deliveries(app: Flask) -> None:
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:
        if "FROM deliver" in statement:
            asked.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        scrape(app)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert len(asked) > 5
    with app.app_context():
        for statement, parameters in asked:
            plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)
            assert not [row[3] for row in plan if row[3].startswith("SCAN deliver")], statement
        end_read()


def test_the_guide_names_every_metric_and_no_other(app: Flask) -> None:
    guide = (Path(__file__).parents[3] / "docs" / "OPERATING.md").read_text()
    with app.app_context():
        families, _calls = read_metrics()
    table = guide.split("| metric (`hubsync_…`)")[1].split("\n\n")[0]
    named = set(re.findall(r"`(\w+)`", "\n".join(line.split("|")[1] for line in table.splitlines()[2:])))
    told = {f"{each.name}_total" if each.counter else each.name for each in families}
    assert named == told | {"hubspot_call_seconds", "build_info"}
    rules = guide.split("# hubsync-rules.yml")[1].split("```")[0]
    for used in re.findall(r"hubsync_(\w+)", rules):
        assert used.removesuffix("_bucket") in named, used
