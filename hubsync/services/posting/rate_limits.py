"""Circuit breaker and rate limits shared by all workers of a connection."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Select, and_, bindparam, or_, select, update
from sqlalchemy.orm import Session

from hubsync.domain.pacing import CIRCUIT, ONE_CALL, SHARE, UNANSWERED_BORNE
from hubsync.domain.pauses import Pause
from hubsync.domain.reasons import Reason
from hubsync.errors import (
    AnswerLost,
    HubSpotError,
    HubSpotUnreachable,
    HubSyncError,
    NotAsked,
    RateLimited,
)
from hubsync.services import now
from hubsync.services.connection.held_deliveries import make_due
from hubsync.services.posting import shared_pace
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.context import Posting
from hubsync.store import db, end_read, run
from hubsync.store.connections import Connection

Occasion = Literal["first", "due", "asked"]
"""Why an attempt is made: a guest's request, the time has come, or a person pressed Retry."""
_TABLE = Connection.__table__
_LEARN = update(_TABLE).where(_TABLE.c.id == bindparam("this"))
_HOLD = update(_TABLE).where(_TABLE.c.hubspot_account_id == bindparam("account"))
BUSY_SECONDS = 10.0
POLL_SECONDS = 0.1


def blocked_until(connection: Connection, occasion: Occasion) -> tuple[str, datetime] | None:
    """Why HubSpot is not called for this attempt, and from when on it may be; None when it is called.

    Whoever presses Retry wants to see for themselves.
    """
    moment = now()
    if occasion == "asked":
        return None
    if connection.paused_until is not None and connection.paused_until > moment:
        return connection.paused_code, connection.paused_until
    if occasion == "first" and connection.circuit_until is not None and connection.circuit_until > moment:
        return Reason.CIRCUIT_OPEN, moment
    return None


def wait_for_turn(team_id: int, longest_seconds: float) -> Reservation | None:
    """Wait until the team's HubSpot may be called without a guest waiting, at most so long; None if it may not be.

    The reservation that is got has room for one call, and keeps to a share of the limits.
    """
    ends = time.monotonic() + longest_seconds
    while True:
        resting = db.session.scalar(paused_teams().where(Connection.team_id == team_id)) is not None
        end_read()
        left = ends - time.monotonic()
        if not resting:
            return shared_pace.reserve_calls(team_id, ONE_CALL, share=SHARE, seconds=max(0.0, left))
        if left <= 0:
            return None
        time.sleep(min(left, POLL_SECONDS))


def paused_until(team_id: int) -> tuple[str, datetime] | None:
    """Why, and until when, HubSpot is left alone by work that nobody waits for; None when it is not.

    The pace is no reason: it is over in a moment.
    """
    moment = now()
    row = db.session.execute(
        select(
            Connection.paused_code, Connection.paused_until, Connection.circuit_until, Connection.unanswered
        ).where(Connection.team_id == team_id)
    ).one_or_none()
    if row is None:
        return None
    if row.paused_until is not None and row.paused_until > moment:
        return row.paused_code, row.paused_until
    if row.circuit_until is not None and row.circuit_until > moment and row.unanswered > UNANSWERED_BORNE:
        return Reason.CIRCUIT_OPEN, row.circuit_until
    return None


def paused_teams() -> Select[int]:
    """The ids of teams for which nothing is to be called now unless a guest or a person waits for it."""
    moment = now()
    return select(Connection.team_id).where(
        or_(
            and_(Connection.circuit_until > moment, Connection.unanswered > UNANSWERED_BORNE),
            Connection.paused_until > moment,
            Connection.pace_until > moment,
        )
    )


def note(
    session: Session,
    team_id: int,
    posting: Posting,
    fault: HubSyncError | None,
    pause: Pause | None,
    *,
    posted: bool,
) -> None:
    """Write on the connection what the attempt learnt of HubSpot; part of the caller's transaction.

    *pause* is what *fault* orders for the whole account. *posted* says that the delivery counts against the idle
    expiry. Another account that was connected meanwhile has nothing to do with it, and the delivery does not wait
    for the former one's pause.
    """
    posting.task.reservation.release()
    rows = shared_pace.rows_of_account(session, posting.task.account_id)
    connection = next((row for row in rows if row.team_id == team_id), None)
    if connection is None:
        if pause is not None:
            make_due(session, team_id, [pause.code])
        return
    moment = now()
    learnt: dict[str, Any] = {}
    usage = shared_pace.exchange_usage(rows, posting.task.account_id)
    if usage is not None and connection is rows[0]:
        learnt["pace"] = usage
    elif usage is not None:
        run(session, _LEARN, {"this": rows[0].id, "pace": usage})
    if posted:
        learnt["last_posted_at"] = moment
    if pause is not None:
        learnt["paused_code"], learnt["paused_until"] = pause.code, pause.until
    elif isinstance(fault, RateLimited):
        held = moment + timedelta(seconds=fault.retry_after or BUSY_SECONDS)
        if connection.pace_until is None or connection.pace_until < held:
            # The limits are the account's, whichever of its teams called.
            run(session, _HOLD, {"account": posting.task.account_id, "pace_until": held})
    if is_down(fault):
        learnt["circuit_until"], learnt["unanswered"] = moment + CIRCUIT, connection.unanswered + 1
    elif posting.answered and connection.unanswered:
        learnt["circuit_until"], learnt["unanswered"] = None, 0
    if posting.answered and fault is None and connection.paused_until is not None:
        # Somebody pressed Retry, and HubSpot takes calls again.
        learnt["paused_code"], learnt["paused_until"] = "", None
        make_due(session, team_id, [connection.paused_code])
    if learnt:
        run(session, _LEARN, {"this": connection.id, **learnt})


def is_down(fault: HubSyncError | None) -> bool:
    """Whether *fault* says that HubSpot does not answer anybody: a time-out, 5xx or no connection.

    Its scope does not tell: it is HubSpot too that is busy with this account alone.
    """
    if isinstance(fault, NotAsked):
        return False
    if isinstance(fault, (HubSpotUnreachable, AnswerLost)):
        return True
    return isinstance(fault, HubSpotError) and fault.status is not None and fault.status >= 500
