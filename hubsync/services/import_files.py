"""Files of imports as they are kept until their bookings are taken in: in the database, in pieces, sealed.

What is in them are guests' data. So no process needs a folder that the others see, and a backup, an erasure and
the deletion of a team take them along.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator, Sequence

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hubsync.domain.csv_files.records import FileProblem, FileUnreadable, Record
from hubsync.domain.email_address import kept_email
from hubsync.domain.imports.states import BEFORE_ROWS, ImportState
from hubsync.errors import SecretUnreadable
from hubsync.services import now, tools
from hubsync.store import db, end_read, write_transaction
from hubsync.store.imports import BookingImport, ImportBlock, ImportPiece
from hubsync.store.leases import IMPORT
from hubsync.store.sealed_text import Sealed

PIECE = 32_768
"""Bytes of a file in one row."""
ROWS = 200
"""Rows of a file in one block."""

StoredRows = list[Record | None]
"""The rows of a block; None for one that was erased."""


def add_piece(session: Session, import_id: int, number: int, content: bytes) -> None:
    """Keep the next bytes of a file; the caller commits."""
    packed = base64.b64encode(zlib.compress(content, 1)).decode()
    sealed = tools().vault.seal(f"import:{import_id}:piece:{number}", packed)
    session.add(ImportPiece(import_id=import_id, number=number, content_sealed=sealed))


def has_pieces(session: Session, import_id: int) -> bool:
    """Whether the bytes of the file are here; they go when a guest in it is erased."""
    return session.scalar(select(ImportPiece.id).where(ImportPiece.import_id == import_id).limit(1)) is not None


def read_pieces(import_id: int) -> Iterator[bytes]:
    """The bytes of the file, one piece after the other; no transaction is open in between."""
    number = 0
    while True:
        query = select(ImportPiece.content_sealed).where(
            ImportPiece.import_id == import_id, ImportPiece.number == number
        )
        sealed = db.session.scalar(query)
        end_read()
        if sealed is None:
            return
        packed = tools().vault.open(f"import:{import_id}:piece:{number}", sealed)
        yield zlib.decompress(base64.b64decode(packed))
        number += 1


def add_block(session: Session, import_id: int, number: int, rows: Sequence[Record | None]) -> None:
    """Keep the next rows of a file; the caller commits."""
    session.add(ImportBlock(import_id=import_id, number=number, rows_sealed=_sealed(import_id, number, rows)))


def open_block(block: ImportBlock) -> StoredRows:
    """The rows of a block. Raises SecretUnreadable."""
    packed = tools().vault.open(f"import:{block.import_id}:block:{block.number}", block.rows_sealed)
    rows = json.loads(zlib.decompress(base64.b64decode(packed)))
    return [None if row is None else Record(row[0], row[1], tuple(row[2])) for row in rows]


def read_block(import_id: int, number: int) -> StoredRows | None:
    """The rows of one block of an import; None when there is none of this number."""
    block = db.session.scalar(
        select(ImportBlock).where(ImportBlock.import_id == import_id, ImportBlock.number == number),
        execution_options={"populate_existing": True},
    )
    end_read()
    return None if block is None else open_block(block)


def lock_rows(session: Session, import_id: int, number: int) -> StoredRows:
    """The rows of one block, which nobody blanks until the caller commits."""
    which = (ImportBlock.import_id == import_id, ImportBlock.number == number)
    return open_block(session.scalars(select(ImportBlock).where(*which).with_for_update()).one())


def read_rows(import_id: int) -> Iterator[Record]:
    """All rows of the file that are still there, in their order."""
    number = 0
    while (rows := read_block(import_id, number)) is not None:
        yield from (row for row in rows if row is not None)
        number += 1


def seal_headings(import_id: int, headings: Sequence[str]) -> Sealed:
    """The headings of a file as they are stored."""
    return tools().vault.seal(f"import:{import_id}:headings", json.dumps(list(headings)))


def open_headings(booking_import: BookingImport) -> tuple[str, ...]:
    """The headings of the file; none before it was read."""
    sealed = booking_import.headings_sealed
    place = f"import:{booking_import.id}:headings"
    return tuple(json.loads(tools().vault.open(place, sealed))) if sealed else ()


def drop_blocks(session: Session, import_id: int) -> None:
    """Forget the rows, which are to be made out anew; the caller commits."""
    session.execute(delete(ImportBlock).where(ImportBlock.import_id == import_id))


def drop_file(session: Session, import_id: int) -> None:
    """Forget the file with its rows and its headings; the caller commits."""
    session.execute(delete(ImportPiece).where(ImportPiece.import_id == import_id))
    drop_blocks(session, import_id)
    session.execute(update(BookingImport).where(BookingImport.id == import_id).values(headings_sealed=""))


def give_up(session: Session, booking_import: BookingImport, fault: FileUnreadable) -> None:
    """End an import whose file cannot be read, with why; the caller commits."""
    booking_import.state, booking_import.ended_at = ImportState.UNREADABLE, now()
    booking_import.problem, booking_import.problem_row = fault.problem.value, fault.row
    IMPORT.clear(booking_import)
    session.flush()
    drop_file(session, booking_import.id)


def forget_guest(team_id: int, email: str) -> int:
    """Blank the rows of this guest in the file of the team that is not taken in yet; return how many.

    The bytes that such rows were made out of go as well. One that is not made out into rows yet, and has the
    guest's address in its bytes, is forgotten as a whole; so is one that no key opens any more.
    """
    wanted = kept_email(email).lower()
    blanked = 0
    open_imports = select(BookingImport.id, BookingImport.state).where(
        BookingImport.team_id == team_id, BookingImport.ended_at.is_(None)
    )
    for import_id, state in db.session.execute(open_imports).all():
        end_read()
        try:
            if state in BEFORE_ROWS:
                _forget_unread(import_id, wanted)
            blanked += _blank_all(import_id, wanted)
        except SecretUnreadable:
            _end_locked(import_id)
    end_read()
    return blanked


def _blank_all(import_id: int, wanted: str) -> int:
    number = blanked = 0
    while (rows := read_block(import_id, number)) is not None:
        if any(row is not None and _names(row, wanted) for row in rows):
            blanked += _blank(import_id, number, wanted)
        number += 1
    return blanked


def _end_locked(import_id: int) -> None:
    """End an import whose file no key opens any more: nobody can say whether the guest is in it."""
    with write_transaction() as session:
        which = (BookingImport.id == import_id, BookingImport.ended_at.is_(None))
        booking_import = session.scalar(select(BookingImport).where(*which).with_for_update(of=BookingImport))
        if booking_import is not None:
            begun = booking_import.state == ImportState.TAKING_IN
            give_up(session, booking_import, FileUnreadable(FileProblem.INCOMPLETE))
            booking_import.state = ImportState.CUT_SHORT if begun else ImportState.UNREADABLE


def _forget_unread(import_id: int, wanted: str) -> None:
    """End an import that is not made out into rows yet, if the guest is in its file."""
    if not any(_occurs(each, read_pieces(import_id)) for each in _written(wanted)):
        return
    with write_transaction() as session:
        which = (BookingImport.id == import_id, BookingImport.state.in_(BEFORE_ROWS))
        booking_import = session.scalar(select(BookingImport).where(*which).with_for_update(of=BookingImport))
        if booking_import is not None:
            give_up(session, booking_import, FileUnreadable(FileProblem.INCOMPLETE))


def _written(email: str) -> Iterator[bytes]:
    """The address in lower case, as the encodings of files write it."""
    yield from dict.fromkeys(email.encode(each, "replace") for each in ("utf-8", "utf-16-le", "utf-16-be"))


def _occurs(wanted: bytes, pieces: Iterator[bytes]) -> bool:
    """Whether *wanted* is in the bytes, in whatever case, also from one piece to the next."""
    end = b""
    for piece in pieces:
        looked_at = end + piece.lower()
        if wanted in looked_at:
            return True
        end = looked_at[-len(wanted) :]
    return False


def _blank(import_id: int, number: int, wanted: str) -> int:
    with write_transaction() as session:
        which = (ImportBlock.import_id == import_id, ImportBlock.number == number)
        block = session.scalar(select(ImportBlock).where(*which).with_for_update())
        if block is None:
            return 0
        rows = open_block(block)
        kept = [None if row is not None and _names(row, wanted) else row for row in rows]
        block.rows_sealed = _sealed(import_id, number, kept)
        session.execute(delete(ImportPiece).where(ImportPiece.import_id == import_id))
        return kept.count(None) - rows.count(None)


def _names(row: Record, email: str) -> bool:
    return any("@" in cell and kept_email(cell).lower() == email for cell in row.cells)


def _sealed(import_id: int, number: int, rows: Sequence[Record | None]) -> Sealed:
    plain = json.dumps([None if row is None else [row.number, row.line, row.cells] for row in rows])
    packed = base64.b64encode(zlib.compress(plain.encode(), 1)).decode()
    return tools().vault.seal(f"import:{import_id}:block:{number}", packed)
