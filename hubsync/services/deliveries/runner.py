"""Runner of one attempt, in two halves.

`begin_attempt` reads and claims inside the transaction that takes the delivery, without a call to HubSpot; `carry`
calls after that has been committed, then stores the result.
"""

from __future__ import annotations

import logging
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hubsync.domain.booking import IMPORT, PAGE
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mapping import Draft, LeftOut, Section
from hubsync.domain.outcomes import OPEN, Outcome, is_at_hubspot, is_begun
from hubsync.domain.plans import posts
from hubsync.domain.reasons import Reason
from hubsync.domain.remarks import SECTION_OF, RemarkKind
from hubsync.errors import HubSyncError, IdleExpired, LookUpRefused, Scope, WatchOnly
from hubsync.hubspot.oauth import OWNERS_READ
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.access_loss import expire
from hubsync.services.connection.api_access import CachedAccess
from hubsync.services.connection.optional_scopes import may_have
from hubsync.services.connection.refused_properties import refused_by
from hubsync.services.connection.tokens import read_usable
from hubsync.services.deliveries.begun_attempt import BegunAttempt
from hubsync.services.deliveries.outcome import conclude
from hubsync.services.deliveries.steps import AttemptResult, result_of_error, run_steps
from hubsync.services.deliveries.transitions import as_read
from hubsync.services.deliveries.watching import watch
from hubsync.services.isolation import origin_of
from hubsync.services.posting import company_claims, kept_meetings
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.context import Posting
from hubsync.services.posting.draft import draft_mapped
from hubsync.services.posting.mapped_calendars import MappedCalendar, PostingRules, read_mapped
from hubsync.services.posting.meeting_plan import plan_meeting
from hubsync.services.posting.meeting_work import MeetingWork
from hubsync.services.posting.rate_limits import Occasion, blocked_until
from hubsync.services.posting.shared_pace import announce_calls, open_reservation
from hubsync.services.posting.task import NO_WISH, OwnerWish, TakenDelivery, Task
from hubsync.store import db, run
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery

log = logging.getLogger(__name__)
_TABLE = Delivery.__table__
_NOTE_WATCHING = update(_TABLE).where(_TABLE.c.id == bindparam("this")).values(reason=WatchOnly.code)


def begin_attempt(
    session: Session,
    delivery: Delivery,
    deadline: Deadline,
    occasion: Occasion,
    reservation: Reservation | None = None,
) -> BegunAttempt:
    """Read what an attempt needs and claim its company, in the transaction that takes the *delivery*.

    Its calls are those that *reservation* has room for, and announced; without one they wait for nothing. What
    HubSync cannot cope with is the attempt's ending, so that the booking is stored all the same. Raises
    NoReservation when another process called meanwhile.
    """
    started, number = now(), delivery.attempts_used + 1
    course: Posting | AttemptResult
    try:
        course = _begin(delivery, deadline, occasion, reservation)
        if isinstance(course, Posting) and course.task.only_watches:
            # Whoever finds a dead worker's lease sees that it has sent nothing.
            run(session, _NOTE_WATCHING, {"this": delivery.id})
        elif isinstance(course, Posting):
            company_claims.take_at_once(session, course)
            kept_meetings.take_at_once(session, course)
    except DBAPIError:
        raise  # the transaction is lost with it, and the caller begins another one
    except Exception as mistake:
        _log(delivery.id, mistake)
        stands = is_at_hubspot(delivery.company, delivery.contact)
        course = result_of_error(mistake, number, stands=stands)
    if reservation is not None:
        announce_calls(session, reservation)
    return BegunAttempt(delivery, as_read(delivery), course, reservation, started, number)


def carry(attempt: BegunAttempt) -> bool:
    """Carry a begun attempt to its end; return whether the outcome was written down.

    The session's copy of the delivery is up to date then. Nothing is raised, whatever happens: the booking is
    stored and confirmed. What HubSync itself cannot cope with ends up on the delivery too; when the database will
    not take even that, the lease ends by itself.
    """
    try:
        return conclude(attempt, _run(attempt))
    except Exception as mistake:
        _log(attempt.read.id, mistake)
        db.session.rollback()
        return False
    finally:
        if attempt.reservation is not None:
            attempt.reservation.release()


def _run(attempt: BegunAttempt) -> AttemptResult:
    """How the attempt ends: by its calls, or as it was known when it began. A mistake of ours is an ending too."""
    course = attempt.course
    try:
        if isinstance(course, Posting):
            steps = watch if course.task.only_watches else run_steps
            return steps(course, attempt.number)
        if isinstance(course.fault, IdleExpired):
            expire(attempt.read.team_id)  # only now, for it takes a transaction of its own
        return course
    except Exception as mistake:
        _log(attempt.read.id, mistake)
        db.session.rollback()
        reached = course if isinstance(course, Posting) else attempt.read
        return result_of_error(mistake, attempt.number, stands=is_at_hubspot(reached.company, reached.contact))


def _log(delivery_id: int, mistake: Exception) -> None:
    log.error("delivery %d met %s:\n%s", delivery_id, *origin_of(mistake))


def _begin(
    delivery: Delivery, deadline: Deadline, occasion: Occasion, reservation: Reservation | None
) -> Posting | AttemptResult:
    calendar = read_mapped(delivery.calendar_id)
    draft = _draw(delivery, calendar)
    if isinstance(draft, AttemptResult):
        return draft
    try:
        # A half-posted booking must not be finished in an account that does not have its first half.
        connection = read_usable(delivery.team_id, delivery.hubspot_account_id)
        blocked = blocked_until(connection, occasion)
        if blocked is not None:
            reason, until = blocked
            return AttemptResult(DeliveryState.RETRYING, reason, next_attempt_at=until, counts=False)
        if connection.watching_since is not None and is_begun(delivery.company, delivery.contact):
            raise WatchOnly("what was begun is finished when the team goes live")
        if reservation is None or reservation.account_id != connection.hubspot_account_id:
            reservation = open_reservation(connection.hubspot_account_id)
        wish = read_wish(delivery, connection, calendar.rules)
        posting = _posting(delivery, connection, draft, deadline, reservation, wish)
        if calendar.rules.meetings is not None:
            posting.meeting = _meeting_work(delivery, calendar, draft)
        return posting
    except HubSyncError as fault:
        if fault.scope is not Scope.ACCESS:
            raise
        return AttemptResult(DeliveryState.WAITING, fault.code, fault, counts=False)


def read_wish(delivery: Delivery, connection: Connection, rules: PostingRules) -> OwnerWish:
    """Whom new records of the booking are to belong to."""
    if not rules.owner:
        return NO_WISH
    booking = delivery.booking
    return OwnerWish(
        rules.owner,
        booking.host_id,
        booking.host_email or booking.host,
        may_have(connection.scopes, OWNERS_READ),
    )


def _draw(delivery: Delivery, calendar: MappedCalendar) -> Draft | AttemptResult:
    """What is to be posted, or the ending of a delivery for which HubSpot is not called at all."""
    draft = draft_mapped(calendar, delivery.booking)
    # What an earlier attempt left at HubSpot cannot count as skipped.
    at_hubspot = is_at_hubspot(delivery.company, delivery.contact)
    left_out = DeliveryState.PARTIAL if at_hubspot else DeliveryState.SKIPPED
    if not posts(calendar.plan):
        return AttemptResult(left_out, Reason.PLAN, counts=False)
    if draft is None:
        waits = calendar.source != PAGE or delivery.booking.source == IMPORT
        may_be_added = waits and not at_hubspot
        return AttemptResult(DeliveryState.WAITING if may_be_added else left_out, Reason.NOT_ADDED, counts=False)
    if not calendar.rules.active:
        return AttemptResult(left_out, Reason.PAUSED, counts=False)
    if draft.company is None and draft.contact is None and not draft.lacks_address:
        remarks = tuple(_remark(each) for each in draft.left_out)
        return AttemptResult(DeliveryState.SKIPPED, Reason.NOTHING_MAPPED, counts=False, remarks=remarks)
    return draft


def _meeting_work(delivery: Delivery, calendar: MappedCalendar, draft: Draft) -> MeetingWork:
    plan, why_none = plan_meeting(calendar, delivery.booking, draft)
    return MeetingWork(
        delivery.lease_owner, plan, why_none, contact_was_untried=delivery.contact == Outcome.UNTRIED
    )


def _posting(
    delivery: Delivery,
    connection: Connection,
    draft: Draft,
    deadline: Deadline,
    reservation: Reservation,
    owner: OwnerWish,
) -> Posting:
    held = CachedAccess()
    held.take(connection)
    task = Task(
        team_id=delivery.team_id,
        account_id=connection.hubspot_account_id,
        draft=draft,
        deadline=deadline,
        reservation=reservation,
        refused=refused_by(connection),
        time_zone=connection.time_zone,
        owner=owner,
        delivery=TakenDelivery(
            delivery.id, delivery.lease_owner, delivery.created_at, was_looked_for=_was_looked_for(delivery)
        ),
        only_watches=connection.watching_since is not None,
    )
    return Posting(
        task,
        company=delivery.company,
        company_id=delivery.company_id,
        company_matches=delivery.company_matches,
        contact=delivery.contact,
        contact_id=delivery.contact_id,
        association=delivery.association,
        recalled=bool(delivery.company_id),
        held=held,
        remarks=[
            *_still_true(delivery),
            *(_remark(left_out) for left_out in draft.left_out),
            *([{"kind": RemarkKind.CANCELLED}] if delivery.booking.cancelled_at else []),
        ],
        stored_remarks=list(delivery.remarks),
    )


def _was_looked_for(delivery: Delivery) -> bool:
    """Whether its company was refused because nobody could look for it: only a person asks for it anew."""
    told = {"kind": RemarkKind.REFUSED, "section": Section.COMPANIES.value, "code": LookUpRefused.code}
    return delivery.company == Outcome.UNTRIED and any(told.items() <= each.items() for each in delivery.remarks)


def _still_true(delivery: Delivery) -> list[dict[str, Any]]:
    """What earlier attempts noted about steps that this one does not repeat; dropped rows are looked up again."""
    finished = {
        section
        for section, outcome in (
            (Section.COMPANIES, delivery.company),
            (Section.CONTACTS, delivery.contact),
            ("association", delivery.association),
        )
        if outcome not in OPEN
    }
    return [
        each
        for each in delivery.remarks
        if each["kind"] != RemarkKind.LEFT_OUT
        and (
            each["kind"] == RemarkKind.NOT_DONE
            or (each.get("section") or SECTION_OF.get(each["kind"])) in finished
        )
    ]


def _remark(left_out: LeftOut) -> dict[str, str]:
    return {
        "kind": RemarkKind.LEFT_OUT,
        "section": left_out.section.value,
        "property": left_out.property_name,
        "label": left_out.property_label,
        "code": left_out.code.value,
        "shown": left_out.shown,
    }
