"""Deliveries that failed, as the log has them: made with the counts that follow, without a call to HubSpot."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import time_machine

from hubsync.services import now
from hubsync.services.deliveries import transitions
from hubsync.services.notices.sender import send_due_notices
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.notices import Notice
from tests.kit import rows

GUEST = "hanako"
START = datetime(2027, 3, 1, 12, tzinfo=UTC)
"""When the histories of notices begin; `told` and `failing` count from it."""


def fail(acme: Any, state: str = "failed", reason: str = "record_refused", **values: Any) -> int:
    """One more delivery of the team, which came to be in *state* just now; returns its id."""
    moment = now()
    with write_transaction() as session:
        guest = {"guest_name": GUEST, "guest_email": f"{GUEST}@acme.co.jp"}
        times = {"starts_at": moment + timedelta(days=1), "created_at": moment}
        booking = rows.add_booking(session, acme.team_id, acme.calendar_id, **guest, **times)
        delivery = rows.add_delivery(session, booking, "sending")
        become(session, delivery, state, reason, **values)
        return delivery.id


def become(session: Any, delivery: Delivery, state: str, reason: str, **values: Any) -> None:
    ended = {} if state in ("retrying", "waiting") else {"finished_at": now()}
    troubled = transitions.troubled_since(delivery, state)
    assert transitions.move(
        session, delivery, state, reason=reason, **{"troubled_at": troubled, **ended, **values}
    )


def change_to(delivery_id: int, state: str, reason: str = "record_refused") -> None:
    """A worker has tried the delivery again, and now it is in *state*."""
    with write_transaction() as session:
        delivery = session.get_one(Delivery, delivery_id)
        assert transitions.move(session, delivery, "sending")
        become(session, delivery, state, reason)


def kept(acme: Any) -> Notice:
    """What is written down about the team's notices."""
    row = db.session.query(Notice).populate_existing().filter_by(team_id=acme.team_id).one()
    end_read()
    return row


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """HubSync's clock goes on from *moment*."""
    with time_machine.travel(moment, tick=True):
        yield


def told(**after: float) -> int:
    """How many teams are mailed then."""
    with at(START + timedelta(**after)):
        return len(send_due_notices())


def failing(acme: Any, state: str = "failed", reason: str = "record_refused", **after: float) -> int:
    """A delivery that fails then."""
    with at(START + timedelta(**after)):
        return fail(acme, state, reason)


def body(mail: Any, kind: str = "plain") -> str:
    content: str = mail.get_body((kind,)).get_content()
    return content
