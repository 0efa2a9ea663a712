"""Carry one delivery as far as it goes: take it, post company and contact, and write down what came of it."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, and_, or_, select, update

from hubsync.domain.mapping import LeftOut
from hubsync.errors import AccessLost, HubSpotError, NotConnected, NotFound
from hubsync.hubspot.deadline import Deadline
from hubsync.services import now
from hubsync.services.access import usable_connection
from hubsync.services.attempting import Ending, run_steps
from hubsync.services.drawing_up import Drawn, draw_up_booking
from hubsync.services.posting import Posting
from hubsync.store import db, rest, writing
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.teams import Team

LEASE = timedelta(seconds=60)
BACKGROUND_SECONDS = 30.0
RETRIABLE = ("failed", "partial", "retrying", "waiting", "pending", "skipped")


def new_lease() -> dict[str, object]:
    """The columns that make a delivery ``sending`` for a worker of this moment."""
    return {"state": "sending", "lease_owner": secrets.token_hex(8), "lease_until": now() + LEASE}


def deliver(delivery_id: int, deadline: Deadline) -> None:
    """Take a delivery that is due (or abandoned) and carry it as far as it goes before *deadline*.

    Whatever HubSpot does ends up on the delivery; nothing is raised for it. Does nothing when another worker
    has the delivery.
    """
    lease = new_lease()
    moment = now()
    with writing() as session:
        taken = session.execute(
            update(Delivery)
            .where(
                Delivery.id == delivery_id,
                or_(
                    Delivery.state == "pending",
                    and_(Delivery.state == "retrying", Delivery.next_attempt_at <= moment),
                    and_(Delivery.state == "sending", Delivery.lease_until < moment),
                ),
            )
            .values(**lease)
        )
    if cast("CursorResult[object]", taken).rowcount == 1:
        carry(delivery_id, str(lease["lease_owner"]), deadline)


def retry(delivery_id: int) -> Delivery:
    """Try a delivery again because a person asked, with all its attempts ahead of it.

    What was refused is tried anew, what stands is not repeated. Returns the delivery as it then is.
    Raises NotFound for an unknown one; does nothing while a worker has it.
    """
    lease = new_lease()
    with writing() as session:
        delivery = session.get(Delivery, delivery_id)
        if delivery is None:
            raise NotFound("there is no such delivery")
        taken = session.execute(
            update(Delivery)
            .where(Delivery.id == delivery_id, Delivery.state.in_(RETRIABLE))
            .values(**lease, attempts_used=0, next_attempt_at=None)
        )
        for step in ("company", "contact", "association"):
            again = getattr(Delivery, step).in_(("refused", "none"))
            session.execute(
                update(Delivery)
                .where(Delivery.id == delivery_id, Delivery.lease_owner == lease["lease_owner"], again)
                .values({step: ""})
            )
    if cast("CursorResult[object]", taken).rowcount == 1:
        carry(delivery_id, str(lease["lease_owner"]), Deadline.after(BACKGROUND_SECONDS))
    return read_delivery(delivery_id)


def read_delivery(delivery_id: int) -> Delivery:
    """The delivery as it is stored now. Raises NotFound."""
    delivery = db.session.get(Delivery, delivery_id, populate_existing=True)
    if delivery is None:
        raise NotFound("there is no such delivery")
    return delivery


def carry(delivery_id: int, worker: str, deadline: Deadline) -> None:
    """Make one attempt at a delivery that *worker* holds under a lease."""
    started = now()
    delivery = read_delivery(delivery_id)
    drawn = draw_up_booking(delivery.booking)
    ending = _not_to_be_posted(delivery, drawn)
    posting = None
    if ending is None and drawn is not None:
        try:
            posting = _begin(delivery, worker, drawn, deadline)
        except (NotConnected, AccessLost) as fault:
            ending = Ending("waiting", fault.code, fault, counts=False)
    attempts = delivery.attempts_used + 1
    rest()
    if posting is not None:
        ending = run_steps(posting, attempts)
    if ending is not None:
        _conclude(delivery_id, worker, posting, ending, started, attempts)


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
        return Ending("skipped", "nothing_mapped", counts=False)
    return None


def _begin(delivery: Delivery, worker: str, drawn: Drawn, deadline: Deadline) -> Posting:
    connection = usable_connection(delivery.team_id)
    if delivery.hubspot_account_id not in ("", connection.hubspot_account_id):
        # A half-posted booking must not be finished in an account that does not have its first half.
        raise NotConnected("this booking was begun in another HubSpot account")
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
        remarks=[*_still_refused(delivery), *(_remark(left_out) for left_out in drawn.draft.left_out)],
    )


def _still_refused(delivery: Delivery) -> list[dict[str, Any]]:
    """Why steps that this attempt does not repeat were refused earlier."""
    refused = {
        section
        for section, outcome in (
            ("companies", delivery.company),
            ("contacts", delivery.contact),
            ("association", delivery.association),
        )
        if outcome == "refused"
    }
    return [each for each in delivery.remarks if each["kind"] == "refused" and each["section"] in refused]


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
        delivery.state = ending.state
        delivery.reason = ending.reason
        delivery.next_attempt_at = ending.next_attempt_at
        delivery.lease_owner, delivery.lease_until = "", None
        if ending.counts:
            delivery.attempts_used = attempts
        if ending.state not in ("retrying", "waiting"):
            delivery.finished_at = now()
        if posting is not None and posting.answered and ending.state in ("posted", "partial", "duplicate"):
            session.execute(
                update(Connection).where(Connection.team_id == delivery.team_id).values(last_posted_at=now())
            )
        session.add(
            Attempt(
                delivery_id=delivery_id,
                started_at=started,
                finished_at=now(),
                step=posting.step if posting is not None else "",
                outcome=ending.state,
                code=ending.reason,
                message=fault.message if fault is not None else "",
                http_status=hubspot.status if hubspot is not None else None,
                correlation_id=(hubspot.correlation_id or "") if hubspot is not None else "",
            )
        )


def due_deliveries(limit: int) -> list[int]:
    """The ids of at most *limit* deliveries that are due now or were abandoned by their worker, oldest first."""
    moment = now()
    found = db.session.scalars(
        select(Delivery.id)
        .where(
            or_(
                Delivery.state == "pending",
                and_(Delivery.state == "retrying", Delivery.next_attempt_at <= moment),
                and_(Delivery.state == "sending", Delivery.lease_until < moment),
            )
        )
        .order_by(Delivery.id)
        .limit(limit)
    ).all()
    rest()
    return list(found)
