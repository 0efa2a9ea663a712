"""The hold of one worker on an import: a lease, without which nothing is written for it."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.imports.states import WORKED_AT
from hubsync.services import now
from hubsync.store import write_transaction
from hubsync.store.imports import BookingImport
from hubsync.store.leases import IMPORT


class HoldLost(Exception):
    """Another worker has the import by now, or a person paused, ended or changed it."""


def take_hold(import_id: int) -> str:
    """The name under which this worker has the import; "" when another has it or there is nothing to do."""
    worker = secrets.token_hex(8)
    with write_transaction() as session:
        which = (
            BookingImport.id == import_id,
            BookingImport.state.in_(WORKED_AT),
            BookingImport.paused_at.is_(None),
        )
        return worker if IMPORT.acquire(session, now(), *which, worker=worker) else ""


def let_go(worker: str) -> None:
    """Let others have what *worker* still has."""
    with write_transaction() as session:
        IMPORT.release(session, worker)


@contextmanager
def holding(import_id: int, worker: str) -> Iterator[tuple[Session, BookingImport]]:
    """A unit of writing for the import that *worker* has, which keeps it for the whole length again.

    Raises HoldLost. The lease is cleared by whoever pauses, ends or changes the import.
    """
    with write_transaction() as session:
        which = (BookingImport.id == import_id, IMPORT.held_by(worker), BookingImport.ended_at.is_(None))
        booking_import = session.scalar(select(BookingImport).where(*which).with_for_update(of=BookingImport))
        if booking_import is None or not IMPORT.renew(session, now(), *which, worker=worker):
            raise HoldLost
        yield session, booking_import
