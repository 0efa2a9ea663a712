"""Deliveries that failed, as the log has them: made with the counts that follow, without a call to HubSpot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hubsync.services import now
from hubsync.services.deliveries import transitions
from hubsync.store import write_transaction
from hubsync.store.deliveries import Delivery
from tests.kit import rows

GUEST = "hanako"


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
