"""Take deliveries: the due ones, and those a person wants tried again. One worker has a delivery at a time."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import cast

from sqlalchemy import CursorResult, and_, or_, select, update

from hubsync.errors import NotFound
from hubsync.hubspot.deadline import Deadline
from hubsync.services import now
from hubsync.services.carrying import carry
from hubsync.store import db, rest, writing
from hubsync.store.deliveries import Delivery

LEASE = timedelta(seconds=60)
BACKGROUND_SECONDS = 30.0
RETRIABLE = ("failed", "partial", "retrying", "waiting", "pending", "skipped")


def new_lease() -> dict[str, object]:
    """The columns that make a delivery ``sending`` for a worker of this moment."""
    return {"state": "sending", "lease_owner": secrets.token_hex(8), "lease_until": now() + LEASE}


def deliver(delivery_id: int, deadline: Deadline) -> None:
    """Take a delivery that is due (or abandoned) and carry it as far as it goes before *deadline*.

    Whatever HubSpot does ends up on the delivery; nothing is raised for it. Does nothing when another worker
    has the delivery.
    """
    lease = new_lease()
    moment = now()
    with writing() as session:
        taken = session.execute(
            update(Delivery)
            .where(
                Delivery.id == delivery_id,
                or_(
                    Delivery.state == "pending",
                    and_(Delivery.state == "retrying", Delivery.next_attempt_at <= moment),
                    and_(Delivery.state == "sending", Delivery.lease_until < moment),
                ),
            )
            .values(**lease)
        )
    if cast("CursorResult[object]", taken).rowcount == 1:
        carry(delivery_id, str(lease["lease_owner"]), deadline)


def retry(delivery_id: int) -> Delivery:
    """Try a delivery again because a person asked, with all its attempts ahead of it.

    What was refused is tried anew, what stands is not repeated. Returns the delivery as it then is.
    Raises NotFound for an unknown one; does nothing while a worker has it.
    """
    lease = new_lease()
    with writing() as session:
        delivery = session.get(Delivery, delivery_id)
        if delivery is None:
            raise NotFound("there is no such delivery")
        taken = session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state.in_(RETRIABLE))
            .values(**lease, attempts_used=0, next_attempt_at=None)
        )
        for step in ("company", "contact", "association"):
            again = getattr(Delivery, step).in_(("refused", "none"))
            session.execute(
                update(Delivery)
                .where(Delivery.id == delivery_id, Delivery.lease_owner == lease["lease_owner"], again)
                .values({step: ""})
            )
        # A booking of which nothing stands may go to whichever account is connected now: somebody asked for it.
        session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.lease_owner == lease["lease_owner"])
            .where(Delivery.company == "", Delivery.contact == "")
            .values(hubspot_account_id="")
        )
    if cast("CursorResult[object]", taken).rowcount == 1:
        carry(delivery_id, str(lease["lease_owner"]), Deadline.after(BACKGROUND_SECONDS))
    return read_delivery(delivery_id)


def read_delivery(delivery_id: int) -> Delivery:
    """The delivery as it is stored now. Raises NotFound."""
    delivery = db.session.get(Delivery, delivery_id, populate_existing=True)
    if delivery is None:
        raise NotFound("there is no such delivery")
    return delivery


def due_deliveries(limit: int) -> list[int]:
    """The ids of at most *limit* deliveries that are due now or were abandoned by their worker, oldest first."""
    moment = now()
    found = db.session.scalars(
        select(Delivery.id)
        .where(
            or_(
                Delivery.state == "pending",
                and_(Delivery.state == "retrying", Delivery.next_attempt_at <= moment),
                and_(Delivery.state == "sending", Delivery.lease_until < moment),
            )
        )
        .order_by(Delivery.id)
        .limit(limit)
    ).all()
    rest()
    return list(found)
