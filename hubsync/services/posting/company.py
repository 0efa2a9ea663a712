"""Company step: the company is found or created, once.

What is about to be sent is written down before (`company_claims`), what came of it in a transaction of its own.
Between them no transaction is open. A step that is finished is not repeated by a later attempt.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial

from hubsync.domain.mapping import Section
from hubsync.domain.matching import CompanyKeys, Match, company_keys
from hubsync.domain.outcomes import Outcome
from hubsync.domain.pacing import SEARCH_AND_CREATE
from hubsync.domain.remarks import RemarkKind
from hubsync.errors import AnswerLost, DetailCode, HubSyncError, LookUpRefused, tell
from hubsync.services.posting import company_claims, company_memory, company_registry, owner
from hubsync.services.posting.company_lookup import LookupResult, read_known, search_company, search_sent_name
from hubsync.services.posting.context import Posting
from hubsync.services.posting.other_bookings import of_another_booking
from hubsync.services.posting.task import CLOCK_DIFFERENCE
from hubsync.store import retry_on_conflict, write_transaction
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
    claim = company_claims.take(posting, keys)
    if claim.company_id is None:
        _look_then_create(posting, properties, keys, claim)
    else:
        _recall(posting, claim.company_id)


def _look_then_create(
    posting: Posting, properties: dict[str, str], keys: CompanyKeys, claim: company_registry.Claim
) -> None:
    """Find the company, or create it; the claim becomes what is remembered, or is given up at a fault."""
    since = None
    with company_claims.given_up_at_fault(claim, keeps_note=claim.unresolved):
        looked = _look(posting, properties, claim)
    if claim.by_name:
        keys = CompanyKeys(domain=keys.domain)  # the name's company is remembered already
    if claim.by_name and (looked.match is None or looked.match.by == "name"):
        _recall(posting, claim.by_name)
        since, posting.found_by_name = claim.since, True
    elif looked.match is not None:
        _take_found(posting, looked.match, looked)
    else:
        _create(posting, properties, keys, claim, looked)
    retry_on_conflict(lambda: _keep(posting, keys, _ids_by_key(posting, keys, claim, looked), claim.holder, since))


def _look(posting: Posting, properties: dict[str, str], claim: company_registry.Claim) -> LookupResult:
    """What HubSpot has: by the searches, else by reading what was known and is doubtful."""
    posting.reserve(SEARCH_AND_CREATE)
    doubtful = tuple(dict.fromkeys((*claim.doubtful.values(), *posting.refused_companies)))
    # What HubSpot refused twice, its search only seems to have.
    gone = {each for each in posting.refused_companies if posting.refused_companies.count(each) > 1}
    looked = search_company(posting.ask, properties, doubtful, posting.task.deadline, gone)
    # What could be asked for of our own create was asked for; another one may have had another domain.
    is_ours = posting.company == Outcome.INTENT and claim.sent_name == company_keys(properties).typed
    if not is_ours:
        looked = search_sent_name(posting.ask, properties, claim.sent_name, looked, posting.task.deadline)
    if looked.match is None and not claim.by_name:
        return read_known(posting.ask, properties, doubtful, looked, posting.task.deadline)
    return looked


def _create(
    posting: Posting,
    properties: dict[str, str],
    keys: CompanyKeys,
    claim: company_registry.Claim,
    looked: LookupResult,
) -> None:
    """Create the company that was not found; while that may have happened, its note outlives the claim."""
    with company_claims.given_up_at_fault(claim, keeps_note=True):
        _refuse_to_double(posting, claim, looked)
    if posting.task.owner.rule:
        owner.decide(posting, Section.COMPANIES)  # may take a call, before the create is announced
    with company_claims.given_up_at_fault(claim, keeps_note=False):
        company_claims.announce(posting, keys, claim)
    try:
        create_company(posting, properties)
    except HubSyncError as fault:
        perhaps_created = isinstance(fault, AnswerLost)
        if not perhaps_created:  # HubSpot said no, or nothing was sent
            posting.company = Outcome.UNTRIED
        company_registry.release(claim.holder, keeps_note=perhaps_created)
        raise
    if looked.unasked:
        posting.remarks.append({"kind": RemarkKind.NOT_LOOKED_UP, "unasked": looked.unasked})


def _take_found(posting: Posting, match: Match, looked: LookupResult) -> None:
    posting.company, posting.company_id = _found_as(posting, looked.created_at(match.company_id)), match.company_id
    posting.company_matches, posting.found_by_name = match.matches, match.by != "domain"
    if match.matches > 1:
        posting.remarks.append({"kind": RemarkKind.SEVERAL_COMPANIES, "count": match.matches})


def _refuse_to_double(posting: Posting, claim: company_registry.Claim, looked: LookupResult) -> None:
    """Raise LookUpRefused where a create that was sent may have happened and HubSpot cannot be asked whether.

    Somebody is told to look there then; when that person asks for another attempt, it creates.
    """
    taken = posting.task.delivery
    if taken is not None and taken.was_looked_for:
        return
    if looked.unasked == "all" and (posting.company == Outcome.INTENT or claim.unresolved):
        posting.company = Outcome.UNTRIED
        raise _unlooked()


def keep_word(posting: Posting) -> None:
    """Keep the word of a person who has looked for the company, where this attempt did not come to create it."""
    taken = posting.task.delivery
    if taken is not None and taken.was_looked_for and posting.company == Outcome.UNTRIED:
        posting.note_refusal(Section.COMPANIES, _unlooked())


def _unlooked() -> LookUpRefused:
    return LookUpRefused(tell(DetailCode.CREATE_LOST))


def create_company(posting: Posting, properties: dict[str, str]) -> None:
    """Create the company without looking for it, and note its id. Raises what HubSpot says about it."""
    posting.company_id = owner.create_with_owner(
        posting,
        Section.COMPANIES,
        properties,
        lambda client, sent: client.create_company(sent, posting.task.deadline),
    )
    posting.company = Outcome.CREATED


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
        company_memory.lock(session, posting.task.account_id, claimed)
        for keys, company_id in known:
            company_memory.remember(session, posting.task.account_id, keys, company_id, since)
        if sum(len(keys.texts()) for keys, _ in known) < len(claimed.texts()):
            company_registry.let_go(session, holder)


def _recall(posting: Posting, company_id: str) -> None:
    """Take a company that HubSync knows; another booking may have created it while this one did not get to it."""
    perhaps_ours = posting.company == Outcome.INTENT
    is_theirs = perhaps_ours and of_another_booking(posting, Delivery.company, Delivery.company_id == company_id)
    posting.company = Outcome.DUPLICATE if is_theirs else _found_as(posting)
    posting.company_id, posting.recalled = company_id, True
    if perhaps_ours:  # who finds the row ``intent`` takes it that the contact was not sent yet
        retry_on_conflict(partial(_write_down, posting))


def _write_down(posting: Posting) -> None:
    with write_transaction() as session:
        posting.write_down(session)


def _found_as(posting: Posting, created_at: datetime | None = None) -> Outcome:
    """A company that turns up after our own create lost its answer is the one we created, unless it is older."""
    taken = posting.task.delivery
    is_older = taken is not None and created_at is not None and created_at < taken.booked_at - CLOCK_DIFFERENCE
    return Outcome.CREATED if posting.company == Outcome.INTENT and not is_older else Outcome.DUPLICATE
