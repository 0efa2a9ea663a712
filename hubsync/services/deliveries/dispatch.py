"""Dispatch of deliveries under a lease: one worker at a time has one that is due or to be retried."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from hubsync.domain.delivery_states import RETRIABLE, DeliveryState
from hubsync.domain.outcomes import Outcome, is_at_hubspot
from hubsync.domain.reasons import Reason
from hubsync.domain.retries import MAX_ATTEMPTS
from hubsync.errors import NoReservation, NotFound, WatchOnly
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.connection.watch_only import is_watching
from hubsync.services.deliveries import transitions, watch_results
from hubsync.services.deliveries.begun_attempt import BegunAttempt
from hubsync.services.deliveries.runner import begin_attempt, carry
from hubsync.services.deliveries.undoing import keeps_from_retrying
from hubsync.services.posting.call_reservations import Reservation
from hubsync.services.posting.rate_limits import Occasion, paused_teams
from hubsync.services.teams.plans import may_post
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.leases import DELIVERY

BACKGROUND_SECONDS = 30.0
_ONE = select(Delivery).where(Delivery.id == bindparam("delivery_id")).execution_options(populate_existing=True)


class DueDelivery(NamedTuple):
    """A delivery that a worker should take."""

    id: int
    team_id: int


def new_lease() -> dict[str, Any]:
    """The columns that make a delivery ``sending`` for a worker of this moment."""
    return {"state": DeliveryState.SENDING, **DELIVERY.taken(now(), secrets.token_hex(8))}


def deliver(
    delivery_id: int, deadline: Deadline, reservation: Reservation | None = None, occasion: Occasion = "due"
) -> None:
    """Take a delivery that is due (or abandoned) and carry it as far as it goes before *deadline*.

    Its calls are those that *reservation* has room for, which is released at the end; without one they wait for
    nothing. Whatever HubSpot does ends up on the delivery; nothing is raised for it. Does nothing when another
    worker has the delivery. A worker that died counts as an attempt, so that a delivery that kills every worker
    ends.
    """
    try:
        attempt = retry_on_conflict(partial(_take, delivery_id, deadline, occasion, reservation))
        if attempt is not None:
            carry(attempt)
    except NoReservation:  # another process called meanwhile; it is as due as before
        return
    finally:
        if reservation is not None:
            reservation.release()


def _take(
    delivery_id: int, deadline: Deadline, occasion: Occasion, reservation: Reservation | None
) -> BegunAttempt | None:
    """Take delivery, company and reservation in one transaction; None when the delivery is not to be had.

    Raises NoReservation.
    """
    with write_transaction() as session:
        delivery = session.get(Delivery, delivery_id)
        if delivery is None or not is_due(delivery, now()):
            return None
        used = delivery.attempts_used + (delivery.state == DeliveryState.SENDING)
        if used >= MAX_ATTEMPTS:
            _give_up(session, delivery, used)
            return None
        doubtful = _contact_in_doubt(delivery)
        taken = {
            **{"attempts_used": used, "replay_id": None, "contact": doubtful},
            **_watched_no_more(delivery),
            **new_lease(),
        }
        if not transitions.move(session, delivery, **taken):
            return None
        return begin_attempt(session, delivery, deadline, occasion, reservation)


def _contact_in_doubt(delivery: Delivery) -> Outcome:
    """The word for the contact: a worker that died may have sent it without a note of it.

    Not before the company, which is written down before and after its create; one that is remembered, or of which
    nothing is posted, is not. One that only watched has sent nothing.
    """
    posted = delivery.state == DeliveryState.SENDING and delivery.reason != WatchOnly.code
    perhaps_sent = posted and delivery.company != Outcome.INTENT
    return Outcome.INTENT if perhaps_sent and not delivery.contact else delivery.contact


def _watched_no_more(delivery: Delivery) -> dict[str, str]:
    """What takes the word off a delivery that it was watched only: the attempt that is to begin may post it."""
    return {"reason": ""} if delivery.reason == WatchOnly.code else {}


def is_due(delivery: Delivery, moment: datetime) -> bool:
    """Whether a worker should take *delivery* at *moment*."""
    if delivery.state == DeliveryState.RETRYING and delivery.dismissed_at is None:
        return delivery.next_attempt_at is not None and delivery.next_attempt_at <= moment
    if delivery.state == DeliveryState.SENDING:
        return not DELIVERY.is_held(delivery, moment)
    return delivery.state == DeliveryState.PENDING


def _give_up(session: Session, delivery: Delivery, used: int) -> None:
    """End a delivery whose workers died; what happened to its last attempt is not known."""
    stands = is_at_hubspot(delivery.company, delivery.contact)
    state = DeliveryState.PARTIAL if stands else DeliveryState.FAILED
    ended = transitions.move(
        session,
        delivery,
        state,
        contact=_contact_in_doubt(delivery),
        reason=Reason.ABANDONED,
        attempts_used=used,
        finished_at=now(),
        troubled_at=transitions.troubled_since(delivery, state),
        **DELIVERY.released(),
    )
    if ended:
        session.add(
            Attempt(
                delivery_id=delivery.id,
                started_at=now(),
                finished_at=now(),
                step="",
                outcome=state,
                code=Reason.ABANDONED,
            )
        )


def retry(delivery_id: int) -> Delivery:
    """Try a delivery again because a person asked, with all its attempts ahead of it.

    What was refused is tried again, what exists at HubSpot is not repeated. Returns the delivery as it then is.
    Raises NotFound for an unknown one; does nothing while a worker has it, nor without the plan, nor with one that
    was watched while the team watches only.
    """
    attempt = retake(delivery_id, "asked")
    if attempt is not None:
        carry(attempt)
    return read_delivery(delivery_id)


def retake(
    delivery_id: int, occasion: Occasion, replay_id: int | None = None, reservation: Reservation | None = None
) -> BegunAttempt | None:
    """Take a delivery that a person wants tried again, and begin the attempt; None when it cannot be taken.

    One that is to be tried for a replay is taken while it belongs to that, and none without the plan: what waits
    would only be skipped; nor one that was watched, while the team watches only. Raises NotFound for an unknown
    one, and NoReservation when another process called meanwhile what *reservation* had room for.
    """
    return retry_on_conflict(partial(_retake, delivery_id, occasion, replay_id, reservation))


def _retake(
    delivery_id: int, occasion: Occasion, replay_id: int | None, reservation: Reservation | None
) -> BegunAttempt | None:
    with write_transaction() as session:
        delivery = session.get(Delivery, delivery_id)
        if delivery is None:
            raise NotFound("there is no such delivery")
        if replay_id not in (None, delivery.replay_id) or not may_post(delivery.team_id):
            return None
        # One that a worker left behind is not "sending", whatever its row says.
        if delivery.state not in RETRIABLE and not is_due(delivery, now()):
            return None
        if delivery.state == DeliveryState.PARTIAL and keeps_from_retrying(session, delivery):
            return None
        anew: dict[str, Any] = {
            step: Outcome.UNTRIED
            for step in ("company", "contact", "association")
            if getattr(delivery, step) in (Outcome.REFUSED, Outcome.NONE)
        }
        if delivery.reason == WatchOnly.code:
            if is_watching(session, delivery.team_id):
                return None
            watch_results.forget(session, delivery.id)
        # A booking of which nothing is at HubSpot may go to whichever account is connected now: somebody asked for
        # it.
        if not (anew.get("company", delivery.company) or anew.get("contact", delivery.contact)):
            anew["hubspot_account_id"] = ""
        taken = {
            **{"attempts_used": 0, "next_attempt_at": None, "replay_id": None},
            **_watched_no_more(delivery),
            **anew,
            **new_lease(),
        }
        if not transitions.move(session, delivery, **taken):
            return None
        return begin_attempt(session, delivery, Deadline.after(BACKGROUND_SECONDS), occasion, reservation)


def read_delivery(delivery_id: int) -> Delivery:
    """The delivery as it is stored now. Raises NotFound."""
    delivery = db.session.scalar(_ONE, {"delivery_id": delivery_id})
    if delivery is None:
        raise NotFound("there is no such delivery")
    return delivery


def due_deliveries(limit: int, but_not: Collection[int] = ()) -> list[DueDelivery]:
    """At most *limit* deliveries that are due or were abandoned, oldest first.

    Those of teams whose HubSpot is to be left alone for the moment are not among them, nor those of *but_not*.
    """
    query = (
        select(Delivery.id, Delivery.team_id)
        .where(_due(now()), Delivery.team_id.not_in(paused_teams()))
        .order_by(Delivery.id)
        .limit(limit)
    )
    if but_not:
        query = query.where(Delivery.team_id.not_in(but_not))
    rows = db.session.execute(query).all()
    end_read()
    return [DueDelivery(*row) for row in rows]


def _due(moment: datetime) -> ColumnElement[bool]:
    return or_(
        Delivery.state == DeliveryState.PENDING,
        and_(
            Delivery.state == DeliveryState.RETRYING,
            Delivery.next_attempt_at <= moment,
            Delivery.dismissed_at.is_(None),
        ),
        and_(Delivery.state == DeliveryState.SENDING, DELIVERY.free(moment)),
    )
