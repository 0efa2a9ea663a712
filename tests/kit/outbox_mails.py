"""Mails that tests put into the outbox, and how they are written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hubsync.domain.mails import MailKind
from hubsync.services import now
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.sender import WrittenMail, send_due_mails
from hubsync.store import db, end_read, write_transaction
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from tests.kit.clock import at

START = datetime(2027, 3, 1, 12, tzinfo=UTC)
"""When all mails are put; `send_after` counts from it."""
GUEST = "jun@guest.example"


def write(content: Mapping[str, Any], person: Person | None) -> WrittenMail:
    to = person.email if person is not None else content["to"]
    return WrittenMail(to, "Intro call", f"The words are {content['words']}.")


WRITERS = dict.fromkeys(MailKind, write)


def put_one(key: str = "one", **different: Any) -> bool:
    """Put a mail some seconds before the START."""
    content = {"to": different.pop("to", GUEST), "words": different.pop("words", "kind")}
    with at(START - timedelta(seconds=10)), write_transaction() as session:
        return put(session, MailToPut(MailKind.GUEST_CONFIRMATION, key, content, **different))


def send_after(**after: float) -> int:
    """How many mails are sent then."""
    with at(START + timedelta(**after)):
        return len(send_due_mails(WRITERS))


def stored(key: str = "one") -> OutboxMail:
    row = db.session.query(OutboxMail).populate_existing().filter_by(key=key).one()
    end_read()
    return row


def put_due_now() -> None:
    """Put a mail by the clock as it is."""
    with write_transaction() as session:
        content = {"to": GUEST, "words": "kind"}
        put(session, MailToPut(MailKind.GUEST_CONFIRMATION, f"at {now().isoformat()}", content))
