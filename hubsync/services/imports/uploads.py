"""Uploads of an import, and what a person decides of it: encoding, columns, begin, pause, stop, discard."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.csv_files.encodings import Encoding, Recognised, is_text, recognise
from hubsync.domain.csv_files.records import DELIMITERS, FileProblem, FileUnreadable, is_workbook
from hubsync.domain.imports.columns import read_columns
from hubsync.domain.imports.moments import DayOrder
from hubsync.domain.imports.states import BEFORE, ImportState
from hubsync.domain.names import tidy_name
from hubsync.errors import NotFound, Refused
from hubsync.services import now, tools
from hubsync.services.import_files import PIECE, add_piece, has_pieces, open_headings
from hubsync.services.imports.reading_settings import is_outdated
from hubsync.services.imports.taking_in import end_import
from hubsync.services.teams.audit import record
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.imports import BookingImport
from hubsync.store.leases import IMPORT

LARGEST_FILE = 24 * 1_048_576
_PIECES_AT_ONCE = 16
_LOOKED_AT = 16_384
"""Bytes of a file's beginning that tell whether it is text at all."""


@dataclass(frozen=True)
class Reading:
    """How a person wants a file to be read; what is empty is recognised."""

    encoding: str = ""
    delimiter: str = ""


def begin_import(
    calendar: Calendar, person_id: int | None, file_name: str, file: IO[bytes], reading: Reading | None = None
) -> int:
    """Keep the file and have it read; return the id of the import. *file* can be read twice.

    Raises FileUnreadable for what is no text, or too large or empty, and Refused while another import of the team
    is open.
    """
    reading = reading or Reading()
    size, beginning = _measure(file)
    if not size:
        raise FileUnreadable(FileProblem.EMPTY)
    if size > LARGEST_FILE:
        raise FileUnreadable(FileProblem.TOO_LARGE)
    if is_workbook(beginning):
        raise FileUnreadable(FileProblem.WORKBOOK)
    if not is_text(beginning):
        raise FileUnreadable(FileProblem.NOT_TEXT)
    chosen = _encoding(reading.encoding)
    found = recognise(_pieces(file)) if chosen is None else Recognised((chosen,), sure=True)
    import_id = _open(calendar, person_id, file_name, size)
    _keep(calendar.team_id, import_id, file)
    with write_transaction() as session:
        booking_import = _locked(session, calendar.team_id, import_id, (ImportState.UPLOADING,))
        booking_import.delimiter = reading.delimiter if reading.delimiter in DELIMITERS else ""
        if found.sure:
            booking_import.encoding = found.likely[0].value
            booking_import.state = ImportState.READING
        else:
            booking_import.likely = [each.value for each in found.likely]
            booking_import.state = ImportState.ASKING
    tools().wake.set()
    return import_id


def read_as(team_id: int, import_id: int, reading: Reading) -> None:
    """Have the file read in the encoding, and divided by the delimiter, that a person chose. Raises Refused."""
    encoding = _encoding(reading.encoding)
    if encoding is None:
        raise Refused(_("Select how the file is to be read."), field="encoding")
    before = (ImportState.ASKING, ImportState.READING, ImportState.CHECKING, ImportState.READY)
    with write_transaction() as session:
        booking_import = _locked(session, team_id, import_id, before)
        if not has_pieces(session, import_id):
            told = _("A guest in this file was erased, so it cannot be read anew. Upload it without that guest.")
            raise Refused(told, field="encoding")
        booking_import.encoding = encoding.value
        booking_import.delimiter = reading.delimiter if reading.delimiter in DELIMITERS else ""
        booking_import.columns, booking_import.day_order = [], ""
        booking_import.state = ImportState.READING
        IMPORT.clear(booking_import)
    tools().wake.set()


def match_anew(team_id: int, import_id: int, columns: Sequence[str], day_order: str) -> None:
    """Have the rows checked with the columns, and the order of day and month, that a person chose.

    Raises Refused for columns that nobody can choose.
    """
    with write_transaction() as session:
        booking_import = _locked(session, team_id, import_id, (ImportState.CHECKING, ImportState.READY))
        calendar = session.get_one(Calendar, booking_import.calendar_id)
        chosen = read_columns(columns, calendar.asked())
        if chosen is None or len(chosen) != len(open_headings(booking_import)):
            raise Refused(_("The questions of the calendar have changed. Look at the columns again."))
        booking_import.columns = list(chosen)
        booking_import.day_order = day_order if day_order in set(DayOrder) else ""
        booking_import.version += 1
        booking_import.state = ImportState.CHECKING
        IMPORT.clear(booking_import)
    tools().wake.set()


def check_changed(booking_import: BookingImport) -> bool:
    """Have rows that nobody has confirmed checked anew where their calendar's settings are others by now.

    Returns whether that is so.
    """
    if booking_import.state != ImportState.READY or not is_outdated(booking_import):
        return False
    with write_transaction() as session:
        booking_import = _locked(session, booking_import.team_id, booking_import.id, tuple(ImportState))
        if booking_import.state == ImportState.READY:
            booking_import.version += 1
            booking_import.state = ImportState.CHECKING
            IMPORT.clear(booking_import)
    tools().wake.set()
    return True


def confirm(team_id: int, import_id: int, person_id: int | None, *, without_faulty: bool, version: int) -> None:
    """Let the rows become bookings.

    *version* is that of the check whose result a person read; *without_faulty* that rows with a fault may be left
    out. Twice does no harm. Raises Refused where that is not so, where somebody has to say first whether the day
    or the month comes first, and where the calendar's settings have changed since the rows were checked.
    """
    with write_transaction() as session:
        booking_import = _locked(session, team_id, import_id, (ImportState.READY, ImportState.TAKING_IN))
        if booking_import.state == ImportState.TAKING_IN:
            return
        if is_outdated(booking_import):
            raise Refused(explain_changed())
        if booking_import.order_open:
            raise Refused(_("Select whether the day or the month comes first in the dates of this file."))
        if booking_import.faulty and not without_faulty:
            raise Refused(_("Tick that rows with a fault are left out, or mend the file."), field="without_faulty")
        if booking_import.version != version:
            raise Refused(_("The rows were checked anew meanwhile. Look at the numbers again."))
        if not booking_import.fresh:
            raise Refused(_("There is nothing new in this file."))
        booking_import.state = ImportState.TAKING_IN
        booking_import.confirmed_at, booking_import.confirmed_by_id = now(), person_id
        record(
            session,
            team_id,
            person_id,
            AuditAction.IMPORT_CONFIRMED,
            import_id=import_id,
            number=booking_import.fresh,
            calendar=booking_import.calendar.name,
            calendar_id=booking_import.calendar_id,
        )
    tools().wake.set()


def pause(team_id: int, import_id: int, person_id: int) -> None:
    """Take no more rows in until somebody lets it go on; twice does no harm."""
    _switch(team_id, import_id, person_id, AuditAction.IMPORT_PAUSED, pauses=True)


def go_on(team_id: int, import_id: int, person_id: int) -> None:
    """Let a paused import go on; twice does no harm."""
    _switch(team_id, import_id, person_id, AuditAction.IMPORT_CONTINUED, pauses=False)
    tools().wake.set()


def stop(team_id: int, import_id: int, person_id: int) -> None:
    """Take none of the rest in, ever; what is taken in stays, and is posted."""
    with write_transaction() as session:
        booking_import = _locked(session, team_id, import_id, (ImportState.TAKING_IN,))
        end_import(session, booking_import, ImportState.CUT_SHORT)
        number = booking_import.taken
        record(session, team_id, person_id, AuditAction.IMPORT_STOPPED, import_id=import_id, number=number)


def discard(team_id: int, import_id: int, person_id: int | None) -> None:
    """Forget a file of which nothing is taken in."""
    with write_transaction() as session:
        booking_import = _locked(session, team_id, import_id, tuple(BEFORE))
        end_import(session, booking_import, ImportState.DISCARDED)
        record(session, team_id, person_id, AuditAction.IMPORT_DISCARDED, import_id=import_id)


def explain_changed() -> str:
    """Why rows that a person has looked at are checked once more."""
    return _("The calendar's settings have changed, so that the rows are read differently. Look at them again.")


def _switch(team_id: int, import_id: int, person_id: int, action: AuditAction, *, pauses: bool) -> None:
    with write_transaction() as session:
        booking_import = _locked(session, team_id, import_id, (ImportState.TAKING_IN,))
        if (booking_import.paused_at is not None) == pauses:
            return
        booking_import.paused_at = now() if pauses else None
        IMPORT.clear(booking_import)
        record(session, team_id, person_id, action, import_id=import_id)


def _locked(session: Session, team_id: int, import_id: int, states: Sequence[ImportState]) -> BookingImport:
    """The team's import, which nobody else changes until the caller commits.

    Raises NotFound, and Refused when it is in another state by now.
    """
    which = (BookingImport.id == import_id, BookingImport.team_id == team_id)
    booking_import = session.scalar(select(BookingImport).where(*which).with_for_update(of=BookingImport))
    if booking_import is None:
        raise NotFound("no such import")
    if booking_import.state not in states:
        raise Refused(_("This import has gone on meanwhile."))
    return booking_import


def _open(calendar: Calendar, person_id: int | None, file_name: str, size: int) -> int:
    taken = Refused(_("Another import of this team is open. Finish or discard it first."))
    team_id = calendar.team_id
    try:
        with write_transaction() as session:
            is_open = (BookingImport.team_id == team_id, BookingImport.ended_at.is_(None))
            if session.scalar(select(BookingImport.id).where(*is_open)) is not None:
                raise taken
            booking_import = BookingImport(
                team_id=team_id,
                calendar_id=calendar.id,
                started_by_id=person_id,
                started_at=now(),
                file_name=tidy_name(file_name)[-200:] or "bookings.csv",
                size=size,
                state=ImportState.UPLOADING,
            )
            session.add(booking_import)
            session.flush()
            return booking_import.id
    except IntegrityError:  # two at one instant
        db.session.rollback()
        raise taken from None


def _keep(team_id: int, import_id: int, file: IO[bytes]) -> None:
    pieces, number = _pieces(file), 0
    while portion := [piece for _number, piece in zip(range(_PIECES_AT_ONCE), pieces, strict=False)]:
        with write_transaction() as session:
            _locked(session, team_id, import_id, (ImportState.UPLOADING,))  # it may be discarded by now
            for piece in portion:
                add_piece(session, import_id, number, piece)
                number += 1
    end_read()


def _pieces(file: IO[bytes]) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(PIECE):
        yield piece


def _measure(file: IO[bytes]) -> tuple[int, bytes]:
    file.seek(0)
    beginning = file.read(_LOOKED_AT)
    return file.seek(0, 2), beginning


def _encoding(word: str) -> Encoding | None:
    return Encoding(word) if word in set(Encoding) else None
