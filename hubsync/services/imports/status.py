"""Status of imports, as their pages and the command show it: how far each is, its faults.

And what would be posted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice

from sqlalchemy import func, select

from hubsync.domain.booking import Booking
from hubsync.domain.csv_files.records import Record
from hubsync.domain.imports.rows import Fault, read_row
from hubsync.domain.imports.states import ImportState
from hubsync.domain.mapping import MappingRows
from hubsync.errors import NotFound
from hubsync.services.bookings.completion import stored_answers
from hubsync.services.connection.blockers import find_posting_blocker
from hubsync.services.import_files import ROWS, read_rows
from hubsync.services.imports.checking import known_among
from hubsync.services.imports.reading_settings import plan_of
from hubsync.services.imports.taking_in import count_on_their_way
from hubsync.services.mapping.preview import Preview, preview
from hubsync.services.posting.draft import mapping_of, material_of, rows_of
from hubsync.store import db, end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.connections import connection_of
from hubsync.store.imports import BookingImport, ImportBlock, ImportedBooking
from hubsync.store.teams import Team

LISTED = 30
_LOOKED_AT = 1000
"""So many rows are looked through for some that can be taken in."""
_BLOCK = 50
"""So many of them at a time."""
_FAULTY_BLOCKS = 10
"""So many blocks with faults are read at a time."""


@dataclass(frozen=True)
class FirstRow:
    """One of the first rows as it would come in; *preview* is None without a mapping."""

    number: int
    booking: Booking
    preview: Preview | None = None


@dataclass(frozen=True)
class Outlook:
    """What becomes of the bookings of a calendar once they are here: *is_mapped*, and what keeps them back.

    *watches* tells that the team watches only: each is looked up in HubSpot, and nothing is written there.
    """

    is_mapped: bool
    is_paused: bool
    blocker: str
    watches: bool


def find_import(team_id: int, import_id: int) -> BookingImport:
    """The team's import. Raises NotFound."""
    found = db.session.scalar(
        select(BookingImport).where(BookingImport.id == import_id, BookingImport.team_id == team_id),
        execution_options={"populate_existing": True},
    )
    if found is None:
        raise NotFound("no such import")
    return found


def find_calendar(team_slug: str, slug: str) -> Calendar | None:
    """The calendar of this slug, if it is the team's."""
    query = select(Calendar).join(Team, Team.id == Calendar.team_id)
    return db.session.scalar(query.where(Calendar.slug == slug, Team.slug == team_slug))


def list_imports(team_id: int, most: int = LISTED) -> Sequence[BookingImport]:
    """The team's imports, the newest first."""
    of_team = select(BookingImport).where(BookingImport.team_id == team_id)
    return db.session.scalars(of_team.order_by(BookingImport.id.desc()).limit(most)).all()


def find_running(team_id: int) -> BookingImport | None:
    """The team's import whose rows are being taken in, or that is paused over it."""
    of_team = (BookingImport.team_id == team_id, BookingImport.state == ImportState.TAKING_IN)
    return db.session.scalar(select(BookingImport).where(*of_team).limit(1))


def find_imported(delivery_id: int) -> ImportedBooking | None:
    """With which import a delivery came, and from which row of its file."""
    return db.session.get(ImportedBooking, delivery_id)


def waits_for_posting(booking_import: BookingImport) -> int:
    """How many of its bookings are on their way to HubSpot."""
    return count_on_their_way(booking_import)


def count_done(booking_import: BookingImport) -> int:
    """How many rows are checked, as long as they are being checked; else how many are done."""
    if booking_import.state != ImportState.CHECKING:
        return booking_import.done
    checked = select(func.count(ImportBlock.id)).where(
        ImportBlock.import_id == booking_import.id, ImportBlock.checked == booking_import.version
    )
    return min(booking_import.rows, db.session.scalars(checked).one() * ROWS)


def list_faults(import_id: int) -> Iterator[Fault]:
    """Every row with a fault, in their order, with the first of its faults; all of them where they are few.

    Blocks without a fault, which are most of a long file, are passed over.
    """
    faulty = (ImportBlock.import_id == import_id, ImportBlock.faulty > 0)
    query = select(ImportBlock.number, ImportBlock.faults).where(*faulty).order_by(ImportBlock.number)
    last = -1
    while True:
        blocks = db.session.execute(query.where(ImportBlock.number > last).limit(_FAULTY_BLOCKS)).all()
        end_read()
        yield from (Fault(*each) for block in blocks for each in block.faults)
        last = blocks[-1].number if blocks else last
        if len(blocks) < _FAULTY_BLOCKS:
            return


def first_cells(import_id: int, most: int = 3) -> list[Record]:
    """The first rows of the file as they stand there."""
    return list(islice(read_rows(import_id), most))


def first_rows(team: Team, booking_import: BookingImport, most: int = 3) -> list[FirstRow]:
    """The first rows that can be taken in, each as it would be posted; HubSpot is only read."""
    mapping = mapping_of(booking_import.calendar_id)
    end_read()
    shown = first_bookings(booking_import, most)
    if mapping is None:
        return shown
    mapped = rows_of(mapping)
    looks = [preview(team, mapped, material_of(_as_record(each.booking, booking_import))) for each in shown]
    return [replace(each, preview=look) for each, look in zip(shown, looks, strict=True)]


def first_bookings(booking_import: BookingImport, most: int = 3) -> list[FirstRow]:
    """The same without a look at HubSpot; not bookings that are here already, or stood in a row before."""
    plan = plan_of(booking_import)
    end_read()
    rows = islice(read_rows(booking_import.id), _LOOKED_AT)
    found: dict[str, FirstRow] = {}
    while len(found) < most and (block := list(islice(rows, _BLOCK))):
        read = [(row.number, read_row(row, plan)) for row in block]
        good = [FirstRow(number, booking) for number, booking in read if isinstance(booking, Booking)]
        known = known_among(booking_import.team_id, [each.booking.external_id for each in good])
        for each in good:
            if each.booking.external_id not in known:
                found.setdefault(each.booking.external_id, each)
    return list(found.values())[:most]


def rows_mapped(calendar_id: int) -> MappingRows:
    """The calendar's mapping; no rows without one."""
    mapping = mapping_of(calendar_id)
    return rows_of(mapping) if mapping is not None else MappingRows(False, False, ())


def is_mapped(calendar_id: int) -> bool:
    """Whether HubSpot was added to the calendar."""
    return mapping_of(calendar_id) is not None


def outlook_of(team: Team, calendar_id: int) -> Outlook:
    """Whether bookings of the calendar can be posted now."""
    mapping, connection = mapping_of(calendar_id), connection_of(team.id)
    return Outlook(
        is_mapped=mapping is not None,
        is_paused=mapping is not None and not mapping.active,
        blocker=find_posting_blocker(team, connection),
        watches=connection is not None and connection.watching_since is not None,
    )


def _as_record(booking: Booking, booking_import: BookingImport) -> BookingRecord:
    """What `write_imported` would write down, as far as values are taken from it; nothing of it is stored."""
    return BookingRecord(
        team_id=booking_import.team_id,
        calendar_id=booking_import.calendar_id,
        answers=stored_answers(booking.by_question or {}),
        notes=[],
        source=booking.source,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        host=booking.host,
        location=booking.location,
        locale=booking.locale,
        url_params=dict(booking.url_params),
    )
