"""Guests by their e-mail address: what stands in the way of a booking by what its calendar and its team chose."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hubsync.domain.blocked_guests import is_blocked
from hubsync.domain.email_domains import is_free
from hubsync.domain.mistyped_domains import suggest_domain
from hubsync.errors import GuestHasEnough
from hubsync.services import now
from hubsync.services.mapping.free_domains import own_free_domains
from hubsync.services.unwanted.rules import load_rules
from hubsync.store import db
from hubsync.store.bookings import BookingRecord
from hubsync.store.teams import Team


@dataclass(frozen=True)
class Judged:
    """A guest's address, as the rules see it. *suggestion* is the address that was probably meant; *free_domain*
    the domain for which it is refused where only work addresses are taken. Empty where there is none."""

    is_blocked: bool = False
    suggestion: str = ""
    free_domain: str = ""


def judge_guest(team_id: int, calendar_id: int, email: str) -> Judged:
    """Look at the checked address *email* of a guest who completes a form."""
    local, at, domain = email.rpartition("@")
    if not at:
        return Judged()
    rules, _version = load_rules(db.session(), calendar_id)
    free = ""
    if rules.work_email_only and is_free(domain, own_free_domains(team_id)):
        free = domain
    # A free mail service is no suggestion where free mail services are refused.
    meant = suggest_domain(domain) if rules.typo_hint and not rules.work_email_only else ""
    return Judged(_blocks(team_id, email), f"{local}@{meant}" if meant else "", free)


def _blocks(team_id: int, email: str) -> bool:
    """Whether the team's list is about the address of this guest."""
    entries = db.session.scalar(select(Team.blocked_guests).where(Team.id == team_id))
    return bool(entries) and is_blocked(email, entries or ())


def require_room(session: Session, record: BookingRecord) -> None:
    """Raise GuestHasEnough where the guest of a new booking has as many to come in its calendar as one may."""
    rules, _version = load_rules(session, record.calendar.id)
    if rules.most_per_guest is None or not record.guest_email:
        return
    to_come = select(func.count(BookingRecord.id)).where(
        BookingRecord.guest_email == record.guest_email,
        BookingRecord.calendar_id == record.calendar.id,
        BookingRecord.external_id != record.external_id,
        BookingRecord.starts_at > now(),
        BookingRecord.cancelled_at.is_(None),
    )
    if session.scalars(to_come).one() >= rules.most_per_guest:
        raise GuestHasEnough
