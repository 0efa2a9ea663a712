"""Restoring a backup: the copy is made ready beside the database, and takes its place in one transaction.

What was due when the backup was made may have been done since. `settle` makes the copy fit to be worked with.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection as Transaction
from sqlalchemy import and_, delete, insert, not_, or_, select, update

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mails import MailKind
from hubsync.domain.meetings import OPEN_MEETING, MeetingState
from hubsync.domain.outcomes import Outcome
from hubsync.domain.reasons import Reason
from hubsync.errors import MailFailure
from hubsync.services import now
from hubsync.services.operations.backups import product_version, tell_fault
from hubsync.services.operations.sole_access import alone_with
from hubsync.services.posting.company_memory import SETTLING
from hubsync.store import backup_file, db, write_transaction
from hubsync.store.connections import ConnectAttempt, Connection
from hubsync.store.deliveries import Delivery
from hubsync.store.leases import DELIVERY, MEETING, OUTBOX
from hubsync.store.mappings import MappingRecord
from hubsync.store.meetings import BEGUN, Meeting
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import PersonSession, SigninLink, UnconfirmedIdentity
from hubsync.store.sealed_text import NOTHING
from hubsync.store.teams import InvitationClaim

SIGNED_IN = (PersonSession, SigninLink, UnconfirmedIdentity, InvitationClaim, ConnectAttempt)
"""Tables whose rows let somebody in, once or for as long as they are there: each may have been used up since."""
ON_ITS_WAY = (
    DeliveryState.PENDING,
    DeliveryState.SENDING,
    DeliveryState.RETRYING,
    DeliveryState.WAITING,
)
"""What HubSync, a regained access or a mapping takes up by itself, and so may have posted since."""
OF_WHAT_IS = (MailKind.NOTICE, MailKind.NOTICE_COPY, MailKind.EXPIRY_WARNING)
"""Mails that are written when they are sent, of what is so then."""


def restore(file: Path, database: Path, migrate: Callable[[Path], None]) -> tuple[Settled, Path | None]:
    """Put the backup *file*, which was verified, in the place of *database*, and keep that beside it.

    *migrate* brings a database up to this HubSync. Killed at any moment, the database of before or the restored
    one is there, whole. Returns what was settled, and where the database of before is, if there was one. Raises
    Refused, and changes nothing, while a process has *database* open and when the disk is full or cannot be
    written to.
    """
    db.engine.dispose()
    try:
        with backup_file.part_of(database) as ready, alone_with(database) as present:
            shutil.copyfile(file, ready)
            with closing(sqlite3.connect(ready, isolation_level=None)) as copy:
                backup_file.drop_manifest(copy)
            migrate(ready)
            with backup_file.engine_of(ready) as engine, engine.begin() as transaction:
                settled = settle(transaction, now())
            kept = _keep(database, present)
            _put(ready, database, present)
            return settled, kept
    except (sqlite3.Error, OSError) as fault:
        raise tell_fault(database, fault) from fault


@dataclass(frozen=True)
class Settled:
    """How many deliveries, mails and sessions there were of which nobody knows what became of them since."""

    deliveries: int
    mails: int
    sessions: int


def settle(transaction: Transaction, moment: datetime) -> Settled:
    """Make a database that comes from a backup fit to be worked with at *moment*; the caller commits.

    Nobody is signed in. Deliveries that were on their way, and meetings that were to be made, may be at HubSpot:
    it is asked as after an answer that was lost, and not before its search knows what was posted last. Mails that
    may have left are not sent by themselves.
    """
    sessions, *_others = [transaction.execute(delete(each)).rowcount for each in SIGNED_IN]
    _rest(transaction, moment)
    _doubt_meetings(transaction)
    return Settled(_doubt_deliveries(transaction), _hold_mails(transaction, moment), sessions)


def settle_database() -> Settled:
    """Settle the database in use, which was restored by other means. Nothing may serve meanwhile."""
    with write_transaction() as session:
        return settle(session.connection(), now())


def _doubt_deliveries(transaction: Transaction) -> int:
    table = Delivery.__table__
    open_ones = table.c.state.in_(ON_ITS_WAY)
    transaction.execute(update(table).where(open_ones).values(DELIVERY.released()))
    untold = and_(open_ones, table.c.contact == Outcome.UNTRIED)
    transaction.execute(update(table).where(untold).values(contact=Outcome.INTENT))
    return transaction.execute(update(table).where(open_ones).values(state=table.c.state)).rowcount


def _doubt_meetings(transaction: Transaction) -> None:
    """Take every meeting that is to be made yet for one that may have been made; a row is needed to say so."""
    kept, deliveries = Meeting.__table__, Delivery.__table__
    on_its_way = select(deliveries.c.id).where(deliveries.c.state.in_(ON_ITS_WAY))
    awaited = or_(kept.c.due_at.is_not(None), kept.c.delivery_id.in_(on_its_way))
    perhaps = {"state": MeetingState.INTENT, **MEETING.released()}
    transaction.execute(update(kept).where(kept.c.state.in_(OPEN_MEETING), awaited).values(perhaps))
    wanted = on_its_way.join(MappingRecord, MappingRecord.calendar_id == deliveries.c.calendar_id).where(
        MappingRecord.meetings_on, deliveries.c.id.not_in(select(kept.c.delivery_id))
    )
    unwritten = transaction.execute(wanted).scalars().all()
    if unwritten:
        transaction.execute(insert(kept), [{**BEGUN, **perhaps, "delivery_id": each} for each in unwritten])


def _rest(transaction: Transaction, moment: datetime) -> None:
    """Leave HubSpot alone for as long as its search may not show what was written last."""
    table, until = Connection.__table__, moment + SETTLING
    free = or_(table.c.paused_until.is_(None), table.c.paused_until < until)
    transaction.execute(update(table).where(free).values(paused_until=until, paused_code=Reason.RESTORED))


def _hold_mails(transaction: Transaction, moment: datetime) -> int:
    """Whatever could have left by now is not sent by itself; Team Settings > Mails shows it."""
    table = OutboxMail.__table__
    begun = or_(table.c.not_before.is_(None), table.c.not_before <= moment)
    waits = and_(table.c.settled_at.is_(None), begun, not_(table.c.kind.in_(OF_WHAT_IS)))
    held = {
        "settled_at": moment,
        "next_try_at": None,
        "handing_over_at": None,
        "fault": MailFailure.RESTORED,
        "content_sealed": NOTHING,
        **OUTBOX.released(),
    }
    return transaction.execute(update(table).where(waits).values(held)).rowcount


def _keep(database: Path, present: sqlite3.Connection | None) -> Path | None:
    """Keep the database of before beside the one that comes: a backup as any other, or, damaged, the files."""
    moment = now()
    kept = database.with_name(f"{database.stem}-before-restore-{moment:%Y%m%dT%H%M%S%f}{database.suffix}")
    if present is not None:
        try:
            backup_file.write_backup(present, kept, moment.isoformat(), product_version())
            return kept
        except sqlite3.DatabaseError as fault:
            if isinstance(fault, sqlite3.OperationalError):
                raise
    if not database.exists():
        return None
    for end in ("", *backup_file.ENDS):
        beside = database.with_name(database.name + end)
        if beside.exists():
            shutil.copyfile(beside, kept.with_name(kept.name + end))
            kept.with_name(kept.name + end).chmod(0o600)
    return kept


def _put(ready: Path, database: Path, present: sqlite3.Connection | None) -> None:
    if present is not None:
        try:
            with closing(sqlite3.connect(ready)) as copy:
                copy.backup(present)  # one transaction, which a process that is killed leaves undone
            return
        except sqlite3.DatabaseError as fault:
            if isinstance(fault, sqlite3.OperationalError):
                raise
            present.close()
    for end in backup_file.ENDS:
        database.with_name(database.name + end).unlink(missing_ok=True)
    backup_file.put_in_place(ready, database, overwrite=True)
    os.chmod(database, 0o600)
