"""Company step: the company is found or created, once.

What is about to be sent is written down with the claim, in the transaction that takes the delivery, or in one of
its own where that is too long ago; what came of it in another one. Between them no transaction is open. A step
that is finished is not repeated by a later attempt.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.mapping import Draft, Section
from hubsync.domain.matching import CompanyKeys, Match, company_keys
from hubsync.domain.outcomes import OPEN, Outcome
from hubsync.domain.pacing import SEARCH_AND_CREATE
from hubsync.domain.remarks import RemarkKind
from hubsync.errors import AnswerLost, CompanyBusy, DetailCode, HubSyncError, LookUpRefused, tell
from hubsync.services import now
from hubsync.services.posting import company_registry
from hubsync.services.posting.company_lookup import LookupResult, read_known, search_company
from hubsync.services.posting.context import Posting, create_repaired
from hubsync.services.posting.task import CLOCK_DIFFERENCE
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery


def post_company(posting: Posting) -> None:
    """Find the company or create it, once; leaves its id and what became of it on *posting*."""
    posting.step = "company"
    properties = posting.task.draft.company
    if properties is None:
        posting.company = Outcome.NONE
        return
    keys = company_keys(properties)
    if not keys:
        posting.company = Outcome.NONE
        posting.remarks.append({"kind": RemarkKind.NO_COMPANY_KEY})
        return
    # What `claim_at_once` got with the delivery; taken off the posting, so that a second look claims anew.
    claim, posting.claim = posting.claim or _recalled(posting, keys), None
    if claim is None:
        claim = company_registry.claim(
            posting.task.account_id, keys, _trusted(posting), deadline=posting.task.deadline
        )
    if claim.company_id is None:
        _look_then_create(posting, properties, keys, claim)
    else:
        _recall(posting, claim.company_id)


def claim_at_once(session: Session, posting: Posting) -> None:
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


def _recalled(posting: Posting, keys: CompanyKeys) -> company_registry.Claim | None:
    """The company that is remembered."""
    known = company_registry.recall(posting.task.account_id, keys, _trusted(posting))
    return company_registry.Claim.of_known(known) if known is not None else None


def _trusted(posting: Posting) -> timedelta:
    return company_registry.trusted_for(posts_contact(posting.task.draft))


def _look_then_create(
    posting: Posting, properties: dict[str, str], keys: CompanyKeys, claim: company_registry.Claim
) -> None:
    nothing_sent = True
    since = None
    try:
        posting.reserve(SEARCH_AND_CREATE)
        doubtful = tuple(dict.fromkeys((*claim.doubtful.values(), *posting.refused_companies)))
        # What HubSpot refused twice, its search only seems to have.
        gone = {each for each in posting.refused_companies if posting.refused_companies.count(each) > 1}
        looked = search_company(posting.ask, properties, doubtful, posting.task.deadline, gone)
        if claim.by_name:
            keys = CompanyKeys(domain=keys.domain)  # the name's company is remembered already
        if claim.by_name and (looked.match is None or looked.match.by == "name"):
            _recall(posting, claim.by_name)
            since, posting.found_by_name = claim.since, True
        else:
            if looked.match is None:
                looked = read_known(posting.ask, properties, doubtful, looked, posting.task.deadline)
            if looked.match is not None:
                _take_found(posting, looked.match, looked)
            else:
                _refuse_to_double(posting, claim, looked)
                _announce(posting, keys, claim)
                nothing_sent = False
                try:
                    _create(posting, properties, looked)
                except AnswerLost:
                    raise
                except HubSyncError:  # HubSpot said no, or nothing was sent: there is no create to wait for
                    nothing_sent = True
                    posting.company = Outcome.UNTRIED
                    raise
        retry_on_conflict(
            lambda: _keep(posting, keys, _ids_by_key(posting, keys, claim, looked), claim.holder, since)
        )
    except HubSyncError:
        company_registry.release(claim.holder, nothing_sent=nothing_sent)
        raise


def _take_found(posting: Posting, match: Match, looked: LookupResult) -> None:
    posting.company, posting.company_id = _found_as(posting, looked.created_at(match.company_id)), match.company_id
    posting.company_matches, posting.found_by_name = match.matches, match.by != "domain"
    if match.matches > 1:
        posting.remarks.append({"kind": RemarkKind.SEVERAL_COMPANIES, "count": match.matches})


def _refuse_to_double(posting: Posting, claim: company_registry.Claim, looked: LookupResult) -> None:
    """Raise LookUpRefused where a create that was sent may have happened and HubSpot cannot be asked whether."""
    if looked.unasked == "all" and (posting.company == Outcome.INTENT or claim.unresolved):
        posting.company = Outcome.UNTRIED
        raise LookUpRefused(tell(DetailCode.CREATE_LOST))


def create_company(posting: Posting, properties: dict[str, str]) -> None:
    """Create the company without looking for it, and note its id. Raises what HubSpot says about it."""
    posting.company_id = create_repaired(
        posting,
        Section.COMPANIES,
        properties,
        lambda client, sent: client.create_company(sent, posting.task.deadline),
    )
    posting.company = Outcome.CREATED


def _create(posting: Posting, properties: dict[str, str], looked: LookupResult) -> None:
    create_company(posting, properties)
    if looked.unasked:
        posting.remarks.append({"kind": RemarkKind.NOT_LOOKED_UP, "unasked": looked.unasked})


def _ids_by_key(
    posting: Posting, keys: CompanyKeys, claim: company_registry.Claim, looked: LookupResult
) -> list[tuple[CompanyKeys, str]]:
    """Which company is to be remembered under which keys.

    The name is known by the company that has it, where another one has the domain. What was remembered under the
    name stays so while nobody has seen that company without it.
    """
    match = looked.match
    if match is None or match.by != "domain" or not keys.name or match.named == match.company_id:
        return [(keys, posting.company_id)]
    by_domain, by_name = CompanyKeys(domain=keys.domain), CompanyKeys(name=keys.name)
    if match.named is not None:
        return [(by_domain, posting.company_id), (by_name, match.named)]
    before = claim.doubtful.get(by_name.texts()[0], "")
    return [(by_domain if before and not looked.has(before) else keys, posting.company_id)]


def _keep(
    posting: Posting,
    claimed: CompanyKeys,
    known: list[tuple[CompanyKeys, str]],
    holder: str,
    since: datetime | None,
) -> None:
    with write_transaction() as session:
        posting.write_down(session)
        company_registry.lock(session, posting.task.account_id, claimed)
        for keys, company_id in known:
            company_registry.remember(session, posting.task.account_id, keys, company_id, since)
        if sum(len(keys.texts()) for keys, _ in known) < len(claimed.texts()):
            company_registry.let_go(session, holder)


def _recall(posting: Posting, company_id: str) -> None:
    """Take a company that HubSync knows; another booking may have created it while this one did not get to it."""
    posting.company = Outcome.DUPLICATE if _is_of_another_booking(posting, company_id) else _found_as(posting)
    posting.company_id, posting.recalled = company_id, True


def _is_of_another_booking(posting: Posting, company_id: str) -> bool:
    """Whether another delivery created the company; asked only where this one may have."""
    taken, account_id = posting.task.delivery, posting.task.account_id
    if taken is None or posting.company != Outcome.INTENT:
        return False
    other = select(Delivery.id).where(
        Delivery.team_id.in_(select(Connection.team_id).where(Connection.hubspot_account_id == account_id)),
        Delivery.hubspot_account_id == account_id,
        Delivery.company == Outcome.CREATED,
        Delivery.company_id == company_id,
        Delivery.id != taken.id,
    )
    is_known = db.session.scalar(other.limit(1)) is not None
    end_read()
    return is_known


def _announce(posting: Posting, keys: CompanyKeys, claim: company_registry.Claim) -> None:
    """Write down that the create is about to be sent, if delivery and company are still ours to work on.

    A look is enough where it was written down with the claim a moment ago. A machine that slept in mid-attempt
    wakes up after its leases ended, and somebody else may be creating this company by then. Raises CompanyBusy.
    """
    before, posting.company = posting.company, Outcome.INTENT

    def announce() -> None:
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
        retry_on_conflict(announce)


def posts_contact(draft: Draft) -> bool:
    """Whether a contact follows the company, at whose association HubSpot notices a company that is gone."""
    return bool((draft.contact or {}).get("email"))


def _found_as(posting: Posting, created_at: datetime | None = None) -> Outcome:
    """A company that turns up after our own create lost its answer is the one we created, unless it is older."""
    taken = posting.task.delivery
    is_older = taken is not None and created_at is not None and created_at < taken.booked_at - CLOCK_DIFFERENCE
    return Outcome.CREATED if posting.company == Outcome.INTENT and not is_older else Outcome.DUPLICATE
