"""Leases: the right of one worker to a row for a limited time, written in the row.

Every lease is taken by one conditional UPDATE that counts its row, so that of two workers at one instant one gets
it, on SQLite and on PostgreSQL. One whose worker was killed is over by itself. So is one that ends later than any
of its kind can: it was written before a clock was set back (`domain/clock_skew`), and would keep the row from
everybody until the clock has caught up.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, or_, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from hubsync.domain.clock_skew import SKEW, is_ahead
from hubsync.store import changed
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.companies import KnownCompany
from hubsync.store.connections import Connection, ParkedConnection
from hubsync.store.deliveries import Delivery
from hubsync.store.fillings import RecordClaim
from hubsync.store.imports import BookingImport
from hubsync.store.meetings import Meeting
from hubsync.store.outbox import OutboxMail
from hubsync.store.replays import Replay
from hubsync.store.sources import SourceAccount, SourceComparison
from hubsync.store.undoings import Undoing


@dataclass(frozen=True)
class Lease:
    """One kind of lease: the columns that hold it, and how long it lasts.

    *until* names the column with its end, None while nobody has it; *owner* the one with the worker's name, "" for
    a lease that tells its workers apart by its end alone.
    """

    table: Table
    until: str
    length: timedelta
    owner: str = ""

    def free(self, moment: datetime) -> ColumnElement[bool]:
        """The condition that nobody has the row at *moment*."""
        return is_over(self._end, moment, self.length)

    def is_held(self, row: object, moment: datetime) -> bool:
        """Whether somebody has *row*, read with the lease's columns, at *moment*."""
        return is_ahead(getattr(row, self.until), moment, self.length)

    def taken(self, moment: datetime, worker: str = "") -> dict[str, Any]:
        """The columns of a row that *worker* takes at *moment*."""
        return self._columns(worker, moment + self.length)

    def released(self) -> dict[str, Any]:
        """The columns of a row that nobody has."""
        return self._columns("", None)

    def acquire(self, session: Session, moment: datetime, *which: ColumnElement[bool], worker: str = "") -> bool:
        """Take the one row that is *which*; False when another worker has it, or there is none.

        The caller commits.
        """
        return self._update(session, self.taken(moment, worker), self.free(moment), *which)

    def renew(self, session: Session, moment: datetime, *which: ColumnElement[bool], worker: str) -> bool:
        """Keep the one row that is *which* for its whole length again; False when it is not *worker*'s any more.

        One that ended meanwhile, and that nobody else has taken, still is.
        """
        return self._update(session, self.taken(moment, worker), self.held_by(worker), *which)

    def release(self, session: Session, worker: str) -> None:
        """Let others have what *worker* still has."""
        session.execute(update(self.table).where(self.held_by(worker)).values(self.released()))

    def clear(self, row: object) -> None:
        """Let others have *row*, an object of the session, whoever has it."""
        for name, value in self.released().items():
            setattr(row, name, value)

    def held_by(self, worker: str) -> ColumnElement[bool]:
        """The condition that the row was taken by *worker*, and by nobody else since."""
        return self.table.c[self.owner] == worker

    def taken_at(self, moment: datetime) -> ColumnElement[bool]:
        """The same for a lease that has no owner's column: that the row was taken at *moment*."""
        return self._end == moment + self.length

    def _update(self, session: Session, values: dict[str, Any], *which: ColumnElement[bool]) -> bool:
        return changed(session, update(self.table).where(*which).values(values)) == 1

    def _columns(self, worker: str, until: datetime | None) -> dict[str, Any]:
        return {self.until: until} | ({self.owner: worker} if self.owner else {})

    @property
    def _end(self) -> Column[Any]:
        return self.table.c[self.until]


def is_over(
    until: Column[Any] | InstrumentedAttribute[datetime | None], moment: datetime, longest: timedelta
) -> ColumnElement[bool]:
    """The condition that *until*, a column never set further ahead than *longest*, is empty or not to come.

    The opposite of `domain.clock_skew.is_ahead`, for the database.
    """
    return or_(until.is_(None), until <= moment, until > moment + longest + SKEW)


DELIVERY = Lease(Delivery.__table__, "lease_until", timedelta(seconds=60), owner="lease_owner")
MEETING = Lease(Meeting.__table__, "lease_until", timedelta(seconds=60), owner="lease_owner")
"""As long as that of the delivery, with which an attempt takes and gives it back."""
REPLAY = Lease(Replay.__table__, "worker_until", timedelta(seconds=90), owner="worker")
IMPORT = Lease(BookingImport.__table__, "worker_until", timedelta(seconds=90), owner="worker")
COMPANY_CLAIM = Lease(KnownCompany.__table__, "claim_until", timedelta(seconds=60), owner="claim_owner")
RECORD_CLAIM = Lease(RecordClaim.__table__, "claim_until", timedelta(seconds=60), owner="claim_owner")
TOKEN_REFRESH = Lease(Connection.__table__, "refresh_until", timedelta(seconds=30), owner="refresh_owner")
"""A call of 20 s, and a commit that may wait for its lock."""
DAILY_CHECK = Lease(Connection.__table__, "check_until", timedelta(minutes=2))
REVOCATION = Lease(ParkedConnection.__table__, "drop_until", timedelta(minutes=1))
SUBSCRIPTION = Lease(SourceAccount.__table__, "worker_until", timedelta(minutes=2), owner="worker")
COMPARISON = Lease(SourceComparison.__table__, "worker_until", timedelta(minutes=2), owner="worker")
"""Both are longer than all calls of one piece of work together."""
BUSY_CALENDAR = Lease(BusyCalendar.__table__, "worker_until", timedelta(minutes=1), owner="worker")
"""One read takes 10 s at most, and its expansion as long again."""
OUTBOX = Lease(OutboxMail.__table__, "worker_until", timedelta(minutes=2), owner="worker")
"""Longer than a mail may take."""
UNDOING = Lease(Undoing.__table__, "worker_until", timedelta(minutes=2), owner="worker")
"""Longer than somebody waits for the page that undoes a delivery."""
