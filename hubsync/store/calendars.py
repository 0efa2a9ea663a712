"""Tables of calendars and the questions their guests are asked."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.domain.booking import PAGE
from hubsync.domain.languages import LONGEST_LANGUAGE
from hubsync.domain.occurrences import KnownQuestion
from hubsync.domain.questions import Kind, Part, Question
from hubsync.domain.reminders import NONE
from hubsync.store import Base
from hubsync.store.columns import UtcDateTime
from hubsync.store.people import Person
from hubsync.store.teams import Team


def new_stamp() -> str:
    """A stamp that no calendar ever had."""
    return secrets.token_hex(8)


class Calendar(Base):
    """A schedule adjustment calendar.

    *slug* is the unguessable name of its booking page. (*source*, *external_id*) is where it comes from:
    ``("page", slug)`` for calendars made here, otherwise what the booking source calls it. An archived calendar
    takes no bookings on its page and stands apart in the list; what it has is kept. Guests of its page are
    reminded *reminder_minutes* before an appointment, 0 for never. *query_names* are those of its page's address
    that its owner wants to be kept with bookings. *language* is the catalogue of the page for guests who choose
    none, empty for what their browser asks. *stamp* is another one after each change of its questions or its
    mapping (`store/calendar_stamps`).
    """

    __tablename__ = "calendars"
    __table_args__ = (UniqueConstraint("team_id", "source", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    duration_minutes: Mapped[int] = mapped_column(default=30)
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    source: Mapped[str] = mapped_column(String(32), default=PAGE)
    external_id: Mapped[str] = mapped_column(String(255))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    reminder_minutes: Mapped[int] = mapped_column(default=NONE, server_default="0")
    language: Mapped[str] = mapped_column(String(LONGEST_LANGUAGE), default="", server_default="")
    query_names: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    stamp: Mapped[str] = mapped_column(String(16), default=new_stamp, server_default="")

    team: Mapped[Team] = relationship(lazy="joined")
    owner: Mapped[Person] = relationship(lazy="joined")
    questions: Mapped[list[QuestionRow]] = relationship(
        order_by="QuestionRow.position",
        primaryjoin="and_(QuestionRow.calendar_id == Calendar.id, QuestionRow.deleted_at.is_(None))",
        viewonly=True,
    )

    def asked(self) -> tuple[Question, ...]:
        """The questions guests are asked, in order."""
        return tuple(row.as_question() for row in self.questions)


class QuestionRow(Base):
    """One question. Deleted questions stay as rows, because mappings and stored answers point at them.

    (*source_label*, *source_number*) is how a booking source speaks of it: the n-th question of that label.
    Without a *source_label* it is known by its *label*. *renamed* says that it is called something else here.
    *source_key* is the source's own name for it, empty where it has none; *former_label* the label that the source
    sent before this one, since *relabelled_at*, which is None once a person has seen it.
    """

    __tablename__ = "questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    label: Mapped[str] = mapped_column(String(300))
    kind: Mapped[str] = mapped_column(String(32))
    part: Mapped[str | None] = mapped_column(String(16))
    required: Mapped[bool] = mapped_column(default=False)
    choices: Mapped[list[str]] = mapped_column(JSON, default=list)
    supplement: Mapped[str] = mapped_column(String(2000), default="")
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source_label: Mapped[str | None] = mapped_column(String(300))
    source_number: Mapped[int | None]
    renamed: Mapped[bool] = mapped_column(default=False, server_default=false())
    source_key: Mapped[str] = mapped_column(String(300), default="", server_default="")
    former_label: Mapped[str] = mapped_column(String(300), default="", server_default="")
    relabelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    def as_question(self) -> Question:
        return read_question(self)

    def as_known(self) -> KnownQuestion:
        """The question as answers of its calendar's source find it."""
        return KnownQuestion(
            id=self.id,
            label=self.label if self.source_label is None else self.source_label,
            number=self.source_number,
            name=self.label if self.renamed else "",
            deleted=self.deleted_at is not None,
            key=self.source_key,
            former=self.former_label,
            kind=Kind(self.kind),
            made=self.part is None and self.source_number is not None,
        )


def read_question(row: Any) -> Question:
    """The question of a `QuestionRow`, or of what a statement reads of one."""
    return Question(
        id=row.id,
        label=row.label,
        kind=Kind(row.kind),
        required=row.required,
        choices=tuple(row.choices),
        supplement=row.supplement,
        part=Part(row.part) if row.part else None,
        number=1 if row.renamed else row.source_number or 1,
    )
