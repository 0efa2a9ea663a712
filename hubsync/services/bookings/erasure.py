"""Erasure of guests' data: everything that is old enough, or everything of one guest who asks for it.

Bookings, answers, deliveries and attempts go. What stays are the numbers of each day, and a hash of the source's
booking id, so that a source that sends the booking once more is answered and nothing is posted again. Records at
HubSpot stay.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from functools import partial

from sqlalchemy import ColumnElement, and_, delete, exists, false, func, or_, select

from hubsync.config import settings
from hubsync.domain.audit import AuditAction
from hubsync.domain.delivery_states import SETTLED, DeliveryState
from hubsync.domain.searching import email_as_searched
from hubsync.services import now
from hubsync.services.bookings.erased_bookings import remember
from hubsync.services.bookings.known_bookings import names_of
from hubsync.services.deliveries import transitions
from hubsync.services.import_files import forget_guest
from hubsync.services.posting.company_memory import trusted_for
from hubsync.services.posting.forgotten_companies import forget
from hubsync.services.teams.audit import record
from hubsync.store import db, end_read, lock_in_order, retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.companies import KnownCompany
from hubsync.store.deliveries import LOCKED, Delivery
from hubsync.store.leases import COMPANY_CLAIM, MEETING
from hubsync.store.meetings import Meeting
from hubsync.store.teams import Team

BATCH = 200
_LOCK_MEETINGS = select(Meeting.id).order_by(Meeting.id).with_for_update()
LOOK_BACK = timedelta(days=7)
"""How long an old booking is kept at least once it is settled: who dismissed it may undo that, who pressed Retry
sees what came of it. A shorter retention is kept to."""


def erase_old(stopped: Callable[[], bool] = lambda: False) -> int:
    """Erase bookings older than HUBSYNC_RETENTION_DAYS, until *stopped*; return how many. 0 days: none ever.

    What still needs somebody, or is on its way, is kept until it is posted or dismissed, and for a week after
    that: nothing is lost for age. An appointment is kept until it is over, or its host's time would be offered
    again.
    """
    days = settings().retention_days
    if not days:
        return 0
    forget_old_companies(timedelta(days=days))
    old = Delivery.created_at < now() - timedelta(days=days)
    settled = or_(Delivery.state.in_(SETTLED), Delivery.dismissed_at.is_not(None))
    since = func.coalesce(Delivery.dismissed_at, Delivery.finished_at, Delivery.created_at)
    over = ~Delivery.booking.has(_is_to_come())
    return _erase_all(and_(old, settled, since < now() - min(timedelta(days=days), LOOK_BACK), over), stopped)


def count_guest(email: str, team_id: int | None = None) -> int:
    """How many bookings of this e-mail address are kept, in the team or everywhere."""
    return db.session.scalars(select(func.count(Delivery.id)).where(of_guest(email, team_id))).one()


def count_to_come(email: str, team_id: int) -> int:
    """How many of these are appointments that still take time of a host, which is free again without them."""
    return db.session.scalars(
        select(func.count(Delivery.id)).where(of_guest(email, team_id), Delivery.booking.has(_is_to_come()))
    ).one()


def of_guest(email: str, team_id: int | None) -> ColumnElement[bool]:
    """The condition that a delivery is of the guest with this address, in the team or everywhere."""
    text = email_as_searched(email)
    if not text:  # no guest: those whose address is not known are many
        return false()
    named = Delivery.search_email == text
    # Every index of addresses begins with the team.
    teams = Delivery.team_id.in_(select(Team.id)) if team_id is None else Delivery.team_id == team_id
    return and_(teams, named)


def erase_guest(email: str, team_id: int, by: int | None = None) -> tuple[int, int]:
    """Erase all bookings of this e-mail address in the team, whatever their state.

    Returns how many were erased and how many are left, because a worker is posting them, or tells HubSpot of their
    meeting, at this moment.
    """
    forget_guest(team_id, email)  # rows of a file that is being imported, before they become bookings
    erased = _erase_all(and_(of_guest(email, team_id), Delivery.state != DeliveryState.SENDING), lambda: False)
    if erased:
        with write_transaction() as session:
            record(session, team_id, by, AuditAction.GUEST_ERASED, number=erased)
    left = count_guest(email, team_id)
    end_read()
    return erased, left


def forget_old_companies(age: timedelta) -> None:
    """Drop remembered companies, and what is left of claims, that are older than every booking of this *age*.

    Companies are known for as long as bookings are: one that is not known would be registered a second time when
    HubSpot has its name in other letters.
    """
    before = now() - age - trusted_for(contact_follows=True)
    last = func.coalesce(KnownCompany.known_at, KnownCompany.sent_at, KnownCompany.claim_until)
    old = and_(last < before, COMPANY_CLAIM.free(now()))
    oldest = db.session.scalar(select(KnownCompany.id).where(old).limit(1))
    end_read()
    if oldest is not None:
        with write_transaction() as session:
            forget(session, old)


def _is_to_come() -> ColumnElement[bool]:
    """The condition that a booking takes time of a host, now or later."""
    return and_(
        BookingRecord.host_id.is_not(None), BookingRecord.cancelled_at.is_(None), BookingRecord.ends_at > now()
    )


def _erase_all(which: ColumnElement[bool], stopped: Callable[[], bool]) -> int:
    """Erase in small transactions, so that nobody waits long for the database."""
    erased = 0
    while not stopped() and (number := retry_on_conflict(partial(_erase_portion, which))) is not None:
        erased += number
    return erased


def _erase_portion(which: ColumnElement[bool]) -> int | None:
    """Erase the oldest of *which* and return how many it were; None when there is none.

    Repeated when news of one of them came at the same instant. One whose meeting is being made or changed in
    HubSpot at this moment is left, or nothing here would know of that meeting.
    """
    with write_transaction() as session:
        which = and_(which, ~exists().where(Meeting.delivery_id == Delivery.id, ~MEETING.free(now())))
        oldest = select(Delivery.id).where(which).order_by(Delivery.created_at, Delivery.id).limit(BATCH)
        portion = session.scalars(oldest).all()
        if not portion:
            return None
        # Or a worker of this instant would take one up and post it; one that it has taken is none of *which*.
        lock_in_order(session, LOCKED.where(Delivery.id.in_(portion)))
        lock_in_order(session, _LOCK_MEETINGS.where(Meeting.delivery_id.in_(portion)))
        deliveries = session.scalars(select(Delivery).where(Delivery.id.in_(portion), which)).all()
        bookings = [each.booking_id for each in deliveries]
        named = names_of(session, bookings)
        for each in deliveries:
            ids = {each.booking.external_id, *named[each.booking_id]}
            remember(session, each.team_id, each.booking.source, ids, each.id, each.state)
        transitions.erase(session, deliveries)
        session.flush()
        for each in deliveries:  # they are gone; whoever else is in the session stays there
            session.expunge(each.booking)
            session.expunge(each)
        session.execute(delete(BookingRecord).where(BookingRecord.id.in_(bookings)))
    return len(bookings)
