"""Carry one delivery as far as it goes: post company and contact, and write down what came of it."""

from __future__ import annotations

import logging
import traceback
from datetime import datetime
from typing import Any

from sqlalchemy import update

from hubsync.domain.mapping import LeftOut
from hubsync.errors import AccessLost, HubSpotError, IdleExpired, NotConnected
from hubsync.hubspot.deadline import Deadline
from hubsync.services import now
from hubsync.services.access import usable_connection
from hubsync.services.attempting import Ending, after_mistake, run_steps
from hubsync.services.drawing_up import Drawn, draw_up_booking
from hubsync.services.losing_access import expire
from hubsync.services.posting import Posting
from hubsync.store import db, rest, writing
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
log = logging.getLogger(__name__)


def carry(delivery_id: int, worker: str, deadline: Deadline) -> None:
    """Make one attempt at a delivery that *worker* holds under a lease.

    Nothing is raised, whatever happens: the booking is stored and confirmed. What HubSync itself cannot cope
    with ends up on the delivery too; when the database will not take even that, the lease ends by itself.
    """
    started = now()
    try:
        delivery = db.session.get_one(Delivery, delivery_id, populate_existing=True)
        attempts = delivery.attempts_used + 1
        outcomes = (delivery.company, delivery.contact)
        posting, ending = None, None
        try:
            posting, ending = _begin(delivery, worker, deadline)
            rest()
            if posting is not None:
                ending = run_steps(posting, attempts)
        except Exception as mistake:
            _log(delivery_id, mistake)
            db.session.rollback()
            if posting is not None:
                outcomes = (posting.company, posting.contact)
            ending = after_mistake(mistake, attempts, stands=bool({"created", "duplicate"} & {*outcomes}))
        if ending is not None:
            _conclude(delivery_id, worker, posting, ending, started, attempts)
    except Exception as mistake:
        _log(delivery_id, mistake)
        db.session.rollback()


def _log(delivery_id: int, mistake: Exception) -> None:
    """Log where it happened, but not the message: it may repeat a guest's answer."""
    where = "".join(traceback.format_tb(mistake.__traceback__))
    log.error("delivery %d met %s:\n%s", delivery_id, type(mistake).__name__, where)


def _begin(delivery: Delivery, worker: str, deadline: Deadline) -> tuple[Posting | None, Ending | None]:
    """What the attempt works with, or the ending of a delivery for which HubSpot is not called at all."""
    drawn = draw_up_booking(delivery.booking)
    ending = _not_to_be_posted(delivery, drawn)
    if ending is not None or drawn is None:
        return None, ending
    try:
        return _posting(delivery, worker, drawn, deadline), None
    except (NotConnected, AccessLost) as fault:
        if isinstance(fault, IdleExpired):
            expire(delivery.team_id)
        return None, Ending("waiting", fault.code, fault, counts=False)


def _not_to_be_posted(delivery: Delivery, drawn: Drawn | None) -> Ending | None:
    """The ending of a delivery for which HubSpot is not called at all; None when it is to be posted."""
    team = db.session.get_one(Team, delivery.team_id)
    if team.plan != "premium":
        return Ending("skipped", "plan", counts=False)
    if drawn is None:
        made_here = delivery.booking.calendar.source == "page"
        return Ending("skipped" if made_here else "waiting", "not_added", counts=False)
    if not drawn.active:
        return Ending("skipped", "paused", counts=False)
    if drawn.draft.company is None and drawn.draft.contact is None:
        left_out = tuple(_remark(each) for each in drawn.draft.left_out)
        return Ending("skipped", "nothing_mapped", counts=False, remarks=left_out)
    return None


def _posting(delivery: Delivery, worker: str, drawn: Drawn, deadline: Deadline) -> Posting:
    # A half-posted booking must not be finished in an account that does not have its first half.
    connection = usable_connection(delivery.team_id, delivery.hubspot_account_id)
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
        recalled=bool(delivery.company_id),
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
) -> None:
    """Write the outcome and the attempt in one transaction, if the lease is still ours."""
    fault = ending.fault
    hubspot = fault if isinstance(fault, HubSpotError) else None
    with writing() as session:
        delivery = session.get_one(Delivery, delivery_id)
        if delivery.lease_owner != worker:
            return
        if posting is not None:
            posting.write_down(session)
            session.refresh(delivery)
            delivery.remarks = posting.remarks
        elif ending.remarks:
            delivery.remarks = list(ending.remarks)
        delivery.state = ending.state
        delivery.reason = ending.reason
        delivery.next_attempt_at = ending.next_attempt_at
        delivery.lease_owner, delivery.lease_until = "", None
        if ending.counts:
            delivery.attempts_used = attempts
        if ending.state not in ("retrying", "waiting"):
            delivery.finished_at = now()
        if posting is not None and _was_answered(posting) and ending.state in ("posted", "partial", "duplicate"):
            # Another account connected meanwhile has not been posted to.
            session.execute(
                update(Connection)
                .where(Connection.team_id == delivery.team_id, Connection.hubspot_account_id == posting.account_id)
                .values(last_posted_at=now())
            )
        session.add(
            Attempt(
                delivery_id=delivery_id,
                started_at=started,
                finished_at=now(),
                step=posting.step if posting is not None else "",
                outcome=ending.state,
                code=ending.reason,
                message=fault.message[:LONGEST_MESSAGE] if fault is not None else "",
                http_status=hubspot.status if hubspot is not None else None,
                correlation_id=(hubspot.correlation_id or "") if hubspot is not None else "",
            )
        )


def _was_answered(posting: Posting) -> bool:
    """Whether HubSpot answered this delivery: in this attempt, or in an earlier one that created something."""
    return posting.answered or "created" in (posting.company, posting.contact)
