"""The step of the company: found or created, once.

What is about to be sent and what came of it are written down in transactions of their own; between them no
transaction is open. A step that is finished is not repeated by a later attempt.
"""

from __future__ import annotations

from datetime import datetime

from hubsync.domain.mapping import Draft, Section
from hubsync.domain.matching import CompanyKeys, choose_company, company_keys, search_alternatives
from hubsync.errors import AnswerLost, CompanyBusy, HubSyncError
from hubsync.services import remembering
from hubsync.services.posting import Posting, create_repaired
from hubsync.store import in_a_race, writing


def post_company(posting: Posting) -> None:
    """Find the company or create it, once; leaves its id and "created", "duplicate" or "none" on *posting*."""
    posting.step = "company"
    properties = posting.drawn.draft.company
    if properties is None:
        posting.company = "none"
        return
    keys = company_keys(properties)
    if not keys:
        posting.company = "none"
        posting.remarks.append({"kind": "no_company_key"})
        return
    trusted = remembering.trusted_for(posts_contact(posting.drawn.draft))
    known = remembering.recall(posting.account_id, keys, trusted)
    if known is None:
        claim = remembering.claim(posting.account_id, keys, trusted, posting.deadline)
        known = claim.company_id
        if known is None:
            _look_then_create(posting, properties, keys, claim)
            return
    _recall(posting, known)


def _look_then_create(
    posting: Posting, properties: dict[str, str], keys: CompanyKeys, claim: remembering.Claim
) -> None:
    nothing_sent = True
    since = None
    try:
        alternatives = search_alternatives(properties)
        found = posting.ask(lambda client: client.search_companies(alternatives, posting.deadline))
        match = choose_company(found, keys)
        if claim.by_name:
            keys = CompanyKeys(domain=keys.domain)  # the name's company is remembered already
        if claim.by_name and (match is None or match.by == "name"):
            _recall(posting, claim.by_name)
            since, posting.found_by_name = claim.since, True
        elif match is not None:
            posting.company, posting.company_id = _found_as(posting), match.company_id
            posting.company_matches, posting.found_by_name = match.matches, match.by == "name"
            if match.matches > 1:
                posting.remarks.append({"kind": "several_companies", "count": match.matches})
        else:
            _announce(posting, keys, claim.holder)
            nothing_sent = False
            try:
                posting.company_id = create_repaired(
                    posting,
                    Section.COMPANIES,
                    properties,
                    lambda client, sent: client.create_company(sent, posting.deadline),
                )
            except AnswerLost:
                raise
            except HubSyncError:  # HubSpot said no, or nothing was sent: there is no create to wait for
                nothing_sent = True
                posting.company = ""
                raise
            posting.company = "created"
        in_a_race(lambda: _keep(posting, keys, since))
    except HubSyncError:
        remembering.release(claim.holder, nothing_sent=nothing_sent)
        raise


def _keep(posting: Posting, keys: CompanyKeys, since: datetime | None) -> None:
    with writing() as session:
        remembering.remember(session, posting.account_id, keys, posting.company_id, since)
        posting.write_down(session)


def _recall(posting: Posting, company_id: str) -> None:
    posting.company, posting.company_id, posting.recalled = _found_as(posting), company_id, True


def _announce(posting: Posting, keys: CompanyKeys, holder: str) -> None:
    """Write down that the create is about to be sent, if delivery and company are still ours to work on.

    A machine that slept in mid-attempt wakes up after its leases ended, and somebody else may be creating this
    company by then. Raises CompanyBusy.
    """
    before, posting.company = posting.company, "intent"

    def announce() -> None:
        with writing() as session:
            claimed = remembering.announce_create(session, holder) == len(keys.texts())
            if not (posting.write_down(session) and claimed):
                posting.company = before
                raise CompanyBusy("this worker was away for so long that its claim on the company ended")

    in_a_race(announce)


def posts_contact(draft: Draft) -> bool:
    """Whether a contact follows the company, at whose association HubSpot notices a company that is gone."""
    return bool((draft.contact or {}).get("email"))


def _found_as(posting: Posting) -> str:
    """A company that turns up after our own create lost its answer is the one we created."""
    return "created" if posting.company == "intent" else "duplicate"
