"""Steps of one attempt: those that are missing are run, and the next state follows."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.mapping import Section
from hubsync.domain.outcomes import OPEN, Outcome, is_at_hubspot, is_begun
from hubsync.domain.pauses import Pause, pause_of
from hubsync.domain.reasons import Reason
from hubsync.domain.remarks import FurtherStep, RemarkKind
from hubsync.domain.retries import QUICK_ATTEMPTS, as_soon_as_asked, next_attempt
from hubsync.errors import (
    AnswerLost,
    CompanyBusy,
    DetailCode,
    HubSpotError,
    HubSyncError,
    NoReservation,
    RateLimited,
    RecordBusy,
    RecordGone,
    Scope,
    WatchOnly,
    tell,
)
from hubsync.services import now
from hubsync.services.deliveries.watch_results import WatchResult
from hubsync.services.posting import company_memory, forgotten_companies
from hubsync.services.posting.company import keep_word, post_company
from hubsync.services.posting.contact import associate_later, post_contact
from hubsync.services.posting.context import Posting
from hubsync.services.posting.filling import complete_contact, fill_company
from hubsync.services.posting.meeting import post_meeting
from hubsync.services.posting.owner import note_owner

# How often a company is looked up again: those remembered by domain, by name and from an earlier attempt may be
# gone, and HubSpot's search may show one for a moment longer.
LOOKS_ANEW = 4
FURTHER: tuple[tuple[FurtherStep, Callable[[Posting], None]], ...] = (
    (FurtherStep.FILL, fill_company),
    (FurtherStep.FILL, complete_contact),
    (FurtherStep.MEETING, post_meeting),
)
"""What follows once company, contact and association are dealt with; each asks first whether it is switched on."""
ABOUT_ONE_COMPANY = (RemarkKind.SEVERAL_COMPANIES, RemarkKind.NOT_LOOKED_UP)


@dataclass(frozen=True)
class AttemptResult:
    """How an attempt ends: the delivery's next state, why, and when it is due again.

    *remarks* are those of a delivery for which HubSpot was not called at all. *pause* is what HubSpot ordered for
    the whole account, which is no fault of this delivery. *watched* is what would have been posted, had this
    attempt not only watched.
    """

    state: DeliveryState
    reason: str = ""
    fault: HubSyncError | None = None
    next_attempt_at: datetime | None = None
    counts: bool = True
    remarks: tuple[dict[str, str], ...] = ()
    pause: Pause | None = None
    watched: WatchResult | None = None


def run_steps(posting: Posting, attempts: int) -> AttemptResult:
    """Run the steps that are missing. A lasting refusal of the company does not hold back the contact."""
    refusal: HubSyncError | None = None
    try:
        if posting.company in OPEN:
            refusal = _post_company_or_refuse(posting, attempts)
        else:  # a worker that created it may have died before it said so
            note_owner(posting, Section.COMPANIES, posting.company)
        if posting.contact in OPEN:
            try:
                refusal = _beside_company(post_contact, posting, attempts) or refusal
            except HubSyncError as fault:
                if not gives_up(fault, attempts):
                    raise
                posting.contact, refusal = Outcome.REFUSED, refusal or fault
                posting.note_refusal(Section.CONTACTS, fault)
        note_owner(posting, Section.CONTACTS, posting.contact)
        if posting.contact == Outcome.CREATED and posting.association == Outcome.UNTRIED and posting.company_id:
            try:
                refusal = _beside_company(associate_later, posting, attempts) or refusal
            except HubSyncError as fault:
                if not gives_up(fault, attempts):
                    raise
                posting.association, refusal = Outcome.REFUSED, fault
                posting.note_refusal("association", fault)
        for name, step in FURTHER:
            refusal = _run_further(name, step, posting, attempts) or refusal
    except HubSyncError as fault:
        keep_word(posting)
        return result_of_fault(posting, fault, attempts)
    return _settled(posting, refusal)


def result_of_fault(posting: Posting, fault: HubSyncError, attempts: int) -> AttemptResult:
    """The ending of an attempt for a *fault* that is not the end of it."""
    if isinstance(fault, NoReservation):
        return AttemptResult(DeliveryState.RETRYING, fault.code, fault, now(), counts=False)
    if isinstance(fault, WatchOnly) and not is_begun(posting.company, posting.contact):
        # Somebody switched it on a moment ago: the next attempt watches.
        return AttemptResult(DeliveryState.RETRYING, fault.code, fault, now(), counts=False)
    if fault.scope is Scope.ACCESS:
        return AttemptResult(DeliveryState.WAITING, fault.code, fault, counts=False)
    pause = pause_of(fault, now(), posting.task.time_zone)
    if pause is not None:
        return AttemptResult(DeliveryState.RETRYING, pause.code, fault, pause.until, counts=False, pause=pause)
    return AttemptResult(DeliveryState.RETRYING, fault.code, fault, _due_again(fault, attempts))


def result_of_error(mistake: Exception, attempts: int, *, stands: bool) -> AttemptResult:
    """The ending of an attempt that met what nobody expected: a bug, or a database that is locked."""
    fault = HubSyncError(tell(DetailCode.MISTAKE, mistake=type(mistake).__name__))
    again = _due_again(fault, attempts)
    if again is None:
        return AttemptResult(DeliveryState.PARTIAL if stands else DeliveryState.FAILED, fault.code, fault)
    return AttemptResult(DeliveryState.RETRYING, fault.code, fault, again)


def _post_company_or_refuse(posting: Posting, attempts: int) -> HubSyncError | None:
    """Post the company; a refusal that is the end of it is noted and returned, everything else raised."""
    try:
        post_company(posting)
    except HubSyncError as fault:
        if not gives_up(fault, attempts):
            raise
        posting.company = Outcome.REFUSED
        posting.note_refusal(Section.COMPANIES, fault)
        return fault
    note_owner(posting, Section.COMPANIES, posting.company)
    if posting.contact == Outcome.INTENT:
        # What was sent and not answered went with another company, or with none.
        posting.association = Outcome.INTENT
    return None


def _beside_company(step: Callable[[Posting], None], posting: Posting, attempts: int) -> HubSyncError | None:
    """Run *step*, and once more for each company that HubSpot no longer has; it is looked up again.

    Returns why the company was refused then.
    """
    refusal: HubSyncError | None = None
    for _ in range(LOOKS_ANEW):
        try:
            step(posting)
            return refusal
        except RecordGone:
            stays = posting.refused_companies.count(posting.company_id) > 1  # a read says that it is there
            if stays or not (posting.recalled or posting.company == Outcome.DUPLICATE):
                raise
        _doubt_company(posting)
        refusal = _post_company_or_refuse(posting, attempts)
    step(posting)
    return refusal


def _run_further(
    name: FurtherStep, step: Callable[[Posting], None], posting: Posting, attempts: int
) -> HubSyncError | None:
    """Run a further step; its lasting refusal is a remark and changes nothing of the state.

    Returns why the company was refused, where the step found that HubSpot no longer has it.
    """
    try:
        return _beside_company(step, posting, attempts)
    except HubSyncError as fault:
        if not gives_up(fault, attempts):
            raise
        posting.note_not_done(name, "", fault)
        return None


def _doubt_company(posting: Posting) -> None:
    """HubSpot refused the company that we remembered or found: it is gone or was merged, and is looked for."""
    forgotten_companies.doubt(posting.task.account_id, posting.company_id)
    posting.refused_companies.append(posting.company_id)
    posting.company, posting.company_id, posting.recalled = Outcome.UNTRIED, "", False
    posting.remarks = [each for each in posting.remarks if not _is_about_one_company(each)]


def _is_about_one_company(remark: dict[str, Any]) -> bool:
    is_of_owner = (remark["kind"], remark.get("section")) == (RemarkKind.NO_OWNER, Section.COMPANIES)
    return is_of_owner or remark["kind"] in ABOUT_ONE_COMPANY


def gives_up(fault: HubSyncError, attempts: int) -> bool:
    """Whether *fault* is the end of a step: a lasting one, or a passing one at the last attempt."""
    if fault.scope is Scope.ACCESS or isinstance(fault, NoReservation) or pause_of(fault, now(), "") is not None:
        return False
    # No record is refused for what whoever runs this installation has to mend.
    passing = not fault.permanent or fault.scope is Scope.INSTALLATION
    return not passing or _due_again(fault, attempts) is None


def _due_again(fault: HubSyncError, attempts: int) -> datetime | None:
    wait = fault.retry_after if isinstance(fault, HubSpotError) else None
    if isinstance(fault, RateLimited) and wait and attempts <= QUICK_ATTEMPTS:
        return as_soon_as_asked(now(), wait, random.uniform(-1, 1))  # noqa: S311  # spreads, hides nothing
    if isinstance(fault, CompanyBusy | RecordBusy):
        wait = fault.wait_seconds
    elif isinstance(fault, AnswerLost):
        wait = max(wait or 0.0, company_memory.SETTLING.total_seconds())
    # Jitter spreads retries; nothing secret depends on it.
    return next_attempt(attempts, now(), wait, random.uniform(-1, 1))  # noqa: S311


def _settled(posting: Posting, refusal: HubSyncError | None) -> AttemptResult:
    """The state that follows from what became of company, contact and association."""
    outcomes = (posting.company, posting.contact)
    refused = Outcome.REFUSED in (*outcomes, posting.association)
    stands = is_at_hubspot(*outcomes)
    earlier = next((remark["code"] for remark in posting.remarks if remark["kind"] == RemarkKind.REFUSED), "")
    reason = refusal.code if refusal is not None else earlier
    if refused:
        return AttemptResult(DeliveryState.PARTIAL if stands else DeliveryState.FAILED, reason, refusal)
    if Outcome.CREATED in outcomes:
        return AttemptResult(DeliveryState.POSTED)
    return (
        AttemptResult(DeliveryState.DUPLICATE)
        if stands
        else AttemptResult(DeliveryState.SKIPPED, Reason.NOTHING_TO_POST)
    )
