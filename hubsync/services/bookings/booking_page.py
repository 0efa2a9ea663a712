"""The booking page: what guests see of a calendar, and the booking that they leave there."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from hubsync.domain.availability.rules import FreeTimeRules
from hubsync.domain.booking import PAGE, Booking, Guest
from hubsync.domain.public_teams import PublicTeam
from hubsync.domain.questions import Part, Question
from hubsync.domain.values import AnswerValue
from hubsync.errors import BookingErased, NotFound, TimeNotOffered
from hubsync.services.availability.claims import claim_time
from hubsync.services.availability.hosts import name_hosts
from hubsync.services.availability.rules import SavedTimes, rules_of
from hubsync.services.bookings.appointment_mails import put_confirmations
from hubsync.services.bookings.completion import stored_answers, take_in, translate_faults
from hubsync.services.bookings.held_notice import put_held_notice
from hubsync.services.bookings.hourly_ceiling import is_above_ceiling
from hubsync.services.calendars.source_calendars import require_open
from hubsync.services.unwanted.guests import require_room
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar, QuestionRow, read_question
from hubsync.store.free_times import FreeTimes
from hubsync.store.people import Person
from hubsync.store.teams import Team


@dataclass(frozen=True)
class BookingPage:
    """A calendar as guests see it: plain values, which stay readable when the database does not."""

    team_id: int
    calendar_id: int
    external_id: str
    slug: str
    title: str
    host: str
    """Whom guests are told that they meet: the host, or the team where one of several is chosen."""
    duration_minutes: int
    time_zone: str
    questions: tuple[Question, ...]
    team: PublicTeam
    host_ids: tuple[int, ...]
    query_names: tuple[str, ...] = ()
    """Names of the address that the owner wants to be kept with bookings."""
    saved_times: SavedTimes | None = field(default=None, repr=False)
    is_paused: bool = False
    language: str = ""
    """The catalogue for guests who choose none; empty for what their browser asks."""

    @property
    def rules(self) -> FreeTimeRules:
        """When it offers times."""
        return rules_of(self, self.saved_times)

    def make_booking(
        self,
        answers: Mapping[int, AnswerValue],
        starts_at: datetime,
        time_zone: str,
        form_id: str,
        url_params: Mapping[str, str],
        locale: str = "",
    ) -> Booking:
        """What a guest filled in, as every source hands its bookings over.

        *answers* are checked answers by question id, *starts_at* is aware. *form_id* makes a form that is sent
        twice the same booking. *locale* is the guest's language, with the country where it is known (BCP 47).
        """
        parts = {each.part: answers.get(each.id) for each in self.questions if each.part}
        return Booking(
            source=PAGE,
            external_id=form_id,
            calendar_external_id=self.external_id,
            calendar_name=self.title,
            guest=Guest(
                _text(parts.get(Part.NAME)),
                _text(parts.get(Part.EMAIL)),
                _text(parts.get(Part.COMPANY)),
                time_zone,
            ),
            starts_at=starts_at,
            ends_at=starts_at + timedelta(minutes=self.duration_minutes),
            by_question=answers,
            url_params=url_params,
            locale=locale,
        )


@dataclass(frozen=True)
class KeptBooking:
    """A booking that is written down. *as_sent* is False when the form had been completed before with other
    answers or another time, which are the ones that count."""

    id: int
    as_sent: bool


# Statements that every look at a booking page makes are put together once, and read no more than guests see.
_PAGES = (
    select(
        Calendar.id,
        Calendar.team_id,
        Calendar.owner_id,
        Calendar.external_id,
        Calendar.slug,
        Calendar.name,
        Calendar.duration_minutes,
        Calendar.time_zone,
        Calendar.archived_at,
        Calendar.query_names,
        Calendar.language,
        Person.name.label("owner_name"),
        Team.name.label("team_name"),
        Team.responsible_name,
        Team.privacy_notice,
        Team.parent_sites,
        *FreeTimes.__table__.columns,
    )
    .join(Team, Team.id == Calendar.team_id)
    .join(Person, Person.id == Calendar.owner_id)
    .outerjoin(FreeTimes, FreeTimes.calendar_id == Calendar.id)
)
_BY_SLUG = _PAGES.where(Calendar.slug == bindparam("slug"), Calendar.source == PAGE)
_BY_ID = _PAGES.where(Calendar.id == bindparam("id"))
_QUESTIONS = (
    select(*QuestionRow.__table__.columns)
    .where(QuestionRow.calendar_id == bindparam("calendar"), QuestionRow.deleted_at.is_(None))
    .order_by(QuestionRow.position)
)
_PARENT_SITES = (
    select(Team.parent_sites)
    .join(Calendar, Calendar.team_id == Team.id)
    .where(Calendar.slug == bindparam("slug"), Calendar.source == PAGE)
)


def find_booking_page(
    slug: str, tell_sites: Callable[[Sequence[str]], None] | None = None, *, asks: bool = True
) -> BookingPage:
    """The booking page of the calendar *slug*. Raises NotFound when there is none, BookingPageClosed for now.

    *tell_sites* is told of the sites that may show it inside theirs, also where it is closed. A page that *asks*
    nothing, as that of the free times, comes without its questions.
    """
    row = db.session.connection().execute(_BY_SLUG, {"slug": slug}).one_or_none()
    if row is not None and tell_sites is not None:
        tell_sites(row.parent_sites or ())
    return _show(require_open(cast(Any, row)), asks=asks)  # it has what is looked at of a calendar


def list_parent_sites(slug: str) -> tuple[str, ...]:
    """The sites that may show the page *slug* inside theirs: none for a page that there is not."""
    return tuple(db.session.connection().scalar(_PARENT_SITES, {"slug": slug}) or ())


def find_language(slug: str) -> str:
    """The language of the page *slug*, closed or not; empty for what a guest's browser asks."""
    return db.session.scalar(select(Calendar.language).where(Calendar.slug == slug, Calendar.source == PAGE)) or ""


def show_booking_page(calendar: Calendar) -> BookingPage:
    """*calendar* as guests see it."""
    return _show(db.session.connection().execute(_BY_ID, {"id": calendar.id}).one())


def _show(row: Any, *, asks: bool = True) -> BookingPage:
    session = db.session()
    hosts = name_hosts(session, row.id, row.team_id, (row.owner_id, row.owner_name))
    questions = session.connection().execute(_QUESTIONS, {"calendar": row.id}).all() if asks else ()
    return BookingPage(
        team_id=row.team_id,
        calendar_id=row.id,
        external_id=row.external_id,
        slug=row.slug,
        title=row.name,
        host=(next(iter(hosts.values())) if len(hosts) == 1 else "") or row.team_name,
        duration_minutes=row.duration_minutes,
        time_zone=row.time_zone,
        questions=tuple(map(read_question, questions)),
        team=PublicTeam(row.team_name, row.responsible_name, row.privacy_notice),
        host_ids=tuple(hosts),
        query_names=tuple(row.query_names),
        saved_times=row if row.calendar_id is not None else None,
        is_paused=row.paused_at is not None,
        language=row.language,
    )


def keep_booking(page: BookingPage, booking: Booking) -> KeptBooking:
    """Complete a booking made on *page*; the same form again returns the booking that was kept first.

    Returns only when the booking is in the database, whatever became of its delivery. Raises TimeNotOffered when
    its time is not free any more, GuestHasEnough when its guest may have no more to come, BookingNotKept when the
    database would not take it now (locked, full, gone), NotFound when the calendar was deleted meanwhile,
    BookingPageClosed when it was archived.
    """
    try:
        with translate_faults():  # what is read of the kept booking may fail as well
            kept = take_in(page.team_id, booking, admit=_give_time).delivery.booking
            same_answers = kept.answers == stored_answers(booking.by_question or {})
            return KeptBooking(kept.id, as_sent=same_answers and kept.starts_at == booking.starts_at)
    except BookingErased:
        raise NotFound("this booking was erased") from None


def _give_time(session: Session, record: BookingRecord) -> bool:
    """Let the new booking take the time of one host who is free then, for as long as meetings last now, and have
    both mailed of it, unless it is held for a look; return whether it is."""
    if record.starts_at is None:
        raise TimeNotOffered
    host = claim_time(session, record.calendar, record.starts_at)
    require_room(session, record)  # while nobody else decides about this calendar
    record.ends_at = record.starts_at + timedelta(minutes=record.calendar.duration_minutes)
    record.host_id, record.host = host.id, host.shown[:320]
    if is_above_ceiling(session, record):
        put_held_notice(session, record.calendar)
        return True
    put_confirmations(session, record, public_name(session.get(Person, host.id), record.calendar))
    return False


def public_name(host: Person | None, calendar: Calendar) -> str:
    """What guests read of whom they meet: the *host*'s name, or the team's where that is not known."""
    # Not the host's address, which is nobody's business on a public page.
    return (host.name if host is not None else "") or calendar.team.name


def _text(answer: AnswerValue) -> str:
    return answer if isinstance(answer, str) else ""


def new_form_id() -> str:
    """An id for one form shown to one guest."""
    return secrets.token_urlsafe(16)
