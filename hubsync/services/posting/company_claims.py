"""Claim of a delivery on its company: taken in the transaction that takes the delivery, or later by its own.

| when | what is committed |
| --- | --- |
| with the delivery (`take_at_once`) | the claim if nobody has it; if no company is known, the note of its create |
| before the look (`take`) | the claim, where it was not to be had then |
| before the create (`announce`) | the note that it is about to be sent, unless that was made a moment ago |
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial

from sqlalchemy.orm import Session

from hubsync.domain.mapping import Draft
from hubsync.domain.matching import CompanyKeys, company_keys
from hubsync.domain.outcomes import OPEN, Outcome
from hubsync.domain.pacing import SEARCH_AND_CREATE
from hubsync.errors import CompanyBusy, HubSyncError
from hubsync.services import now
from hubsync.services.posting import company_memory, company_registry
from hubsync.services.posting.context import Posting
from hubsync.store import db, retry_on_conflict, write_transaction


def take_at_once(session: Session, posting: Posting) -> None:
    """Claim the company in the transaction that takes the delivery, unless another booking has it.

    Of one that nobody knows it is written down as well that it may be created soon. So is it on the delivery: what
    a search finds after this worker died may be what it created. Room for the search is taken here if there is
    any, so that it is announced with the delivery.
    """
    keys = company_keys(posting.task.draft.company or {})
    if posting.company not in OPEN or not keys:
        return
    posting.claim = _recalled(posting, keys)
    if posting.claim is None:
        account_id, holder = posting.task.account_id, company_registry.new_holder()
        with suppress(CompanyBusy):
            posting.claim = company_registry.claim_at_once(
                session, account_id, keys, _trusted(posting), holder, announces=True
            )
    if posting.claim is not None and posting.claim.company_id is None:
        posting.widen_at_once(SEARCH_AND_CREATE)
        if posting.claim.announced_at is not None:
            # In the row alone: this worker knows that nothing was sent, and `reached` takes it back.
            posting.write_down(session, company=Outcome.INTENT)


def take(posting: Posting, keys: CompanyKeys) -> company_registry.Claim:
    """The claim that was taken with the delivery, else the company that is remembered, else a claim.

    It is taken off the posting, so that a second look claims anew. Raises CompanyBusy.
    """
    claim, posting.claim = posting.claim or _recalled(posting, keys), None
    if claim is not None:
        return claim
    return company_registry.claim(posting.task.account_id, keys, _trusted(posting), deadline=posting.task.deadline)


def announce(posting: Posting, keys: CompanyKeys, claim: company_registry.Claim) -> None:
    """Make sure that it is written down that the create is about to be sent, by a worker whose turn it still is.

    Where that was written down with the claim a moment ago, a look is enough: the delivery may have been deleted
    since, or the keys forgotten. Otherwise it is written down now. A machine that slept in mid-attempt wakes up
    after its leases ended, and somebody else may be creating this company by then. Raises CompanyBusy.
    """
    before, posting.company = posting.company, Outcome.INTENT
    try:
        if claim.is_announced(now()):
            session = db.session()
            _require_ours(keys, posting.is_taken(session), company_registry.count_held(session, claim.holder))
        else:
            retry_on_conflict(partial(_write_note, posting, keys, claim))
    except CompanyBusy:
        posting.company = before
        raise


@contextmanager
def given_up_at_fault(claim: company_registry.Claim, *, keeps_note: bool) -> Iterator[None]:
    """Give the claim up when the block raises what was foreseen; the note of a create may stay."""
    try:
        yield
    except HubSyncError:
        company_registry.release(claim.holder, keeps_note=keeps_note)
        raise


def _write_note(posting: Posting, keys: CompanyKeys, claim: company_registry.Claim) -> None:
    """On the delivery and on the keys, or on neither."""
    with write_transaction() as session:
        taken = posting.write_down(session)
        held = company_registry.announce_create(session, claim.holder, keys.typed)
        _require_ours(keys, taken, held)


def _require_ours(keys: CompanyKeys, taken: bool, held: int) -> None:
    """Raise CompanyBusy unless the delivery is this worker's, and all keys are."""
    if not taken or held != len(keys.texts()):
        raise CompanyBusy("this worker was away for so long that its claim on the company ended")


def posts_contact(draft: Draft) -> bool:
    """Whether a contact follows the company, at whose association HubSpot notices a company that is gone."""
    return bool((draft.contact or {}).get("email"))


def _recalled(posting: Posting, keys: CompanyKeys) -> company_registry.Claim | None:
    """The company that is remembered."""
    known = company_memory.recall(posting.task.account_id, keys, _trusted(posting))
    return company_registry.Claim.of_known(known) if known is not None else None


def _trusted(posting: Posting) -> timedelta:
    return company_memory.trusted_for(posts_contact(posting.task.draft))
