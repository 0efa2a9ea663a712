"""One attempt's way through the steps that are missing, and the state that follows from it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime

from hubsync.domain.retries import next_attempt
from hubsync.errors import (
    AccessLost,
    AppMisconfigured,
    CompanyBusy,
    HubSpotError,
    HubSyncError,
    NotConnected,
    RecordGone,
    RecordRefused,
)
from hubsync.services import now, remembering
from hubsync.services.posting import Posting, associate_later, post_company, post_contact


@dataclass(frozen=True)
class Ending:
    """How an attempt ends: the delivery's next state, why, and when it is due again."""

    state: str
    reason: str = ""
    fault: HubSyncError | None = None
    next_attempt_at: datetime | None = None
    counts: bool = True


def run_steps(posting: Posting, attempts: int) -> Ending:
    """Run the steps that are missing. A lasting refusal of the company does not hold back the contact."""
    refusal: HubSyncError | None = None
    try:
        if posting.company in ("", "intent"):
            try:
                post_company(posting)
            except HubSyncError as fault:
                if not _gives_up(fault, attempts):
                    raise
                posting.company, refusal = "refused", fault
                posting.note_refusal("companies", fault)
        if posting.contact == "":
            try:
                _post_contact_trusting_memory(posting)
            except HubSyncError as fault:
                if not _gives_up(fault, attempts):
                    raise
                posting.contact, refusal = "refused", refusal or fault
                posting.note_refusal("contacts", fault)
        elif posting.contact == "created" and posting.association == "" and posting.company_id:
            try:
                associate_later(posting)
            except HubSyncError as fault:
                if not _gives_up(fault, attempts):
                    raise
                posting.association, refusal = "refused", fault
                posting.note_refusal("association", fault)
    except (NotConnected, AccessLost) as fault:
        return Ending("waiting", fault.code, fault, counts=False)
    except HubSyncError as fault:
        return Ending("retrying", fault.code, fault, _due_again(fault, attempts))
    return _settled(posting, refusal)


def _gives_up(fault: HubSyncError, attempts: int) -> bool:
    """Whether *fault* is the end of a step: a lasting one, or a passing one at the last attempt."""
    if isinstance(fault, (NotConnected, AccessLost)):
        return False
    passing = not fault.permanent or isinstance(fault, AppMisconfigured)
    return not passing or _due_again(fault, attempts) is None


def _due_again(fault: HubSyncError, attempts: int) -> datetime | None:
    wait = fault.retry_after if isinstance(fault, HubSpotError) else None
    if isinstance(fault, CompanyBusy):
        wait = fault.wait_seconds
    elif fault.code == "answer_lost":
        wait = max(wait or 0.0, remembering.SETTLING.total_seconds())
    # Jitter spreads retries; nothing secret depends on it.
    return next_attempt(attempts, now(), wait, random.uniform(-1, 1))  # noqa: S311


def _post_contact_trusting_memory(posting: Posting) -> None:
    """Post the contact; when HubSpot refuses the association with a remembered company, find it anew, once."""
    try:
        post_contact(posting)
    except (RecordGone, RecordRefused):
        if not posting.recalled:
            raise
        remembering.forget(posting.account_id, posting.company_id)
        posting.company, posting.company_id, posting.recalled = "", "", False
        post_company(posting)
        post_contact(posting)


def _settled(posting: Posting, refusal: HubSyncError | None) -> Ending:
    """The state that follows from what became of company, contact and association."""
    outcomes = (posting.company, posting.contact)
    refused = "refused" in (*outcomes, posting.association)
    created = "created" in outcomes
    stands = created or "duplicate" in outcomes
    earlier = next((remark["code"] for remark in posting.remarks if remark["kind"] == "refused"), "")
    reason = refusal.code if refusal is not None else earlier
    if refused:
        return Ending("partial" if stands else "failed", reason, refusal)
    if created:
        return Ending("posted")
    return Ending("duplicate") if stands else Ending("skipped", "nothing_to_post")
