"""*Post again*: a delivery that was undone is posted once more, because a person asked for it.

What was archived is made anew, as new records; what stayed at HubSpot is not repeated.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.mapping import Section
from hubsync.domain.outcomes import Outcome
from hubsync.domain.undoing import DONE, UNDOABLE, UNSETTLED, UndoPart
from hubsync.errors import NotFound
from hubsync.net.deadline import Deadline
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.begun_attempt import BegunAttempt
from hubsync.services.deliveries.dispatch import BACKGROUND_SECONDS, new_lease, read_delivery
from hubsync.services.deliveries.runner import begin_attempt, carry
from hubsync.services.deliveries.undoing import is_under_way
from hubsync.services.teams.audit import record
from hubsync.services.teams.plans import may_post
from hubsync.store import lock_in_order, retry_on_conflict, write_transaction
from hubsync.store.deliveries import LOCKED, Delivery
from hubsync.store.fillings import ExistingAssociation, FilledValue
from hubsync.store.meetings import Meeting
from hubsync.store.undoings import Undoing, UndonePart

UNTRIED: dict[UndoPart, dict[str, Any]] = {
    UndoPart.CONTACT: {"contact": Outcome.UNTRIED, "contact_id": ""},
    UndoPart.COMPANY: {"company": Outcome.UNTRIED, "company_id": "", "company_matches": 0},
}


def can_be_posted_again(undoing: Undoing | None) -> bool:
    """Whether the delivery was undone, to its end: nothing of it is in doubt."""
    return (
        undoing is not None
        and undoing.undone_at is not None
        and not is_under_way(undoing)
        and not any(part.fate in UNSETTLED for part in undoing.parts)
    )


def post_again(delivery_id: int, person_id: int) -> Delivery:
    """Post an undone delivery again, and return it as it then is; one that is not undone stays as it is.

    Raises NotFound for an unknown one.
    """
    attempt = retry_on_conflict(partial(_take, delivery_id, person_id))
    if attempt is not None:
        carry(attempt)
    return read_delivery(delivery_id)


def _take(delivery_id: int, person_id: int) -> BegunAttempt | None:
    with write_transaction() as session:
        lock_in_order(session, LOCKED.where(Delivery.id == delivery_id))
        delivery = session.get(Delivery, delivery_id, populate_existing=True)
        if delivery is None:
            raise NotFound("there is no such delivery")
        undoing = session.scalar(select(Undoing).where(Undoing.delivery_id == delivery_id))
        may_be = delivery.state in UNDOABLE and may_post(delivery.team_id)
        if undoing is None or not may_be or not can_be_posted_again(undoing):
            return None
        gone = [part.part for part in undoing.parts if part.fate in DONE]
        anew: dict[str, Any] = {name: value for part in gone for name, value in UNTRIED.get(part, {}).items()}
        if anew:
            anew["association"] = Outcome.UNTRIED
        _forget_done(session, delivery_id, undoing.parts)
        # Of which nothing is left, that may go to whichever account is connected now.
        if not (anew.get("company", delivery.company) or anew.get("contact", delivery.contact)):
            anew["hubspot_account_id"] = ""
        session.execute(delete(Undoing).where(Undoing.id == undoing.id))
        record(session, delivery.team_id, person_id, AuditAction.POSTED_AGAIN, delivery=delivery_id)
        taken = {"attempts_used": 0, "next_attempt_at": None, "replay_id": None, **anew, **new_lease()}
        if not transitions.move(session, delivery, **taken):
            return None
        return begin_attempt(session, delivery, Deadline.after(BACKGROUND_SECONDS), "asked")


def _forget_done(session: Session, delivery_id: int, parts: Sequence[UndonePart]) -> None:
    """Forget of the values, the meeting and the association that are undone that they were made."""
    done = [part for part in parts if part.fate in DONE]
    for part in done:
        if part.part == UndoPart.VALUE:
            section, _colon, name = part.place.partition(":")
            this = (FilledValue.section == Section(section), FilledValue.property_name == name)
            session.execute(delete(FilledValue).where(FilledValue.delivery_id == delivery_id, *this))
    if UndoPart.MEETING in {part.part for part in done}:
        session.execute(delete(Meeting).where(Meeting.delivery_id == delivery_id))
    if {UndoPart.COMPANY, UndoPart.ASSOCIATION} & {part.part for part in done}:
        session.execute(delete(ExistingAssociation).where(ExistingAssociation.delivery_id == delivery_id))
