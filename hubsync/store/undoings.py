"""Tables of undone deliveries: who undid which, and what became of each record that it had made."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.undoing import UndoFate, UndoPart
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime, enum_text
from hubsync.store.people import Person


class Undoing(Base):
    """A delivery that somebody undid, or tried to, written down before HubSpot is asked.

    *asked_at* and *asked_by_id* are of the last press. *worker* has it until *worker_until*. *undone_at* is when
    the first record was about to be archived: from then on the delivery counts as undone, and nothing of it is
    retried. *finished_at* is when the last press came to its end; None while somebody is at it, or was killed.
    """

    __tablename__ = "undoings"

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("deliveries.id", ondelete="CASCADE"), unique=True)
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    worker: Mapped[str] = mapped_column(String(64), default="", server_default="")
    worker_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    asked_by: Mapped[Person | None] = relationship(lazy="joined")
    parts: Mapped[list[UndonePart]] = relationship(order_by="UndonePart.id", passive_deletes=True)


class UndonePart(Base):
    """What became of one record, or of the value at *place* of one.

    *about* is the property that somebody changed, or the kind of what is associated with the record; *number* how
    many of these there are, or how many other bookings. *code* is of the error that HubSpot's answer was.
    """

    __tablename__ = "undone_parts"
    __table_args__ = (UniqueConstraint("undoing_id", "part", "place"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    undoing_id: Mapped[int] = mapped_column(ForeignKey("undoings.id", ondelete="CASCADE"))
    part: Mapped[UndoPart] = mapped_column(enum_text(UndoPart))
    place: Mapped[str] = mapped_column(String(300), default="", server_default="")
    record_id: Mapped[str] = mapped_column(String(32))
    fate: Mapped[UndoFate] = mapped_column(enum_text(UndoFate))
    about: Mapped[str] = mapped_column(String(255), default="", server_default="")
    number: Mapped[int] = mapped_column(default=0, server_default="0")
    code: Mapped[str] = mapped_column(String(64), default="", server_default="")
