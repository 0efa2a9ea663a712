"""What a mail tells of an appointment made on a booking page, as it was when there was something to tell."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hubsync.domain.booking import BookingEvent
from hubsync.domain.calendar_uids import calendar_uid
from hubsync.domain.names import tidy_name
from hubsync.domain.values import answer_text
from hubsync.services import now
from hubsync.services.bookings.booking_links import link_to_booking, link_to_change
from hubsync.store.bookings import BookingHistory, BookingRecord


@dataclass(frozen=True)
class AppointmentNews:
    """An appointment at one moment. All but the times is text or numbers; times are aware, in UTC.

    *uid* is the id under which calendars know it, *sequence* how often it was changed since it was made; *at* is
    the moment. *host* is what guests call the host. *language* is the guest's (BCP 47), empty where it is not
    known. *answers* are labels with texts, or True and False.
    """

    booking_id: int
    uid: str
    sequence: int
    at: datetime
    title: str
    host: str
    starts_at: datetime
    ends_at: datetime
    link: str = field(repr=False)
    team_slug: str
    location: str = field(repr=False)
    guest_name: str = field(repr=False)
    guest_email: str = field(repr=False)
    guest_zone: str
    language: str
    answers: list[tuple[str, str | bool]] = field(repr=False)
    move_link: str = field(default="", repr=False)
    cancel_link: str = field(default="", repr=False)

    @classmethod
    def of(cls, session: Session, record: BookingRecord, host: str) -> AppointmentNews:
        """The news of a booking with a time, which is in the database; *host* is what guests call its host."""
        if record.starts_at is None or record.ends_at is None:
            raise ValueError("a booking without a time is no appointment")
        changes = select(func.count(BookingHistory.id)).where(BookingHistory.booking_id == record.id)
        calendar = record.calendar
        return cls(
            booking_id=record.id,
            uid=calendar_uid(record.team_id, record.source, record.external_id),
            sequence=session.scalars(changes).one(),
            at=now(),
            title=tidy_name(calendar.name),
            host=tidy_name(host),
            starts_at=record.starts_at,
            ends_at=record.ends_at,
            link=link_to_booking(calendar.slug, record.id),
            team_slug=calendar.team.slug,
            location=tidy_name(record.location),
            guest_name=tidy_name(record.guest_name),
            guest_email=record.guest_email,
            guest_zone=record.guest_time_zone or calendar.time_zone,
            language=record.locale,
            answers=list(_answers(record)),
            move_link=link_to_change(calendar.slug, record.id, BookingEvent.MOVED),
            cancel_link=link_to_change(calendar.slug, record.id, BookingEvent.CANCELLED),
        )

    @classmethod
    def read(cls, content: dict[str, Any]) -> AppointmentNews:
        """The news that `stored` was made of."""
        times = {name: datetime.fromisoformat(content[name]) for name in _TIMES}
        answers = [(label, value) for label, value in content["answers"]]
        return cls(**{**content, **times, "answers": answers})

    def stored(self) -> dict[str, Any]:
        """The news as JSON takes it."""
        return {**vars(self), **{name: getattr(self, name).isoformat() for name in _TIMES}}

    def times_in(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Beginning and end by the clock of *zone*."""
        return self.starts_at.astimezone(zone), self.ends_at.astimezone(zone)


_TIMES = ("at", "starts_at", "ends_at")


def _answers(record: BookingRecord) -> list[tuple[str, str | bool]]:
    given: list[tuple[str, str | bool]] = []
    for question in record.calendar.asked():
        value = record.answer_to(question.id)
        if isinstance(value, bool):
            given.append((question.label, value))
        elif text := answer_text(value):
            given.append((question.label, text))
    return given
