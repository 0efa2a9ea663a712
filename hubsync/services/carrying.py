"""Carry one delivery as far as it goes: post company and contact, and write down what came of it."""

from __future__ import annotations

import logging
import traceback
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Table, bindparam, insert, select
from sqlalchemy.orm import joinedload

from hubsync.domain.mapping import LeftOut
from hubsync.domain.plans import PREMIUM
from hubsync.domain.searching import as_searched
from hubsync.errors import AccessLost, HubSpotError, IdleExpired, NotConnected
from hubsync.hubspot.deadline import Deadline
from hubsync.services import moving, now, pacing
from hubsync.services.access import Held, usable_connection
from hubsync.services.attempting import Ending, after_mistake, run_steps
from hubsync.services.drawing_up import Drawn, draw_up_booking
from hubsync.services.losing_access import expire
from hubsync.services.pacing import Occasion, hindrance
from hubsync.services.posting import Posting
from hubsync.store import db, writing
from hubsync.store.bookings import BookingRecord
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.teams import Team

LONGEST_MESSAGE = 1000
_SECTION_OF = {
    "several_companies": "companies",
    "no_company_key": "companies",
    "no_email": "contacts",
    "hubspot_may_add_company": "contacts",
}
# Made once, for every attempt needs them: making a statement takes longer than running it.
_WITH_BOOKING = (
    select(Delivery)
    .where(Delivery.id == bindparam("delivery_id"))
    .options(joinedload(Delivery.booking).lazyload(BookingRecord.calendar))
    .execution_options(populate_existing=True)
)
_ADD_ATTEMPT = insert(cast("Table", Attempt.__table__))
log = logging.getLogger(__name__)


def carry(delivery_id: int, worker: str, deadline: Deadline, occasion: Occasion) -> bool:
    """Make one attempt at a delivery that *worker* holds under a lease.

    Returns whether the outcome was written down; the session's copy of the delivery is up to date then.

    Nothing is raised, whatever happens: the booking is stored and confirmed. What HubSync itself cannot cope
    with ends up on the delivery too; when the database will not take even that, the lease ends by itself.
    """
    started = now()
    try:
        # As the worker's lease was written: what the session had read before that, it has forgotten.
        delivery = db.session.get_one(Delivery, delivery_id)
        attempts = delivery.attempts_used + 1
        outcomes = (delivery.company, delivery.contact)
        posting, ending = None, None
        try:
            posting, ending = _begin(delivery, worker, deadline, occasion)
            if posting is not None:
                ending = run_steps(posting, attempts)
        except Exception as mistake:
            _log(delivery_id, mistake)
            db.session.rollback()
            if posting is not None:
                outcomes = (posting.company, posting.contact)
            ending = after_mistake(mistake, attempts, stands=bool({"created", "duplicate"} & {*outcomes}))
        if ending is not None:
            return _conclude(delivery_id, worker, posting, ending, started, attempts)
    except Exception as mistake:
        _log(delivery_id, mistake)
        db.session.rollback()
    return False


def _log(delivery_id: int, mistake: Exception) -> None:
    """Log where it happened, but not the message: it may repeat a guest's answer."""
    where = "".join(traceback.format_tb(mistake.__traceback__))
    log.error("delivery %d met %s:\n%s", delivery_id, type(mistake).__name__, where)


def _begin(
    delivery: Delivery, worker: str, deadline: Deadline, occasion: Occasion
) -> tuple[Posting | None, Ending | None]:
    """What the attempt works with, or the ending of a delivery for which HubSpot is not called at all."""
    drawn = draw_up_booking(delivery.booking)
    ending = _not_to_be_posted(delivery, drawn)
    if ending is not None or drawn is None:
        return None, ending
    try:
        # A half-posted booking must not be finished in an account that does not have its first half.
        connection = usable_connection(delivery.team_id, delivery.hubspot_account_id)
        hindered = hindrance(connection, occasion)
        if hindered is not None:
            return None, Ending("retrying", hindered[0], next_attempt_at=hindered[1], counts=False)
        return _posting(delivery, connection, worker, drawn, deadline), None
    except (NotConnected, AccessLost) as fault:
        if isinstance(fault, IdleExpired):
            expire(delivery.team_id)
        return None, Ending("waiting", fault.code, fault, counts=False)


def _not_to_be_posted(delivery: Delivery, drawn: Drawn | None) -> Ending | None:
    """The ending of a delivery for which HubSpot is not called at all; None when it is to be posted."""
    team = db.session.get_one(Team, delivery.team_id)
    if team.plan != PREMIUM:
        return Ending("partial" if _stands(delivery) else "skipped", "plan", counts=False)
    if drawn is None:
        if _stands(delivery):
            return Ending("partial", "not_added", counts=False)
        made_here = delivery.booking.calendar.source == "page"
        return Ending("skipped" if made_here else "waiting", "not_added", counts=False)
    if not drawn.active:
        return Ending("partial" if _stands(delivery) else "skipped", "paused", counts=False)
    if drawn.draft.company is None and drawn.draft.contact is None and not drawn.draft.lacks_address:
        left_out = tuple(_remark(each) for each in drawn.draft.left_out)
        return Ending("skipped", "nothing_mapped", counts=False, remarks=left_out)
    return None


def _stands(delivery: Delivery) -> bool:
    """Whether an earlier attempt left something at HubSpot, so that the booking cannot count as left out."""
    return bool({"created", "duplicate"} & {delivery.company, delivery.contact})


def _posting(delivery: Delivery, connection: Connection, worker: str, drawn: Drawn, deadline: Deadline) -> Posting:
    held = Held()
    held.take(connection)
    return Posting(
        delivery_id=delivery.id,
        team_id=delivery.team_id,
        account_id=connection.hubspot_account_id,
        worker=worker,
        drawn=drawn,
        deadline=deadline,
        company=delivery.company,
        company_id=delivery.company_id,
        company_matches=delivery.company_matches,
        contact=delivery.contact,
        contact_id=delivery.contact_id,
        association=delivery.association,
        booked_at=delivery.created_at,
        recalled=bool(delivery.company_id),
        held=held,
        remarks=[*_still_true(delivery), *(_remark(left_out) for left_out in drawn.draft.left_out)],
    )


def _still_true(delivery: Delivery) -> list[dict[str, Any]]:
    """What earlier attempts noted about steps that this one does not repeat; left-out rows are found anew."""
    finished = {
        section
        for section, outcome in (
            ("companies", delivery.company),
            ("contacts", delivery.contact),
            ("association", delivery.association),
        )
        if outcome not in ("", "intent")
    }
    return [
        each
        for each in delivery.remarks
        if each["kind"] != "left_out" and (each.get("section") or _SECTION_OF.get(each["kind"])) in finished
    ]


def _remark(left_out: LeftOut) -> dict[str, str]:
    return {
        "kind": "left_out",
        "section": left_out.section.value,
        "property": left_out.property_name,
        "label": left_out.property_label,
        "code": left_out.code.value,
        "shown": left_out.shown,
    }


def _conclude(
    delivery_id: int, worker: str, posting: Posting | None, ending: Ending, started: datetime, attempts: int
) -> bool:
    """Write the outcome and the attempt in one transaction, if the lease is still ours; return whether it was."""
    fault = ending.fault
    hubspot = fault if isinstance(fault, HubSpotError) else None
    with writing() as session:
        delivery = session.scalars(_WITH_BOOKING, {"delivery_id": delivery_id}).one()
        if delivery.lease_owner != worker:
            return False
        learnt: dict[str, Any] = {}
        if posting is not None:
            learnt = {**posting.reached(), "remarks": posting.remarks}
        elif ending.remarks:
            learnt["remarks"] = list(ending.remarks)
        company = _company_posted(posting)
        if company:
            learnt["search_company"] = as_searched(company)
        if ending.counts:
            learnt["attempts_used"] = attempts
        if ending.state not in ("retrying", "waiting"):
            learnt["finished_at"] = now()
        moved = moving.move(
            session,
            delivery,
            ending.state,
            **learnt,
            reason=ending.reason,
            next_attempt_at=ending.next_attempt_at,
            troubled_at=moving.troubled_since(delivery, ending.state),
            lease_owner="",
            lease_until=None,
        )
        if not moved:
            session.rollback()
            return False
        session.execute(
            _ADD_ATTEMPT,
            {
                "delivery_id": delivery_id,
                "started_at": started,
                "finished_at": now(),
                "step": posting.step if posting is not None else "",
                "outcome": ending.state,
                "code": ending.reason,
                "message": fault.message[:LONGEST_MESSAGE] if fault is not None else "",
                "http_status": hubspot.status if hubspot is not None else None,
                "correlation_id": (hubspot.correlation_id or "") if hubspot is not None else "",
            },
        )
        if posting is not None:
            posted = _was_answered(posting) and ending.state in ("posted", "partial", "duplicate")
            paused_until = pacing.note(session, delivery.team_id, posting, fault, posted=posted)
            if paused_until is not None and ending.state == "retrying":
                delivery.next_attempt_at = paused_until
    return True


def _company_posted(posting: Posting | None) -> str:
    """The name, or else the domain, of the company that the booking is about; "" when it names none."""
    properties = (posting.drawn.draft.company if posting is not None else None) or {}
    return properties.get("name") or properties.get("domain") or ""


def _was_answered(posting: Posting) -> bool:
    """Whether HubSpot answered this delivery: in this attempt, or in an earlier one that created something."""
    return posting.answered or "created" in (posting.company, posting.contact)
