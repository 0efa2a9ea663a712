"""Rate limit shared between processes: each writes its calls on the connection and reads the others'.

Both happen in transactions that a delivery makes anyway, the first of them before its first call.
"""

from __future__ import annotations

import json
import math
import time
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, select, update
from sqlalchemy.orm import Session

from hubsync.domain.pacing import LONGEST_UNDER_WAY, AnsweredCalls, CallCount, RateLimit
from hubsync.errors import NoReservation
from hubsync.services import now, tools
from hubsync.services.posting.call_reservations import Reservation
from hubsync.store import db, end_read, if_given_up, run, write_transaction
from hubsync.store.connections import Connection

_TABLE = Connection.__table__
_GLANCE = select(_TABLE.c.hubspot_account_id, _TABLE.c.pace_until).where(_TABLE.c.team_id == bindparam("team"))
# Teams that share an account share its limits. In one order, so that no two transactions wait for each other.
_OF_ACCOUNT = (
    select(
        *_TABLE.c["id", "team_id", "circuit_until", "unanswered"],
        *_TABLE.c["paused_code", "paused_until", "pace_until", "pace"],
    )
    .where(_TABLE.c.hubspot_account_id == bindparam("account"))
    .order_by(_TABLE.c.id)
    .with_for_update()
)
_ANNOUNCED = select(_TABLE.c.pace).where(_TABLE.c.hubspot_account_id == bindparam("account"), _TABLE.c.pace != "")
_TELL = update(_TABLE).where(_TABLE.c.id == bindparam("this"))
_TENTHS = 10
POLL_SECONDS = 0.1


def reserve_calls(
    team_id: int, need: CallCount, *, share: float = 1.0, seconds: float = 0.0
) -> Reservation | None:
    """A reservation for *need* calls to the team's HubSpot, within *seconds*; None when there is none.

    None is taken while HubSpot holds everybody back after a 429. A team without a connection makes no calls.
    """
    ends = time.monotonic() + seconds
    while True:
        row = _glance(db.session(), team_id)
        end_read()
        left = max(0.0, ends - time.monotonic())
        held = _held_seconds(row)
        if held <= 0:
            return _take(row, need, share, left)
        if held > left:
            return None
        time.sleep(min(held, POLL_SECONDS))


def reserve_at_once(session: Session, team_id: int, need: CallCount) -> Reservation | None:
    """The same without waiting, in the caller's transaction; released if that is given up."""
    row = _glance(session, team_id)
    reservation = _take(row, need, 1.0, 0.0) if _held_seconds(row) <= 0 else None
    if reservation is not None:
        if_given_up(session, reservation.release)
    return reservation


def _glance(session: Session, team_id: int) -> Row[Any] | None:
    return run(session, _GLANCE, {"team": team_id}).one_or_none()


def _held_seconds(row: Row[Any] | None) -> float:
    """How long HubSpot holds everybody back yet."""
    until = row.pace_until if row is not None else None
    return (until - now()).total_seconds() if until is not None else 0.0


def _take(row: Row[Any] | None, need: CallCount, share: float, seconds: float) -> Reservation | None:
    if row is None:
        return tools().call_reservations.open("")
    return tools().call_reservations.take(row.hubspot_account_id, need, share=share, seconds=seconds)


def open_reservation(account_id: str) -> Reservation:
    """A reservation for calls that wait for nothing; they are counted."""
    return tools().call_reservations.open(account_id)


def announce_calls(session: Session, reservation: Reservation) -> None:
    """Announce the calls of *reservation* to other processes beforehand; part of the caller's transaction.

    Raises NoReservation when the others' calls leave no room for them, or HubSpot holds everybody back by now:
    then the transaction is to be given up, and the reservation is released.
    """
    rows = rows_of_account(session, reservation.account_id)
    if not rows:
        return
    usage = exchange_usage(rows, reservation.account_id)
    moment = now()
    held = any(row.pace_until is not None and row.pace_until > moment for row in rows)
    if held or tools().call_reservations.exceeds(reservation.account_id):
        reservation.release()
        raise NoReservation("HubSpot's limits leave no room for another call just now")
    if usage is not None:
        run(session, _TELL, {"this": rows[0].id, "pace": usage})


def announce_if_shared(reservation: Reservation) -> None:
    """Announce them by a commit of its own, if there are other processes. Raises NoReservation."""
    rows = run(db.session(), _ANNOUNCED, {"account": reservation.account_id}).scalars().all()
    end_read()
    if any(_read(text, tools().call_reservations.process)[0] for text in rows):
        with write_transaction() as session:
            announce_calls(session, reservation)


def rows_of_account(session: Session, account_id: str) -> Sequence[Row[Any]]:
    """What the connections to the account say of its limits and pauses, locked where the database locks rows."""
    return run(session, _OF_ACCOUNT, {"account": account_id}).all()


def exchange_usage(rows: Sequence[Row[Any]], account_id: str) -> str | None:
    """Read what other processes announced; return what the first of *rows* should say now, None for no change."""
    reservations, moment = tools().call_reservations, time.time()
    before = rows[0].pace
    usage, limit = _read(before, reservations.process)
    # Nobody else's word about the limit is newer than that of an answer to this process.
    own, own_limit = reservations.own_usage(account_id)
    heard = limit if own_limit == RateLimit() else None
    reservations.merge_usage(account_id, usage, heard)
    oldest, latest = moment - (heard or own_limit).seconds, moment + 2 * LONGEST_UNDER_WAY
    kept = {process: [each for each in made if oldest < each.moment <= latest] for process, made in usage.items()}
    told = {process: made for process, made in {**kept, reservations.process: own}.items() if made}
    after = _written(told, heard or own_limit)
    return after if after != before else None


def _read(text: str, but: str) -> tuple[dict[str, list[AnsweredCalls]], RateLimit | None]:
    """What every process *but* one told."""
    if not text:
        return {}, None
    read = json.loads(text)
    told = {
        process: [AnsweredCalls(tenths / _TENTHS, calls, searches) for tenths, calls, searches in made]
        for process, made in read["made"].items()
        if process != but
    }
    return told, RateLimit(*read["limit"])


def _written(usage: Mapping[str, Sequence[AnsweredCalls]], limit: RateLimit) -> str:
    """As JSON, by the tenth of a second; rounded up, so that nothing counts for too short."""
    # Rounded before: what was read from tenths must not grow by another one.
    made = {
        process: [(math.ceil(round(moment * _TENTHS, 3)), calls, searches) for moment, calls, searches in told]
        for process, told in usage.items()
    }
    return json.dumps({"limit": [limit.calls, limit.seconds], "made": made}, separators=(",", ":"))
