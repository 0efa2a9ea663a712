"""Texts about the company, contact and association of a delivery."""

from __future__ import annotations

from typing import Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hubsync.config import settings
from hubsync.domain.delivery_states import UNFINISHED
from hubsync.domain.filling import JoinOutcome
from hubsync.domain.mapping import Section
from hubsync.domain.outcomes import Outcome
from hubsync.domain.remarks import RemarkKind
from hubsync.domain.undoing import UndoFate, UndoPart
from hubsync.hubspot.links import record_url
from hubsync.phrases import sentences
from hubsync.services.deliveries.archived_records import Archived
from hubsync.services.posting.owner import given_owners
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Delivery
from hubsync.web.deliveries.archived_text import GONE_WORDS, say_archived
from hubsync.web.deliveries.existing_text import Existing, explain_join
from hubsync.web.shell.reasons import explain_refused
from hubsync.web.shell.record_line import RecordLine
from hubsync.web.shell.remark_texts import PARTS, REMARKS

ASSOCIATION_WORDS = {Outcome.MADE: _l("made"), Outcome.REFUSED: _l("not made"), Outcome.NONE: _l("none")}
"""What became of the association, in a word."""


def record_lines(
    delivery: Delivery, connection: Connection | None, existing: Existing, archived: Archived
) -> list[RecordLine]:
    """Company, contact and association of *delivery*; *connection* is the team's, if it has one.

    *existing* is what was done to those of them that HubSpot had already, *archived* which are gone since.
    """
    owners = _owner_sentences(delivery)
    company = sentences(_company_sentence(delivery, existing), owners.get(Section.COMPANIES, ""))
    contact = sentences(_contact_sentence(delivery, existing), owners.get(Section.CONTACTS, ""))
    return [
        _record(delivery, connection, "company", company, archived),
        _record(delivery, connection, "contact", contact, archived),
        _association(delivery, existing, archived),
    ]


def begun_elsewhere(delivery: Delivery, connection: Connection | None) -> bool:
    """Whether part of the booking is in another HubSpot account than the team's present one."""
    return bool(
        connection and delivery.hubspot_account_id and connection.hubspot_account_id != delivery.hubspot_account_id
    )


def record_link(delivery: Delivery, connection: Connection | None, part: Literal["company", "contact"]) -> str:
    """The address of the record's page in HubSpot; empty where none is known."""
    record_id = delivery.company_id if part == "company" else delivery.contact_id
    if not record_id or not delivery.hubspot_account_id:
        return ""
    here = connection is not None and not begun_elsewhere(delivery, connection)
    ui_domain = connection.ui_domain if connection is not None and here else None
    objects: Literal["companies", "contacts"] = "companies" if part == "company" else "contacts"
    return record_url(
        settings().hubspot_app_url, ui_domain or None, delivery.hubspot_account_id, objects, record_id
    )


def gone_word(delivery: Delivery, part: Literal["company", "contact"], archived: Archived) -> str:
    """That HubSpot does not show the record any more; "" where it does, as far as is known."""
    if part == "company":
        return say_archived(archived, UndoPart.COMPANY, delivery.company_id)
    return say_archived(archived, UndoPart.CONTACT, delivery.contact_id)


def _record(
    delivery: Delivery,
    connection: Connection | None,
    part: Literal["company", "contact"],
    sentence: str,
    archived: Archived,
) -> RecordLine:
    record_id = delivery.company_id if part == "company" else delivery.contact_id
    link, gone = record_link(delivery, connection, part), gone_word(delivery, part, archived)
    look = _look(delivery, part)
    if gone and getattr(delivery, part) == Outcome.CREATED:  # nobody is to read "posted" of what is not there
        fate = archived.get((UndoPart.COMPANY if part == "company" else UndoPart.CONTACT, record_id))
        look = _("archived") if fate is UndoFate.ARCHIVED else _("gone"), "archive", "plain"
    return RecordLine(str(PARTS[part]), *look, sentence, record_id, link, gone)


def tell_owner(owner_id: str, owner_name: str) -> str:
    """Whom something belongs to, as HubSpot called them when it was sent."""
    return _("Its owner is %(owner)s.", owner=owner_name or f"#{owner_id}")


def _owner_sentences(delivery: Delivery) -> dict[Section, str]:
    """Whom the new records were given to; why one has no owner stands among the notes."""
    if Outcome.CREATED not in (delivery.company, delivery.contact):
        return {}
    created = {Section.COMPANIES: delivery.company, Section.CONTACTS: delivery.contact}
    return {
        section: tell_owner(given.owner_id, given.owner_name)
        for section, given in given_owners(delivery.id).items()
        if given.owner_id and created[section] == Outcome.CREATED
    }


def _look(delivery: Delivery, part: str) -> tuple[str, str, Literal["good", "plain", "care", "bad"]]:
    outcome = getattr(delivery, part)
    if outcome == Outcome.CREATED:
        return _("posted"), "check-circle", "good"
    if outcome == Outcome.MADE:
        return _("made"), "check-circle", "good"
    if outcome == Outcome.DUPLICATE:
        return _("duplicate"), "files", "plain"
    if outcome == Outcome.INTENT:
        return _("not known yet"), "question-circle", "care"
    if outcome == Outcome.REFUSED:
        return _("not posted") if part != "association" else _("not made"), "x-octagon", "bad"
    if outcome == Outcome.UNTRIED and delivery.state in UNFINISHED:
        return _("not yet"), "clock", "plain"
    return _("not posted") if part != "association" else _("not made"), "dash-circle", "plain"


def _association(delivery: Delivery, existing: Existing, archived: Archived) -> RecordLine:
    name, join = str(PARTS["association"]), existing.join
    ends = ((UndoPart.CONTACT, delivery.contact_id), (UndoPart.COMPANY, delivery.company_id))
    if delivery.association == Outcome.MADE and any(archived.get(each) in GONE_WORDS for each in ends):
        return RecordLine(
            name, _("gone"), "archive", "plain", _("It went with the records that are not in HubSpot any more.")
        )
    if join is None:
        return RecordLine(name, *_look(delivery, "association"), _association_sentence(delivery))
    if archived.get((UndoPart.ASSOCIATION, join.contact_id)) is UndoFate.REMOVED:
        return RecordLine(name, _("removed"), "eraser", "plain", _("It was removed when the delivery was undone."))
    if join.outcome == JoinOutcome.MADE:
        return RecordLine(name, _("made"), "check-circle", "good", explain_join(join))
    if join.outcome == JoinOutcome.INTENT:
        return RecordLine(name, _("not known yet"), "question-circle", "care", explain_join(join))
    tone: Literal["care", "plain"] = "care" if join.outcome == JoinOutcome.REFUSED else "plain"
    return RecordLine(name, _("not made"), "dash-circle", tone, explain_join(join))


def _company_sentence(delivery: Delivery, existing: Existing) -> str:
    if delivery.company == Outcome.CREATED:
        return _("Registered as a new company.")
    if delivery.company == Outcome.DUPLICATE and existing.is_filled(Section.COMPANIES):
        return _("HubSpot has this company already. What was empty was filled, the rest left as it is.")
    if delivery.company == Outcome.DUPLICATE:
        return _("HubSpot has this company already; it was left as it is.")
    if delivery.company == Outcome.INTENT:
        return _(
            "A company may have been sent; HubSpot's answer is not known. The next attempt looks for it first."
        )
    if delivery.company == Outcome.NONE:
        return _lacking(delivery, RemarkKind.NO_COMPANY_KEY) or _("The mapping gave nothing for a company.")
    return _refusal(delivery, "company") if delivery.company == Outcome.REFUSED else ""


def _contact_sentence(delivery: Delivery, existing: Existing) -> str:
    if delivery.contact == Outcome.CREATED:
        return _("Registered as a new contact.")
    if delivery.contact == Outcome.DUPLICATE and existing.is_filled(Section.CONTACTS):
        return _("HubSpot has this contact already. What was empty was filled, the rest left as it is.")
    if delivery.contact == Outcome.DUPLICATE:
        return _("HubSpot has a contact with this e-mail already; it was left as it is.")
    if delivery.contact == Outcome.INTENT:
        return _("A contact was sent and HubSpot's answer was lost. The next attempt finds out.")
    if delivery.contact == Outcome.NONE:
        return _lacking(delivery, RemarkKind.NO_EMAIL) or _("The mapping gave nothing for a contact.")
    return _refusal(delivery, "contact") if delivery.contact == Outcome.REFUSED else ""


def _association_sentence(delivery: Delivery) -> str:
    if delivery.association == Outcome.MADE:
        return _("The contact is associated with the company.")
    if delivery.association == Outcome.REFUSED:
        return _refusal(delivery, "association")
    if delivery.contact == Outcome.DUPLICATE:
        return _("Only newly registered contacts are associated with a company.")
    if delivery.contact == Outcome.REFUSED:
        return _("Not possible without the contact.")
    if delivery.contact == Outcome.CREATED and delivery.company == Outcome.REFUSED:
        return _("Not possible without the company. Retry posts the company and associates the contact with it.")
    if delivery.association == Outcome.NONE and delivery.contact == Outcome.CREATED:
        return _("There is no company to associate the contact with.")
    return _("There is no new contact to associate.") if delivery.association == Outcome.NONE else ""


def _lacking(delivery: Delivery, kind: RemarkKind) -> str:
    return str(REMARKS[kind]) if any(remark["kind"] == kind for remark in delivery.remarks) else ""


def _refusal(delivery: Delivery, part: Literal["company", "contact", "association"]) -> str:
    """Why the part was refused, as its remark keeps it."""
    section = {"company": "companies", "contact": "contacts"}.get(part, part)
    kept = [each for each in delivery.remarks if each["kind"] == RemarkKind.REFUSED and each["section"] == section]
    return explain_refused(kept[0]) if kept else _("It did not work; the attempts below say more.")
