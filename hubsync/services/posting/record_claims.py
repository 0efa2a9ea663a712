"""Claims on records that HubSpot has already: of all our workers one at a time writes to such a record.

HubSpot's writes are not conditional, so whoever reads that a property is empty has to be the only one of ours who
fills it. Whoever finds the record claimed waits for it, across threads, processes and machines; a claim whose
worker died is over by itself.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import and_, bindparam, delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hubsync.domain.mapping import Section
from hubsync.errors import RecordBusy
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.store import db, end_read, is_write_conflict, retry_on_conflict, run, write_transaction
from hubsync.store.fillings import RecordClaim
from hubsync.store.leases import RECORD_CLAIM

POLL_SECONDS = 0.05
LONGEST_WAIT = 3.0
"""Seconds in which whoever has a record is through with it, unless it died."""
_TABLE = RecordClaim.__table__
_THIS = and_(
    _TABLE.c.hubspot_account_id == bindparam("account"),
    _TABLE.c.section == bindparam("of_section"),
    _TABLE.c.record_id == bindparam("record"),
)
_LOOK = select(_TABLE).where(_THIS).with_for_update()
_TAKE = update(_TABLE).where(_THIS)
_ADD = insert(_TABLE)
_HELD = select(_TABLE.c.id).where(_TABLE.c.claim_owner == bindparam("holder"))
_DROP = delete(_TABLE).where(_TABLE.c.claim_owner == bindparam("holder"))


def take(
    account_id: str, section: Section, record_id: str, deadline: Deadline, beside: Callable[[Session], None]
) -> str:
    """Let nobody else of ours write to the record; returns the claim's holder.

    *beside* is written in the same transaction. Raises RecordBusy when another one has it for so long
    that it is better to come back.
    """
    holder, ends = secrets.token_hex(8), time.monotonic() + min(LONGEST_WAIT, deadline.left())
    while True:
        try:
            with write_transaction() as session:
                _take(session, account_id, section, record_id, holder)
                beside(session)
                return holder
        except RecordBusy:
            if ends - time.monotonic() < POLL_SECONDS:
                raise
        except DBAPIError as fault:
            if not is_write_conflict(fault) or ends - time.monotonic() < POLL_SECONDS:
                raise
        time.sleep(POLL_SECONDS)


@contextmanager
def claimed(account_id: str, section: Section, record_id: str, deadline: Deadline) -> Iterator[str]:
    """Have the record, by the claim whose holder is given, for as long as the block lasts. Raises as `take`."""
    holder = take(account_id, section, record_id, deadline, lambda session: None)
    try:
        yield holder
    finally:
        release(holder)


def is_held(session: Session, holder: str) -> bool:
    """Whether the claim is still the holder's: it may have ended, and somebody else may have it by now."""
    return run(session, _HELD, {"holder": holder}).first() is not None


def let_go(session: Session, holder: str) -> None:
    """Let others have the record; the caller commits."""
    run(session, _DROP, {"holder": holder})


def release(holder: str) -> None:
    """Let others have the record."""

    def unit() -> None:
        with write_transaction() as session:
            let_go(session, holder)

    retry_on_conflict(unit)


def forget_ended() -> None:
    """Drop claims whose worker died and which nobody took over."""
    ended = RECORD_CLAIM.free(now())
    there = db.session.scalar(select(_TABLE.c.id).where(ended).limit(1))
    end_read()
    if there is not None:
        with write_transaction() as session:
            session.execute(delete(_TABLE).where(ended))


def _take(session: Session, account_id: str, section: Section, record_id: str, holder: str) -> None:
    moment, named = now(), {"account": account_id, "of_section": section, "record": record_id}
    claimed = RECORD_CLAIM.taken(moment, holder)
    row = run(session, _LOOK, named).one_or_none()
    if row is None:
        values = {"hubspot_account_id": account_id, "section": section, "record_id": record_id}
        run(session, _ADD, {**values, **claimed})
    elif RECORD_CLAIM.is_held(row, moment):
        raise RecordBusy("another booking is writing to this record", POLL_SECONDS)
    else:
        run(session, _TAKE, {**named, **claimed})
