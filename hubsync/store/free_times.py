"""Tables of free times: when the booking page of a calendar offers times, and whose they are."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from hubsync.store import Base
from hubsync.store.columns import UtcDateTime
from hubsync.store.people import Person


class FreeTimes(Base):
    """When one calendar's booking page offers times; saved whole. A calendar without a row has the usual ones.

    *weekly* are seven lists of ``[opening, closing]`` in minutes of the day by the calendar's clock, Monday first;
    *other_days* has the same for single dates (ISO), an empty list for a day off. The period is rolling over
    *days_ahead*, or without them fixed from *first_day* to *last_day*. *version* counts what was saved, so that of
    two people who change it at one time the second is told.
    """

    __tablename__ = "free_times"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True)
    weekly: Mapped[list[list[list[int]]]] = mapped_column(JSON)
    other_days: Mapped[dict[str, list[list[int]]]] = mapped_column(JSON, default=dict)
    step_minutes: Mapped[int]
    buffer_before_minutes: Mapped[int] = mapped_column(default=0)
    buffer_after_minutes: Mapped[int] = mapped_column(default=0)
    notice_minutes: Mapped[int]
    days_ahead: Mapped[int | None]
    first_day: Mapped[date | None]
    last_day: Mapped[date | None]
    most_a_day: Mapped[int | None]
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    version: Mapped[int] = mapped_column(default=1)


class CalendarHost(Base):
    """One of several hosts of a calendar. A calendar without any has its owner for a host."""

    __tablename__ = "calendar_hosts"

    calendar_id: Mapped[int] = mapped_column(ForeignKey("calendars.id", ondelete="CASCADE"), primary_key=True)
    person_id: Mapped[int] = mapped_column(
        ForeignKey("people.id", ondelete="CASCADE"), primary_key=True, index=True
    )

    person: Mapped[Person] = relationship(lazy="joined")
