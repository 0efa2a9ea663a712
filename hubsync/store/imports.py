"""Tables of imports: files of bookings that came before, and which import each of these bookings came with."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.imports.states import ImportState
from hubsync.store import Base
from hubsync.store.calendars import Calendar
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.people import Person
from hubsync.store.sealed_text import Sealed


class BookingImport(Base):
    """One file of bookings of before on its way into a calendar; a team has at most one that has not ended.

    *encoding* is what the file is read in, *likely* what it may be in while a person is asked. *headings_sealed*
    are a list as JSON, for a file without a heading begins with a guest. *columns* says what each column is about
    (`domain/imports/columns`), *day_order* whether the day comes first in its dates; *order_open* while a person
    has to say so. *read_by* are the settings of the calendar by which the rows were checked and are taken in
    (`services/imports/reading_settings`). *problem* and *problem_row* are why the file cannot be read.

    *version* counts how often the rows had to be checked: a block that was checked for another one is checked
    anew. Of its *rows*, *fresh* would become bookings, *known* are bookings already, *repeated* say the same as a
    row before, *faulty* cannot be taken. Of the *done* first ones *taken* have become bookings. *paused_at* is
    when a person paused it, *worker* and *worker_until* are the lease of the one worker that it has.
    """

    __tablename__ = "booking_imports"
    __table_args__ = (
        Index("ix_booking_imports_team", "team_id", "id"),
        Index(
            "uq_booking_imports_open",
            "team_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), index=True)
    started_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    started_at: Mapped[datetime] = mapped_column(UtcDateTime)
    file_name: Mapped[str] = mapped_column(String(200))
    size: Mapped[int]
    state: Mapped[ImportState] = mapped_column(enum_text(ImportState), index=True)
    encoding: Mapped[str] = mapped_column(String(16), default="")
    likely: Mapped[list[str]] = mapped_column(JSON, default=list)
    delimiter: Mapped[str] = mapped_column(String(1), default="")
    headings_sealed: Mapped[Sealed] = mapped_column(default="")
    columns: Mapped[list[str]] = mapped_column(JSON, default=list)
    day_order: Mapped[str] = mapped_column(String(16), default="")
    order_open: Mapped[bool] = mapped_column(default=False)
    read_by: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    problem: Mapped[str] = mapped_column(String(32), default="")
    problem_row: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    fresh: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    taken: Mapped[int] = mapped_column(default=0)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    confirmed_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(String(64), default="")
    worker_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    calendar: Mapped[Calendar] = relationship(lazy="joined")
    started_by: Mapped[Person | None] = relationship(lazy="joined", foreign_keys=[started_by_id])


class ImportPiece(Base):
    """Some of the bytes of a file, sealed, in the order of *number*; kept until its bookings are taken in."""

    __tablename__ = "import_pieces"
    __table_args__ = (UniqueConstraint("import_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("booking_imports.id", ondelete="CASCADE"))
    number: Mapped[int]
    content_sealed: Mapped[Sealed] = mapped_column(default="")


class ImportBlock(Base):
    """Some of the rows of a file, sealed, in the order of *number*; kept until its bookings are taken in.

    *rows_sealed* is ``[[row, line, [cell, …]], …]`` as JSON, with null for a row that was erased. *checked* is the
    version of the import that the rest is about: *marks* are by what the bookings of its rows are told apart,
    *faults* are ``[[row, column, problem], …]``.
    """

    __tablename__ = "import_blocks"
    __table_args__ = (UniqueConstraint("import_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("booking_imports.id", ondelete="CASCADE"))
    number: Mapped[int]
    rows_sealed: Mapped[Sealed] = mapped_column(default="")
    checked: Mapped[int] = mapped_column(default=0)
    fresh: Mapped[int] = mapped_column(default=0)
    known: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    faulty: Mapped[int] = mapped_column(default=0)
    marks: Mapped[list[str]] = mapped_column(JSON, default=list)
    faults: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)


class ImportedBooking(Base):
    """Which import a delivery's booking came with, and in which *row* of its file it stood."""

    __tablename__ = "imported_bookings"
    __table_args__ = (Index("ix_imported_bookings_import", "import_id", "delivery_id"),)

    delivery_id: Mapped[int] = mapped_column(
        ForeignKey("deliveries.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    import_id: Mapped[int] = mapped_column(ForeignKey("booking_imports.id", ondelete="CASCADE"))
    row: Mapped[int]
