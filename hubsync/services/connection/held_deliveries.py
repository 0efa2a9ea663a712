"""Deliveries that a pause of their team's HubSpot account holds back, and what ends the waiting."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from hubsync.domain.delivery_states import DeliveryState
from hubsync.services import now
from hubsync.store.deliveries import Delivery

_TABLE = Delivery.__table__
_HELD = (
    select(_TABLE.c.id)
    .where(
        _TABLE.c.team_id == bindparam("team"),
        _TABLE.c.state == DeliveryState.RETRYING,
        _TABLE.c.dismissed_at.is_(None),
        _TABLE.c.reason.in_(bindparam("codes", expanding=True)),
        _TABLE.c.next_attempt_at > bindparam("moment"),
    )
    # Whoever has one of them locked decides itself when it is tried; waiting for them would be a deadlock where
    # they wait for the connection that the caller has locked.
    .with_for_update(skip_locked=True)
)
_WAKE = update(_TABLE).where(_TABLE.c.id.in_(_HELD)).values(next_attempt_at=bindparam("moment"))


def make_due(session: Session, team_id: int, codes: Collection[str]) -> None:
    """Have the team's deliveries tried now that pauses with these *codes* held back, however long they were meant.

    The caller commits.
    """
    session.execute(_WAKE, {"team": team_id, "codes": list(codes), "moment": now()})
