"""Contact step, with the association inside, and the association that a Retry adds later."""

from __future__ import annotations

from datetime import timedelta

from hubsync.domain.email_address import other_form
from hubsync.domain.email_domains import domain_of_own_company
from hubsync.domain.mapping import Section
from hubsync.domain.outcomes import Outcome
from hubsync.domain.remarks import RemarkKind
from hubsync.domain.searching import email_as_searched
from hubsync.errors import (
    AddressUnreadable,
    AnswerLost,
    ContactExists,
    DetailCode,
    HubSyncError,
    RecordConflict,
    Remedy,
    tell,
)
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.records import BY_NO_APP, FoundContact
from hubsync.services.posting.context import Posting
from hubsync.services.posting.meeting import read_known_contact
from hubsync.services.posting.other_bookings import of_another_booking
from hubsync.services.posting.owner import create_with_owner
from hubsync.services.posting.task import CLOCK_DIFFERENCE
from hubsync.store.deliveries import Delivery


def post_contact(posting: Posting) -> None:
    """Create the contact with its association, unless HubSpot says that it exists; its 409 is the last word."""
    posting.step = "contact"
    properties = posting.task.draft.contact
    if posting.task.draft.lacks_address:
        raise AddressUnreadable("the answer for the contact's e-mail is no e-mail address")
    if properties is None:
        posting.contact, posting.association = Outcome.NONE, Outcome.NONE
        return
    if not properties.get("email"):
        posting.contact, posting.association = Outcome.NONE, Outcome.NONE
        posting.remarks.append({"kind": RemarkKind.NO_EMAIL})
        return
    known = None
    if posting.contact != Outcome.INTENT:
        known = read_known_contact(posting, properties["email"])
        known = known or _find_in_other_form(posting, properties["email"])
    if known is not None:
        posting.contact_id, posting.contact, posting.association = known.id, Outcome.DUPLICATE, Outcome.NONE
        return
    company_id, sent_to, beside = posting.company_id or None, properties["email"], True

    def create(client: HubSpotClient, sent: dict[str, str]) -> str:
        nonlocal sent_to
        sent_to = sent["email"]
        return client.create_contact(sent, posting.task.deadline, company_id)

    try:
        posting.contact_id = create_with_owner(posting, Section.CONTACTS, properties, create)
    except AnswerLost:
        posting.contact = Outcome.INTENT
        raise
    except ContactExists as exists:
        ours = posting.contact == Outcome.INTENT
        contact = _look_up_contact(posting, sent_to, exists) if ours or not exists.contact_id else None
        posting.contact_id = exists.contact_id or (contact.id if contact is not None else "")
        if not (ours and contact is not None and _was_registered_by_us(posting, contact, properties["email"])):
            posting.contact, posting.association = Outcome.DUPLICATE, Outcome.NONE
            return
        beside = posting.association != Outcome.INTENT
    posting.contact = Outcome.CREATED
    posting.association = Outcome.NONE if company_id is None else Outcome.MADE if beside else Outcome.UNTRIED
    _note_hubspots_own_company(posting, properties["email"])
    if company_id is None and posting.company == Outcome.REFUSED:
        posting.association = Outcome.UNTRIED  # a later Retry posts the company and associates it


def _note_hubspots_own_company(posting: Posting, email: str) -> None:
    """Say so when HubSpot may make a company of its own from the e-mail's domain."""
    ours = None if posting.found_by_name else (posting.task.draft.company or {}).get("domain")
    domain = domain_of_own_company(email, ours)
    if posting.company_id and domain:
        posting.remarks.append({"kind": RemarkKind.HUBSPOT_MAY_ADD_COMPANY, "domain": domain})


def associate_later(posting: Posting) -> None:
    """Associate the company of a later Retry with the contact that an earlier attempt registered."""
    posting.step = "association"
    posting.ask(lambda client: client.associate(posting.contact_id, posting.company_id, posting.task.deadline))
    posting.association = Outcome.MADE


def _find_in_other_form(posting: Posting, email: str) -> FoundContact | None:
    """The contact that HubSpot has under the other form of an international address, of which no 409 tells.

    Raises what passes; a look-up that HubSpot refuses finds nothing.
    """
    other = other_form(email)
    if not other:
        return None
    try:
        return posting.ask(lambda client: client.find_contact(other, posting.task.deadline))
    except HubSyncError as fault:
        if fault.permanent:
            return None
        raise


def _look_up_contact(posting: Posting, email: str, exists: ContactExists) -> FoundContact | None:
    """The contact that HubSpot says it has; None only where its answer named one that cannot be looked at now.

    Where it named none, "not there" and "could not ask" are no duplicates. Raises RecordConflict when HubSpot has
    none with this address, or refuses the look-up itself, and whatever kept it from being asked.
    """
    try:
        contact = posting.ask(lambda client: client.find_contact(email, posting.task.deadline))
    except HubSyncError as fault:
        if exists.contact_id:
            return None
        if fault.remedy is Remedy.MAPPING:
            raise _conflict(exists, DetailCode.EXISTS_UNSEEN) from fault
        raise
    if contact is None and not exists.contact_id:
        raise _conflict(exists, DetailCode.EXISTS_NOWHERE)
    return contact


def _conflict(exists: ContactExists, but: DetailCode) -> RecordConflict:
    """What a 409 stands for behind which no contact was found."""
    conflict = RecordConflict(
        tell(but, answer=exists.status),
        status=exists.status,
        category=exists.category,
        correlation_id=exists.correlation_id,
    )
    conflict.said = exists.said
    return conflict


def _was_registered_by_us(posting: Posting, contact: FoundContact, email: str) -> bool:
    """Whether an earlier create of ours, whose answer was lost, made *contact*; its association came with it.

    It is when it came into being after the booking did, and no other booking of the guest is known to have
    registered it. HubSpot's clock need not be ours: what came up to CLOCK_DIFFERENCE before the booking may be
    ours too, unless a person made it. What is older stays in doubt, and in doubt it is a duplicate, which
    nobody touches.
    """
    taken = posting.task.delivery
    same = email_as_searched(contact.email or "") == email_as_searched(email) and contact.id == posting.contact_id
    if taken is None or not same or contact.created_at is None:
        return False
    earliest = taken.booked_at - (timedelta(0) if contact.source in BY_NO_APP else CLOCK_DIFFERENCE)
    named = (Delivery.search_email == email_as_searched(email), Delivery.contact_id == contact.id)
    return contact.created_at >= earliest and not of_another_booking(posting, Delivery.contact, *named)
