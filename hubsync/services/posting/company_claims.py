"""Claim of a delivery on its company: taken in the transaction that takes the delivery, or later by its own.

| when | what is committed |
| --- | --- |
| with the delivery (`take_at_once`) | the claim if nobody has it; if no company is known, the note of its create |
| before the look (`take`) | the claim, where it was not to be had then |
| before the create (`announce`) | the note that it is about to be sent, unless that was made a moment ago |
"""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

from sqlalchemy.orm import Session

from hubsync.domain.mapping import Draft
from hubsync.domain.matching import CompanyKeys, company_keys
from hubsync.domain.outcomes import OPEN, Outcome
from hubsync.domain.pacing import SEARCH_AND_CREATE
from hubsync.errors import CompanyBusy
from hubsync.services import now
from hubsync.services.posting import company_registry
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
            posting.claim = company_registry.claim_in(
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
    """Write down that the create is about to be sent, if delivery and company are still ours to work on.

    A look is enough where it was written down with the claim a moment ago. A machine that slept in mid-attempt
    wakes up after its leases ended, and somebody else may be creating this company by then. Raises CompanyBusy.
    """
    before, posting.company = posting.company, Outcome.INTENT

    def write() -> None:
        with write_transaction() as session:
            require(posting.write_down(session), company_registry.announce_create(session, claim.holder))

    def look() -> None:
        session = db.session()
        require(posting.is_taken(session), company_registry.count_held(session, claim.holder))

    def require(taken: bool, held: int) -> None:
        if not taken or held != len(keys.texts()):
            posting.company = before
            raise CompanyBusy("this worker was away for so long that its claim on the company ended")

    if claim.is_announced(now()):
        look()
    else:
        retry_on_conflict(write)


def posts_contact(draft: Draft) -> bool:
    """Whether a contact follows the company, at whose association HubSpot notices a company that is gone."""
    return bool((draft.contact or {}).get("email"))


def _recalled(posting: Posting, keys: CompanyKeys) -> company_registry.Claim | None:
    """The company that is remembered."""
    known = company_registry.recall(posting.task.account_id, keys, _trusted(posting))
    return company_registry.Claim.of_known(known) if known is not None else None


def _trusted(posting: Posting) -> timedelta:
    return company_registry.trusted_for(posts_contact(posting.task.draft))
