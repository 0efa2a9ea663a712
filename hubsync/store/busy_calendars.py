"""Tables of busy calendars: what a person's other calendars said last. Of an event only its times are kept."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.busy_calendars import CalendarKind, WhenUnreadable
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.people import Person
from hubsync.store.sealed_text import Sealed


class BusyCalendar(Base):
    """One calendar of a person that is read for busy times.

    *access_sealed* (for ``busy-calendar:<id>``) is JSON: the address, and for CalDAV user, password and the chosen
    calendars. *place* is what of the address may be shown: its host. *etag* and *last_modified* let its server say
    that nothing is new, as long as it is read for the same zone and addresses of its person, whose fingerprint is
    *read_for*; *content_hash* is that of what was read. *read_at* is when it was last known to be as it is stored,
    *next_read_at* when it is read next; *failures* counts what was tried in vain since, *fault_code* is what the
    last one met, *faulty_since* when that began and *told_at* when its person was mailed about it. *left_out*
    counts events that could not be read. *worker* and *worker_until* are the lease of whoever reads it.
    """

    __tablename__ = "busy_calendars"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id", ondelete="CASCADE"), index=True)
    kind: Mapped[CalendarKind] = mapped_column(enum_text(CalendarKind))
    name: Mapped[str] = mapped_column(String(100))
    place: Mapped[str] = mapped_column(String(255))
    access_sealed: Mapped[Sealed] = mapped_column(default="")
    when_unreadable: Mapped[WhenUnreadable] = mapped_column(enum_text(WhenUnreadable))
    added_at: Mapped[datetime] = mapped_column(UtcDateTime)
    etag: Mapped[str] = mapped_column(String(500), default="")
    last_modified: Mapped[str] = mapped_column(String(100), default="")
    read_for: Mapped[str] = mapped_column(String(16), default="", server_default="")
    content_hash: Mapped[str] = mapped_column(String(64), default="")
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_read_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    failures: Mapped[int] = mapped_column(default=0)
    fault_code: Mapped[str] = mapped_column(String(64), default="")
    faulty_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    told_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    left_out: Mapped[int] = mapped_column(default=0)
    worker: Mapped[str] = mapped_column(String(64), default="")
    worker_until: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person] = relationship(lazy="joined")


class BusyTimes(Base):
    """The busy times of one calendar as they were last read, replaced as a whole.

    *times* are ``[start, end]`` in seconds since 1970 (UTC), in order and without overlaps, from *from_at* to
    *until*: what lies behind that is not known. *unread* are the events that are not among them, or whose zone was
    guessed: the reason (`UnreadReason`) and the day or "" of each.
    """

    __tablename__ = "busy_times"

    busy_calendar_id: Mapped[int] = mapped_column(
        ForeignKey("busy_calendars.id", ondelete="CASCADE"), primary_key=True
    )
    times: Mapped[list[list[int]]] = mapped_column(JSON)
    from_at: Mapped[datetime] = mapped_column(UtcDateTime)
    until: Mapped[datetime] = mapped_column(UtcDateTime)
    unread: Mapped[list[list[str]]] = mapped_column(JSON, default=list, server_default="[]")
