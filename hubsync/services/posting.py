"""The two steps that write to HubSpot: the company, then the contact with the association inside.

Each step writes down what it is about to send, and what came of it, in transactions of its own; between them
no transaction is open. A step that is finished is not repeated by a later attempt.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from hubsync.domain.email_domains import domain_of_email, is_free
from hubsync.domain.mapping import Section
from hubsync.domain.matching import CompanyKeys, choose_company, company_keys, search_alternatives
from hubsync.errors import (
    AnswerLost,
    ContactExists,
    HubSyncError,
    RecordGone,
    RecordRefused,
    RequiredPropertyMissing,
    ValuesRefused,
)
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.deadline import Deadline
from hubsync.services import remembering
from hubsync.services.access import with_access
from hubsync.services.drawing_up import Drawn
from hubsync.store import writing
from hubsync.store.deliveries import Delivery

REPAIRS = 2
Result = TypeVar("Result")


@dataclass
class Posting:
    """One attempt at one delivery: what it works with, and how far it got.

    *company*, *contact* and *association* hold the words of `store.deliveries.Delivery`; *answered* says that
    HubSpot answered at least once.
    """

    delivery_id: int
    team_id: int
    account_id: str
    worker: str
    drawn: Drawn
    deadline: Deadline
    company: str
    company_id: str
    contact: str
    contact_id: str
    association: str
    company_matches: int = 0
    remarks: list[dict[str, Any]] = field(default_factory=list)
    step: str = "company"
    answered: bool = False
    recalled: bool = False

    def ask(self, call: Callable[[HubSpotClient], Result]) -> Result:
        """Call HubSpot with live access; anything HubSpot says about the record counts as an answer."""
        try:
            result = with_access(self.team_id, self.deadline, call)
        except (ContactExists, ValuesRefused, RecordRefused, RecordGone):
            self.answered = True
            raise
        self.answered = True
        return result

    def note_refusal(self, section: str, fault: HubSyncError) -> None:
        """Keep why *section* was refused, with the properties HubSpot named; later attempts do not repeat it."""
        named: tuple[str, ...] = ()
        if isinstance(fault, ValuesRefused):
            named = tuple(fault.refused)
        elif isinstance(fault, RequiredPropertyMissing):
            named = fault.required
        self.remarks.append({"kind": "refused", "section": section, "code": fault.code, "properties": list(named)})

    def write_down(self, session: Session) -> None:
        """Store how far the steps are; the caller commits."""
        session.execute(
            update(Delivery)
            .where(Delivery.id == self.delivery_id, Delivery.lease_owner == self.worker)
            .values(
                hubspot_account_id=self.account_id,
                company=self.company,
                company_id=self.company_id,
                company_matches=self.company_matches,
                contact=self.contact,
                contact_id=self.contact_id,
                association=self.association,
            )
        )


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
    trusted = remembering.trusted_for(posting.drawn.contacts_on)
    known = remembering.recall(posting.account_id, keys, trusted)
    holder = ""
    if known is None:
        holder, known = remembering.claim(posting.account_id, keys, trusted, posting.deadline)
    if known is not None:
        posting.company, posting.company_id, posting.recalled = _found_as(posting), known, True
        return
    _look_then_create(posting, properties, keys, holder)


def _look_then_create(posting: Posting, properties: dict[str, str], keys: CompanyKeys, holder: str) -> None:
    nothing_sent = True
    try:
        alternatives = search_alternatives(properties)
        found = posting.ask(lambda client: client.search_companies(alternatives, posting.deadline))
        match = choose_company(found, keys)
        if match is not None:
            posting.company, posting.company_id = _found_as(posting), match.company_id
            posting.company_matches = match.matches
            if match.matches > 1:
                posting.remarks.append({"kind": "several_companies", "count": match.matches})
        else:
            posting.company = "intent"
            with writing() as session:
                remembering.announce_create(session, holder)
                posting.write_down(session)
            nothing_sent = False
            try:
                posting.company_id = _create_repaired(
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
        with writing() as session:
            remembering.remember(session, posting.account_id, keys, posting.company_id)
            posting.write_down(session)
    except HubSyncError:
        remembering.release(holder, nothing_sent=nothing_sent)
        raise


def _found_as(posting: Posting) -> str:
    """A company that turns up after our own create lost its answer is the one we created."""
    return "created" if posting.company == "intent" else "duplicate"


def post_contact(posting: Posting) -> None:
    """Create the contact with its association, unless HubSpot says that it exists; its 409 is the last word."""
    posting.step = "contact"
    properties = posting.drawn.draft.contact
    if properties is None:
        posting.contact, posting.association = "none", "none"
        return
    if not properties.get("email"):
        posting.contact, posting.association = "none", "none"
        posting.remarks.append({"kind": "no_email"})
        return
    company_id = posting.company_id or None
    try:
        posting.contact_id = _create_repaired(
            posting,
            Section.CONTACTS,
            properties,
            lambda client, sent: client.create_contact(sent, posting.deadline, company_id),
        )
    except ContactExists as exists:
        posting.contact, posting.association = "duplicate", "none"
        posting.contact_id = exists.contact_id or _look_up_contact(posting, properties["email"])
        return
    posting.contact = "created"
    posting.association = "made" if company_id else "none"
    _note_hubspots_own_company(posting, properties["email"])
    if company_id is None and posting.company == "refused":
        posting.association = ""  # a later Retry posts the company and associates it


def _note_hubspots_own_company(posting: Posting, email: str) -> None:
    """Say so when HubSpot may make a company of its own from the e-mail's domain, because ours lacks that domain.

    The account's setting cannot be read over the API.
    https://knowledge.hubspot.com/object-settings/automatically-create-and-associate-companies-with-contacts
    """
    domain = domain_of_email(email)
    ours = (posting.drawn.draft.company or {}).get("domain")
    if posting.company_id and domain and domain != ours and not is_free(domain):
        posting.remarks.append({"kind": "hubspot_may_add_company", "domain": domain})


def associate_later(posting: Posting) -> None:
    """Associate the company of a later Retry with the contact that an earlier attempt registered."""
    posting.step = "association"
    posting.ask(lambda client: client.associate(posting.contact_id, posting.company_id, posting.deadline))
    posting.association = "made"


def _look_up_contact(posting: Posting, email: str) -> str:
    found = posting.ask(lambda client: client.find_contact(email, posting.deadline))
    return found.id if found is not None else ""


def _create_repaired(
    posting: Posting,
    section: Section,
    properties: dict[str, str],
    create: Callable[[HubSpotClient, dict[str, str]], str],
) -> str:
    """Create the record; a value that HubSpot names as bad is dropped and the rest is posted.

    One bad value makes HubSpot refuse the whole record.
    https://developers.hubspot.com/docs/api-reference/error-handling
    Raises ValuesRefused when what makes the record (e-mail; name and domain) is among the bad values.
    """
    repairs = 0
    while True:
        try:
            return posting.ask(_filled(create, properties))
        except ValuesRefused as refused:
            named = [name for name in refused.refused if name in properties]
            properties = {name: value for name, value in properties.items() if name not in named}
            stands = bool(properties.get("email") if section is Section.CONTACTS else company_keys(properties))
            if not named or not stands or repairs == REPAIRS:
                raise
            repairs += 1
            posting.remarks += [
                {"kind": "dropped", "section": section.value, "property": name, "code": refused.refused[name]}
                for name in named
            ]


def _filled(
    create: Callable[[HubSpotClient, dict[str, str]], str], properties: dict[str, str]
) -> Callable[[HubSpotClient], str]:
    return lambda client: create(client, properties)
