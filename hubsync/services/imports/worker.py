"""Worker of imports: what is due of each open one, a while at a time, in whichever process comes first."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from hubsync.domain.audit import AuditAction
from hubsync.domain.imports.states import WORKED_AT, ImportState
from hubsync.services import now, tools
from hubsync.services.imports.checking import check_rows, make_out_rows
from hubsync.services.imports.hold import HoldLost, let_go, take_hold
from hubsync.services.imports.taking_in import end_import, take_rows_in
from hubsync.services.isolation import log_unexpected
from hubsync.services.teams.audit import record
from hubsync.store import db, end_read, write_transaction
from hubsync.store.imports import BookingImport

SLICE_SECONDS = 5.0
"""How long one round works at one import, so that other due work has its turn."""
UPLOAD_ENDS = timedelta(hours=1)
UNDECIDED_ENDS = timedelta(days=7)
PAUSED_ENDS = timedelta(days=30)

Stopped = Callable[[], bool]


def work_on_imports(stopped: Stopped = lambda: False, seconds: float = SLICE_SECONDS) -> list[str]:
    """Work at every open import for so many *seconds*, or until *stopped*; return what happened, a sentence each.

    Imports that nobody decides of end: what was uploaded and not begun, or paused, is guests' data.
    """
    told = []
    columns = (BookingImport.id, BookingImport.state, BookingImport.started_at, BookingImport.paused_at)
    rows = db.session.execute(select(*columns).where(BookingImport.ended_at.is_(None)).order_by(BookingImport.id))
    found = rows.all()
    end_read()
    for row in found:
        if stopped():
            break
        with log_unexpected(f"import {row.id}"):
            if _is_forgotten(row):
                _forget(row.id)
            elif row.state in WORKED_AT and row.paused_at is None:
                told += work_on(row.id, stopped, seconds)
    return told


def work_on(import_id: int, stopped: Stopped = lambda: False, seconds: float = SLICE_SECONDS) -> list[str]:
    """Bring one import as far as it comes in so many *seconds*; nothing when another worker has it."""
    worker = take_hold(import_id)
    if not worker:
        return []
    ends = time.monotonic() + seconds

    def goes_on() -> bool:
        return not stopped() and time.monotonic() < ends

    try:
        if _state(import_id) is ImportState.READING:
            make_out_rows(import_id, worker)
        if _state(import_id) is ImportState.CHECKING:
            check_rows(import_id, worker, goes_on)
        taken = take_rows_in(import_id, worker, goes_on) if _state(import_id) is ImportState.TAKING_IN else 0
    except HoldLost:
        db.session.rollback()
        return []
    finally:
        let_go(worker)
    if not goes_on() and not stopped():
        tools().wake.set()
    return [f"Import {import_id} took {taken} bookings in."] if taken else []


def _is_forgotten(row: Any) -> bool:
    """Whether so much time is over that nobody is going to decide of the import."""
    since, longest = row.started_at, UPLOAD_ENDS if row.state == ImportState.UPLOADING else UNDECIDED_ENDS
    if row.state == ImportState.TAKING_IN:
        since, longest = row.paused_at, PAUSED_ENDS
    return since is not None and now() - since > longest


def _forget(import_id: int) -> None:
    with write_transaction() as session:
        which = (BookingImport.id == import_id, BookingImport.ended_at.is_(None))
        booking_import = session.scalar(select(BookingImport).where(*which).with_for_update(of=BookingImport))
        if booking_import is not None and _is_forgotten(booking_import):
            begun = booking_import.state == ImportState.TAKING_IN
            end_import(session, booking_import, ImportState.CUT_SHORT if begun else ImportState.DISCARDED)
            told = {"import_id": import_id, "number": booking_import.taken}
            record(session, booking_import.team_id, None, AuditAction.IMPORT_FORGOTTEN, **told)


def _state(import_id: int) -> ImportState | None:
    state = db.session.scalar(select(BookingImport.state).where(BookingImport.id == import_id))
    end_read()
    return state
