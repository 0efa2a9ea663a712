"""Other bookings of an account: whether one of them registered a record that this one may have registered."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute

from hubsync.domain.outcomes import Outcome
from hubsync.services.posting.context import Posting
from hubsync.store import db, end_read
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery


def of_another_booking(
    posting: Posting, part: InstrumentedAttribute[Outcome], *record: ColumnElement[bool] | Any
) -> bool:
    """Whether another delivery of the account created the record; *part* is its company or contact.

    *record* are the conditions that name it, by which its row is found fast if one of them has an index.
    """
    taken, account_id = posting.task.delivery, posting.task.account_id
    if taken is None:
        return False
    in_account = select(Connection.team_id).where(Connection.hubspot_account_id == account_id)
    other = select(Delivery.id).where(
        Delivery.team_id.in_(in_account),
        Delivery.hubspot_account_id == account_id,
        part == Outcome.CREATED,
        *record,
        Delivery.id != taken.id,
    )
    is_known = db.session.scalar(other.limit(1)) is not None
    end_read()
    return is_known
