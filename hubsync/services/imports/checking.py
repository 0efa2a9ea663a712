"""Checking of an import: its file is made out into rows, and each row is held against calendar and bookings.

Both go on where they were when a process ends: the rows are stored block by block, and so is what is found in
them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

from sqlalchemy import func, select, update

from hubsync.domain.booking import IMPORT, Booking
from hubsync.domain.csv_files.encodings import Encoding, decoded
from hubsync.domain.csv_files.records import (
    FileProblem,
    FileUnreadable,
    Record,
    find_delimiter,
    lines_of,
    read_records,
)
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.imports.columns import Field, match_columns
from hubsync.domain.imports.moments import order_shown
from hubsync.domain.imports.row_problems import RowProblem
from hubsync.domain.imports.rows import Fault, Plan, read_row
from hubsync.domain.imports.states import ImportState
from hubsync.domain.values import clean_text
from hubsync.services.import_files import (
    ROWS,
    add_block,
    drop_blocks,
    give_up,
    open_block,
    read_pieces,
    read_rows,
    seal_headings,
)
from hubsync.services.imports.hold import holding
from hubsync.services.imports.reading_settings import plan_of, settings_of
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.erased import ErasedBooking
from hubsync.store.imports import BookingImport, ImportBlock
from hubsync.store.leases import IMPORT as IMPORT_LEASE

MOST_FAULTS_OF_ROW = 10
"""So many cells of a row are named; a row with more of them is read wrong as a whole."""
_BEGINNING = 400
_FIRST_ROWS = 20
"""From which it is told what the columns are about."""
"""Lines that say what separates the cells."""
_AT_ONCE = 10
"""Blocks in one transaction."""
_LONGEST_HEADING = 300
_MARK, _GUEST_MARK = 16, 8
"""How long the marks of a booking, and of its guest, are."""
Seen = dict[str, str]
"""The marks of bookings with those of their guests."""

_COUNTS = ("fresh", "known", "repeated", "faulty")


def read_beginning(import_id: int, encoding: Encoding, most: int = 6) -> list[tuple[str, ...]]:
    """The cells of the first rows of a file, read in *encoding*.

    For a person who is to say whether it is right.
    """
    pieces = islice(read_pieces(import_id), 4)
    try:
        lines = list(islice(lines_of(decoded(pieces, encoding)), _BEGINNING))
        records = read_records(lines, find_delimiter(lines))
        return [tuple(map(clean_text, each.cells)) for each in islice(records, most)]
    except FileUnreadable:
        return []


def make_out_rows(import_id: int, worker: str) -> None:
    """Store the file of the import as rows; one that cannot be read ends here, with why. Raises HoldLost."""
    booking_import = db.session.get_one(BookingImport, import_id)
    encoding, said, size = Encoding(booking_import.encoding), booking_import.delimiter, booking_import.size
    calendar = db.session.get_one(Calendar, booking_import.calendar_id)
    questions = calendar.asked()
    end_read()
    try:
        lines = lines_of(decoded(_whole(read_pieces(import_id), size), encoding))
        beginning = list(islice(lines, _BEGINNING))
        delimiter = said or find_delimiter(beginning)
        records = read_records(chain(beginning, lines), delimiter)
        heading = next(records, None)
        if heading is None:
            raise FileUnreadable(FileProblem.EMPTY)
        headings = _headings(heading)
        beginnings = list(islice(records, _FIRST_ROWS))
        rows = _store_rows(import_id, worker, chain(beginnings, records))
        if not rows:
            raise FileUnreadable(FileProblem.NO_ROWS)
    except FileUnreadable as fault:
        with holding(import_id, worker) as (session, booking_import):
            give_up(session, booking_import, fault)
        return
    with holding(import_id, worker) as (_session, booking_import):
        booking_import.headings_sealed = seal_headings(import_id, headings)
        booking_import.delimiter, booking_import.rows = delimiter, rows
        if len(booking_import.columns) != len(headings):
            booking_import.columns = list(match_columns(headings, questions, [row.cells for row in beginnings]))
        booking_import.version += 1
        booking_import.state = ImportState.CHECKING


def check_rows(import_id: int, worker: str, goes_on: Callable[[], bool]) -> None:
    """Hold the rows against the calendar and against the bookings that are here, as long as it *goes_on*.

    One block at least, so that each round comes on. Raises HoldLost.
    """
    if not _is_begun(import_id):
        _begin_check(import_id, worker)
    booking_import = db.session.get_one(BookingImport, import_id, populate_existing=True)
    plan, version = plan_of(booking_import), booking_import.version
    team_id = booking_import.team_id
    end_read()
    seen = _marks_before(import_id, version)
    while True:
        block = db.session.scalar(
            select(ImportBlock)
            .where(ImportBlock.import_id == import_id, ImportBlock.checked != version)
            .order_by(ImportBlock.number)
            .limit(1),
            execution_options={"populate_existing": True},
        )
        end_read()
        if block is None:
            _sum_up(import_id, worker, version)
            return
        found = _check(block, plan, team_id, seen)
        with holding(import_id, worker) as (session, booking_import):
            session.execute(update(ImportBlock).where(ImportBlock.id == block.id).values(checked=version, **found))
        if not goes_on():
            return


def _is_begun(import_id: int) -> bool:
    """Whether blocks are checked as the columns are matched now: what they are read by is settled then."""
    checked = select(ImportBlock.id).join(BookingImport, BookingImport.id == ImportBlock.import_id)
    this = (BookingImport.id == import_id, ImportBlock.checked == BookingImport.version)
    begun = db.session.scalar(checked.where(*this).limit(1)) is not None
    end_read()
    return begun


def _store_rows(import_id: int, worker: str, records: Iterator[Record]) -> int:
    """Store the rows in blocks, in place of those that an earlier worker left; return how many there are."""
    with holding(import_id, worker) as (session, _import):
        drop_blocks(session, import_id)
    number = rows = 0
    while portion := list(islice(records, ROWS * _AT_ONCE)):
        with holding(import_id, worker) as (session, _import):
            for begin in range(0, len(portion), ROWS):
                add_block(session, import_id, number, portion[begin : begin + ROWS])
                number += 1
        rows += len(portion)
    return rows


def _headings(heading: Record) -> list[str]:
    """The headings, without empty cells at the end, which spreadsheets leave there."""
    headings = [clean_text(each)[:_LONGEST_HEADING] for each in heading.cells]
    while headings and not headings[-1]:
        headings.pop()
    return headings


def _whole(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """The *pieces*, which have *size* bytes. Raises FileUnreadable at their end where some of them are gone."""
    for piece in pieces:
        size -= len(piece)
        yield piece
    if size:
        raise FileUnreadable(FileProblem.INCOMPLETE)


def _begin_check(import_id: int, worker: str) -> None:
    """Note by what the rows are read, and what comes first in the file's dates where it shows that itself.

    Or that a person has to say so; what a person said counts.
    """
    booking_import = db.session.get_one(BookingImport, import_id, populate_existing=True)
    plan = plan_of(booking_import)
    end_read()
    is_open, shown = order_shown(
        row.cells[place] for row in read_rows(import_id) for place in plan.moments if place < len(row.cells)
    )
    with holding(import_id, worker) as (_session, booking_import):
        booking_import.read_by = settings_of(booking_import.calendar)
        if not booking_import.day_order and len(shown) == 1:
            booking_import.day_order = next(iter(shown)).value
        booking_import.order_open = is_open and not booking_import.day_order


def _marks_before(import_id: int, version: int) -> Seen:
    """By what the bookings of the blocks that are checked already are told apart."""
    marks = db.session.scalars(
        select(ImportBlock.marks).where(ImportBlock.import_id == import_id, ImportBlock.checked == version)
    )
    seen = {mark[:_MARK]: mark[_MARK:] for each in marks for mark in each}
    end_read()
    return seen


def _check(block: ImportBlock, plan: Plan, team_id: int, seen: Seen) -> dict[str, Any]:
    """What is found in a block, as its row keeps it.

    *seen* has the marks of all before, and gets those of these.
    """
    read = [(row, read_row(row, plan)) for row in open_block(block) if row is not None]
    known_ids = known_among(team_id, [each.external_id for _row, each in read if isinstance(each, Booking)])
    marks: list[str] = []
    faults: list[Fault] = []
    faulty = repeated = known = 0
    for row, booking in read:
        if not isinstance(booking, Booking):
            faulty += 1
            faults += booking[:MOST_FAULTS_OF_ROW]
            continue
        mark = _mark(booking.external_id, _MARK)
        guest = _mark(booking.guest.email.lower() or booking.guest.name, _GUEST_MARK)
        if mark not in seen:
            seen[mark] = guest
            marks.append(mark + guest)
            known += booking.external_id in known_ids
        elif seen[mark] == guest:
            repeated += 1
        else:  # one appointment of several guests: only one of them would come in
            faulty += 1
            faults.append(Fault(row.number, plan.place.get(Field.ID), RowProblem.SAME_ID))
    return {
        "fresh": len(marks) - known,
        "known": known,
        "repeated": repeated,
        "faulty": faulty,
        "marks": marks,
        "faults": [[fault.row, fault.column, str(fault.problem)] for fault in faults],
    }


def _mark(text: str, length: int) -> str:
    return fingerprint(text)[:length]


def known_among(team_id: int, ids: Sequence[str]) -> set[str]:
    """Those of *ids* whose bookings are here, or were and are erased."""
    of_team = (BookingRecord.team_id == team_id, BookingRecord.source == IMPORT)
    found = set(
        db.session.scalars(select(BookingRecord.external_id).where(*of_team, BookingRecord.external_id.in_(ids)))
    )
    hashes = {fingerprint(each): each for each in ids}
    erased = select(ErasedBooking.external_hash).where(
        ErasedBooking.team_id == team_id,
        ErasedBooking.source == IMPORT,
        ErasedBooking.external_hash.in_(hashes),
    )
    found |= {hashes[each] for each in db.session.scalars(erased)}
    end_read()
    return found


def _sum_up(import_id: int, worker: str, version: int) -> None:
    """Every block is checked: a person may decide now, unless it was changed meanwhile."""
    sums = select(*(func.coalesce(func.sum(getattr(ImportBlock, each)), 0) for each in _COUNTS))
    with holding(import_id, worker) as (session, booking_import):
        if booking_import.version != version:
            return
        for name, number in zip(
            _COUNTS, session.execute(sums.where(ImportBlock.import_id == import_id)).one(), strict=True
        ):
            setattr(booking_import, name, int(number))
        booking_import.state = ImportState.READY
        IMPORT_LEASE.clear(booking_import)
