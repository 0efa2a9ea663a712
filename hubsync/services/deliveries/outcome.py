"""End of an attempt: its result, what was learnt and HubSpot's sentences are stored in one commit."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import insert

from hubsync.domain.delivery_states import FINAL, DeliveryState
from hubsync.domain.outcomes import Outcome
from hubsync.domain.searching import company_as_searched
from hubsync.errors import HubSpotError, WatchOnly
from hubsync.services import now, tools
from hubsync.services.connection.refused_properties import remember_refused
from hubsync.services.deliveries import transitions, watch_results
from hubsync.services.deliveries.begun_attempt import BegunAttempt
from hubsync.services.deliveries.steps import AttemptResult
from hubsync.services.posting import kept_meetings, rate_limits
from hubsync.services.posting.context import Posting
from hubsync.services.posting.hubspot_messages import seal_said
from hubsync.store import after_commit, run, write_transaction
from hubsync.store.deliveries import Attempt
from hubsync.store.leases import DELIVERY

_ADD_ATTEMPT = insert(Attempt.__table__)


def conclude(attempt: BegunAttempt, ending: AttemptResult) -> bool:
    """Write the outcome and the attempt in one transaction, if the lease is still ours; return whether it was."""
    read, posting = attempt.read, attempt.posting
    with write_transaction() as session:
        if ending.watched is not None and not watch_results.still_watches(
            session, read, ending.watched.account_id
        ):
            # Somebody went live meanwhile.
            ending = AttemptResult(DeliveryState.RETRYING, WatchOnly.code, next_attempt_at=now(), counts=False)
            after_commit(session, tools().wake.set)
        if not transitions.move(session, attempt.delivery, ending.state, read, **_learnt(attempt, ending)):
            return False
        run(session, _ADD_ATTEMPT, _line(attempt, ending))
        if ending.watched is not None and posting is not None:
            watch_results.keep(session, read, ending.watched, posting.remarks)
        after_commit(session, partial(tools().tally.note_attempt, ending.state))
        if posting is not None:
            posted = _was_answered(posting) and ending.state in (*FINAL, DeliveryState.PARTIAL)
            # First, for it locks all connections to the account in one order.
            rate_limits.note(session, read.team_id, posting, ending.fault, ending.pause, posted=posted)
            if not posting.task.only_watches:
                kept_meetings.store(session, posting)
            if posting.newly_refused:
                remember_refused(session, read.team_id, posting.task.account_id, posting.newly_refused)
    return True


def _learnt(attempt: BegunAttempt, ending: AttemptResult) -> dict[str, Any]:
    """The columns of the delivery, its state apart."""
    posting = attempt.posting
    learnt: dict[str, Any] = {
        "reason": ending.reason,
        "next_attempt_at": ending.next_attempt_at,
        "troubled_at": transitions.troubled_since(attempt.read, ending.state),
        **DELIVERY.released(),
    }
    if posting is not None:
        learnt["remarks"] = posting.remarks
        if not posting.task.only_watches:
            learnt |= posting.reached()
    elif ending.remarks:
        learnt["remarks"] = list(ending.remarks)
    if company := _company_posted(posting):
        learnt["search_company"] = company_as_searched(company)
    if ending.counts:
        learnt["attempts_used"] = attempt.number
    if ending.state not in (DeliveryState.RETRYING, DeliveryState.WAITING):
        learnt["finished_at"] = now()
    return learnt


def _line(attempt: BegunAttempt, ending: AttemptResult) -> dict[str, Any]:
    """The row of the attempt."""
    posting, fault = attempt.posting, ending.fault
    hubspot = fault if isinstance(fault, HubSpotError) else None
    return {
        "delivery_id": attempt.read.id,
        "started_at": attempt.started,
        "finished_at": now(),
        "step": posting.step if posting is not None else "",
        "outcome": ending.state,
        "code": ending.reason,
        "detail": fault.detail.stored() if fault is not None and fault.detail is not None else {},
        "http_status": hubspot.status if hubspot is not None else None,
        "correlation_id": (hubspot.correlation_id or "") if hubspot is not None else "",
        "said_sealed": seal_said(attempt.read.id, posting, fault),
    }


def _company_posted(posting: Posting | None) -> str:
    """The name, or else the domain, of the company that the booking is about; "" when it names none."""
    properties = (posting.task.draft.company if posting is not None else None) or {}
    return properties.get("name") or properties.get("domain") or ""


def _was_answered(posting: Posting) -> bool:
    """Whether HubSpot answered this delivery: in this attempt, or in an earlier one that created something."""
    return posting.answered or Outcome.CREATED in (posting.company, posting.contact)
