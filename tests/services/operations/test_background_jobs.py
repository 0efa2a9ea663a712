"""Due work: everything that is due is done once, whatever one piece of it meets, and nothing due costs nothing."""

from __future__ import annotations

import threading
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from sqlalchemy import event

from hubsync.app import create_app
from hubsync.config import settings
from hubsync.services import now
from hubsync.services.operations.background_jobs import do_due_work
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection, ParkedConnection
from hubsync.store.deliveries import Delivery
from hubsync.store.people import Person
from tests.kit.broken_tables import break_table
from tests.kit.clock import later
from tests.kit.connections import change, give_app_another_secret, stored, uninstall
from tests.kit.mail_server import MailServer
from tests.kit.settings import make_settings

CHECKED = "Access of team acme to HubSpot was checked: "


def test_each_job_is_done_and_told_in_plain_words(oauth_acme: Any, smtp: MailServer) -> None:
    oauth_acme.fault(action="status", status=503, times=1)
    delivery = oauth_acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    oauth_acme.hubspot_recovers()
    with write_transaction() as session:
        session.query(Delivery).update({"next_attempt_at": now()})
        session.add(
            ParkedConnection(
                team_id=oauth_acme.team_id,
                person_id=session.query(Person.id).scalar(),
                method="oauth",
                hubspot_account_id="7654321",
                created_at=now(),
                expires_at=now(),
            )
        )
    assert list(do_due_work()) == [
        f"Delivery {delivery.id} is now posted.",
        CHECKED + "HubSpot accepts it, and the mappings are up to date.",
        "Accounts that waited for an answer in vain and were given back to HubSpot: 1.",
    ]
    change(connected_at=now() - timedelta(days=170), last_posted_at=None)
    assert list(do_due_work()) == [
        "Team acme is mailed that its access to HubSpot expires soon.",
        "Mail 1 (expiry_warning) was sent.",
    ]


def test_nothing_due_writes_nothing_and_asks_little(oauth_acme: Any) -> None:
    oauth_acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert list(do_due_work()) != []
    statements: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        calls = oauth_acme.calls_of(lambda: list(do_due_work()))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert calls == []
    assert [each for each in statements if each.split()[0] not in ("SELECT", "BEGIN")] == []
    assert "BEGIN IMMEDIATE" not in statements
    assert len([each for each in statements if each.startswith("SELECT")]) == 21


def test_a_job_that_meets_a_mistake_keeps_no_other_from_being_done(
    oauth_acme: Any, caplog: pytest.LogCaptureFixture
) -> None:
    break_table(db.session, "attempts")
    break_table(db.session, "deliveries")
    end_read()
    assert list(do_due_work()) == [CHECKED + "HubSpot accepts it, and the mappings are up to date."]
    assert "taking up due deliveries met OperationalError; it is tried again" in caplog.text


def test_a_stop_ends_it_before_the_next_job(oauth_acme: Any) -> None:
    told = iter([False, True, True, True])
    assert oauth_acme.calls_of(lambda: list(do_due_work(lambda: next(told)))) == []
    assert stored().checked_at is None


@pytest.mark.parametrize(
    ("end", "told"),
    [
        (uninstall, "HubSpot no longer accepts it; somebody has to press Connect."),
        (
            give_app_another_secret,
            "HubSpot refuses this installation's app; check HUBSYNC_HUBSPOT_CLIENT_ID and "
            "HUBSYNC_HUBSPOT_CLIENT_SECRET. It is asked again in an hour.",
        ),
        (
            lambda acme: acme.fault(action="status", status=503, times=None),
            "HubSpot could not be asked (hubspot_busy). It is asked again in an hour.",
        ),
        (
            lambda acme: change(connected_at=now() - timedelta(days=181)),
            "it has expired for want of a post, so HubSpot was not asked; somebody has to press Connect.",
        ),
    ],
)
def test_what_the_check_found_is_told_in_plain_words(oauth_acme: Any, end: Any, told: str) -> None:
    end(oauth_acme)
    assert next(iter(do_due_work())) == CHECKED + told  # and where access is gone, a notice


def test_several_workers_at_once_do_each_job_once(oauth_acme: Any, smtp: MailServer) -> None:
    """As the threads of two installations of the app over one database, and a `flask due` beside them."""
    app, sandbox = oauth_acme.app, oauth_acme.sandbox
    usual = make_settings(hubspot=sandbox.url, mail_port=smtp.port)
    another = create_app(usual, instance_path=Path(app.instance_path))
    oauth_acme.settings(rotate_refresh_tokens=True)
    oauth_acme.fault(action="status", status=503, times=1)
    for name in ("one", "two"):
        oauth_acme.book(f"Sato {name}", f"{name}@acme.co.jp", "Acme")
    oauth_acme.hubspot_recovers()
    with write_transaction() as session:
        session.query(Delivery).update({"next_attempt_at": now()})
        session.query(Connection).update(
            {"connected_at": now() - timedelta(days=170), "access_expires_at": now(), "refresh_not_before": None}
        )
    told: list[str] = []

    def work(serving: Flask) -> None:
        with serving.app_context():
            told.extend(do_due_work())

    def all_at_once() -> None:
        threads = [threading.Thread(target=work, args=(each,)) for each in (app, another, app, another, app)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    calls = oauth_acme.calls_of(all_at_once)
    with another.app_context():
        db.engine.dispose()
    assert calls.count("POST /oauth/2026-09/token") == 1
    assert calls.count("POST /oauth/2026-09/token/introspect") == 1
    assert calls.count("POST /crm/objects/2026-09/companies") == 1
    assert calls.count("POST /crm/objects/2026-09/contacts") == 2
    assert len(smtp.mails) <= 1  # the posts start the idle time anew, before the warning or after it
    assert len([each for each in told if each.startswith(CHECKED)]) == 1
    states = [state for (state,) in db.session.query(Delivery.state)]
    end_read()
    assert states == ["posted", "posted"]
    assert stored().state == "connected"


def test_an_hour_in_which_hubspot_is_down_loses_nothing(oauth_acme: Any) -> None:
    oauth_acme.fault(action="status", status=503, times=None)
    delivery = oauth_acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    change(access_expires_at=now())
    for minutes in range(1, 60, 6):
        with later(minutes=minutes):
            list(do_due_work())
            assert stored().state == "connected"
    requests.delete(f"{oauth_acme.sandbox.url}/sandbox/api/faults", timeout=60).raise_for_status()
    with later(hours=4):
        told = list(do_due_work())
    assert f"Delivery {delivery.id} is now posted." in told
    assert (stored().state, stored().trouble_code, stored().lost_at) == ("connected", "", None)
    assert settings().idle_expiry_days == 180
