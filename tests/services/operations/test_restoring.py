"""After a restore nothing is posted or mailed twice that was done since the backup."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask

from hubsync.domain.mails import MailKind
from hubsync.domain.outcomes import Outcome
from hubsync.errors import MailFailure
from hubsync.services import now
from hubsync.services.deliveries.dispatch import read_delivery
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.operations.restoring import Settled, restore
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.sender import send_due_mails
from hubsync.store import database_files, db, end_read, write_transaction
from hubsync.store.backup_file import write_backup
from hubsync.store.deliveries import Delivery
from hubsync.store.outbox import OutboxMail
from tests.kit import rows
from tests.kit.mail_server import MailServer
from tests.kit.meetings import meetings_at, read_kept, switch_meetings_on
from tests.kit.outbox_mails import GUEST, WRITERS, put_due_now

pytestmark = pytest.mark.sqlite("puts back a copy of the file; PostgreSQL has pg_dump")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "kept.sqlite3"


def keep(file: Path) -> None:
    write_backup(database_files()[0], file, now().isoformat(), "1")


def put_back(file: Path) -> Settled:
    db.session.remove()
    settled, _former = restore(file, database_files()[0], lambda ready: None)
    return settled


def test_what_was_posted_since_the_backup_is_found_at_hubspot_and_not_posted_again(
    acme: Any, app: Flask, kept: Path
) -> None:
    acme.fault(action="status", status=503, path="/companies", times=1)
    delivery_id = acme.book("Sato Mika", "mika@acme.co.jp", "Acme").id
    acme.hubspot_recovers()
    keep(kept)
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        run_due()
        assert read_delivery(delivery_id).state == "posted"
        end_read()
    assert put_back(kept).deliveries == 1
    assert read_delivery(delivery_id).contact == Outcome.INTENT, "nobody knows"
    end_read()
    with write_transaction() as session:
        session.query(Delivery).update({"next_attempt_at": now()})
    assert acme.calls_of(run_due) == [], "HubSpot's search may not know yet what was posted last"
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        run_due()
        delivery = read_delivery(delivery_id)
        end_read()
    (contact,), (company,) = acme.records("contacts"), acme.records("companies")
    assert acme.companies_of(contact) == {company["id"]}
    assert (delivery.state, delivery.contact, delivery.contact_id) == ("posted", "created", contact["id"])
    assert delivery.company_id == company["id"]


@pytest.mark.parametrize("was_tried", [False, True])
def test_a_meeting_that_was_made_since_the_backup_is_found_and_not_made_again(
    acme: Any, app: Flask, kept: Path, was_tried: bool
) -> None:
    if was_tried:
        switch_meetings_on(acme.calendar_id)
    acme.fault(action="status", status=503, path="/companies", times=1)
    delivery_id = acme.book("Sato Mika", "mika@acme.co.jp", "Acme").id
    acme.hubspot_recovers()
    switch_meetings_on(acme.calendar_id)
    keep(kept)
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        run_due()
        assert read_delivery(delivery_id).state == "posted"
        end_read()
    put_back(kept)
    with time_machine.travel(now() + timedelta(hours=1), tick=True):
        run_due()
    (meeting,) = meetings_at(acme.sandbox)
    found = read_kept(delivery_id)
    assert (read_delivery(delivery_id).state, found.state, found.meeting_id) == (
        "posted",
        "created",
        meeting["id"],
    )


def test_what_was_being_sent_is_taken_up_again_and_settled_deliveries_stay_as_they_are(
    acme: Any, kept: Path
) -> None:
    acme.book("Kato Rei", "rei@acme.co.jp", "Acme")
    with write_transaction() as session:
        booking = rows.add_booking(session, acme.team_id, acme.calendar_id)
        sending = rows.add_delivery(
            session, booking, "sending", lease_owner="gone", lease_until=now() + timedelta(seconds=60)
        ).id
    keep(kept)
    assert put_back(kept).deliveries == 1
    assert read_delivery(sending).lease_until is None
    assert read_delivery(1).contact == Outcome.CREATED
    end_read()


def test_a_mail_that_may_have_left_is_not_sent_by_itself_and_one_of_later_is(
    app: Flask, smtp: MailServer, acme: Any, kept: Path
) -> None:
    put_due_now()
    with write_transaction() as session:
        later = MailToPut(
            MailKind.GUEST_REMINDER, "later", {"to": GUEST, "words": "soon"}, not_before=now() + timedelta(hours=2)
        )
        put(session, later)
    keep(kept)
    assert len(send_due_mails(WRITERS)) == len(smtp.mails) == 1
    assert put_back(kept).mails == 1
    with time_machine.travel(now() + timedelta(hours=3), tick=True):
        send_due_mails(WRITERS)
    assert len(smtp.mails) == 2
    assert "soon" in str(smtp.mails[1])
    held = db.session.query(OutboxMail).filter_by(fault=MailFailure.RESTORED).one()
    end_read()
    assert (held.sent_at, held.next_try_at) == (None, None)
    assert held.content_sealed == ""
