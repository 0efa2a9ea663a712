"""Texts of a preview, line by line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

from hubsync.config import settings
from hubsync.domain.filling import FillOutcome, JoinOutcome
from hubsync.domain.information import Origin
from hubsync.domain.mapping import FilledRow, LeftOutCode, MappingRows, Section
from hubsync.domain.outcomes import Expected, Foretold
from hubsync.domain.owners import OwnerProblem, OwnerRule
from hubsync.domain.remarks import RemarkKind
from hubsync.hubspot.links import record_url
from hubsync.phrases import labelled, sentences
from hubsync.services.connection.owners import KnownOwners
from hubsync.services.mapping.owner_choice import problem_of_choice
from hubsync.services.mapping.preview import Preview
from hubsync.services.posting.expected_records import ExpectedRecord
from hubsync.store.connections import Connection
from hubsync.web.mapping.text import SECTIONS, Labels, owner_words
from hubsync.web.shell.reasons import (
    explain_code,
    explain_dropped,
    explain_reason,
    explain_remark,
)
from hubsync.web.shell.record_line import FilledLine, RecordLine
from hubsync.web.shell.remark_texts import FORETOLD, NOT_LOOKED_UP, OWNER_PROBLEMS, PARTS

LONGEST_SHOWN = 300
FILLED = {
    FillOutcome.INTENT: _l("It is empty and would be filled:"),
    FillOutcome.WAS_SET: _l("HubSpot has a value, which would be left as it is."),
    FillOutcome.EMPTIED: _l("Somebody emptied it in HubSpot, so it would be left empty."),
}
"""What would become of a value for a record that HubSpot has."""
Tone = Literal["good", "plain", "care", "bad"]


@dataclass(frozen=True)
class ValueShown:
    """One row: the property, what it takes, what was given, and what is sent or why it is not.

    *is_amiss* tells that there was something to send.
    """

    property: str
    information: str
    given: str
    sent: str
    reason: str
    changed: bool
    is_amiss: bool


@dataclass(frozen=True)
class SectionValues:
    """The values of one section."""

    title: str
    on: bool
    values: tuple[ValueShown, ...]


def sections_of(
    outcome: Preview, mapping: MappingRows, labels: Labels, refused: Mapping[Section, Mapping[str, str]]
) -> list[SectionValues]:
    """Both sections with every row's value; *refused* are the properties that HubSpot takes no value for."""
    on = {Section.COMPANIES: mapping.companies_on, Section.CONTACTS: mapping.contacts_on}
    return [
        SectionValues(
            str(SECTIONS[section]),
            on[section],
            tuple(
                _value(each, labels, refused[section].get(each.row.property_name, ""))
                for each in outcome.filled
                if each.row.section is section
            ),
        )
        for section in Section
    ]


def _value(each: FilledRow, labels: Labels, refused: str) -> ValueShown:
    reason = ""
    if each.code is not None:
        reason = explain_code(each.code.value, shorten(each.text))
    elif refused and each.is_sent:
        reason = explain_dropped({"code": refused})
    elif not each.given:
        is_fact = each.row.information.origin is Origin.FACT
        reason = (
            _("The booking does not tell it, so the property is not sent.")
            if is_fact
            else _("No answer, so the property is not sent.")
        )
    elif not each.is_sent:
        reason = _("The name has no such part, so the property is not sent.")
    return ValueShown(
        property=labels.property(each.row.section, each.row.property_name),
        information=labels.information(each.row.information.token),
        given=shorten(each.given) if each.code is not LeftOutCode.QUESTION_DELETED else "",
        sent=shorten(each.text) if each.is_sent and not refused else "",
        reason=reason,
        changed=each.is_sent and not refused and each.row.information.piece is None and each.text != each.given,
        is_amiss=bool(each.given) and (each.code is not None or bool(refused)),
    )


def owner_line(rule: OwnerRule, known: KnownOwners) -> str:
    """Whom new records would belong to; "" without a rule."""
    problem = OwnerProblem.PERMISSION if known.lacks_permission else problem_of_choice(rule, known)
    words = owner_words(rule) if rule else ""
    return labelled(words, OWNER_PROBLEMS[problem]) if rule and problem is not None else words


def filled_lines(outcome: Preview, labels: Labels) -> list[FilledLine]:
    """What would become of each row that fills what is empty of a record that HubSpot has."""
    return [
        FilledLine(
            labels.property(each.section, each.property_name),
            each.section,
            str(FILLED[found]) if found in FILLED else _("HubSpot could not be asked whether it is empty."),
            shorten(each.text) if found is FillOutcome.INTENT else "",
        )
        for each, found in outcome.existing.fillings
    ]


def shorten(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else text[:LONGEST_SHOWN] + "…"


def record_lines(outcome: Preview, connection: Connection | None) -> list[RecordLine]:
    """Whether company, contact and association would be made."""
    company = _look("company", outcome.company, _company_sentence(outcome), connection)
    contact = _look("contact", outcome.contact, _contact_sentence(outcome), connection)
    if outcome.associated is None:
        association = (
            _("not known"),
            "question-circle",
            "care",
            _("It depends on whether HubSpot has the contact."),
        )
    elif outcome.existing.join is JoinOutcome.INTENT:
        sentence = _(
            "HubSpot has this contact without a company. It would be associated with the booking's company."
        )
        association = (_("would be made"), "check-circle", "good", sentence)
    elif outcome.associated:
        sentence = _("The contact would be associated with the company.")
        association = (_("would be made"), "check-circle", "good", sentence)
    else:
        association = (_("none"), "dash-circle", "plain", _association_sentence(outcome))
    return [company, contact, RecordLine(str(PARTS["association"]), *association)]  # type: ignore[arg-type]


def record_link(part: str, record_id: str, connection: Connection | None) -> str:
    """The record's page in HubSpot; empty without a record or an account."""
    if not record_id or connection is None or not connection.hubspot_account_id:
        return ""
    objects: Literal["companies", "contacts"] = "companies" if part == "company" else "contacts"
    account = connection.ui_domain or None, connection.hubspot_account_id
    return record_url(settings().hubspot_app_url, *account, objects, record_id)


def _look(part: str, look: ExpectedRecord, sentence: str, connection: Connection | None) -> RecordLine:
    shapes: dict[Expected, tuple[str, str, Tone]] = {
        Expected.NEW: (_("would be registered"), "check-circle", "good"),
        Expected.DUPLICATE: (_("duplicate"), "files", "plain"),
        Expected.BY_THEN: (_("duplicate by then"), "files", "plain"),
        Expected.UNKNOWN: (_("not known"), "question-circle", "care"),
        Expected.REFUSED: (_("would be refused"), "x-octagon", "bad"),
    }
    word, icon, tone = shapes.get(look.state, (_("nothing to post"), "dash-circle", "plain"))
    link = record_link(part, look.record_id, connection)
    return RecordLine(str(PARTS[part]), word, icon, tone, sentence, look.record_id, link)


def _company_sentence(outcome: Preview) -> str:
    look = outcome.company
    if look.state == Expected.NEW:
        sentence = _("HubSpot has no company with this name or domain.")
        return str(NOT_LOOKED_UP[look.unasked]) if look.unasked else sentence
    if look.state == Expected.BY_THEN:
        return _("An earlier booking would have registered it. It would be left as it is.")
    if look.state == Expected.UNKNOWN:
        return _unknown(look)
    if look.state == Expected.NO_KEY:
        return _("There is neither a company name nor a domain, so no company is posted.")
    if look.state == Expected.NONE:
        return _("No row gives anything for a company.")
    more = ngettext("%(num)s company fits.", "%(num)s companies fit.", look.matches) if look.matches > 1 else ""
    if _fills(outcome, Section.COMPANIES):
        sentence = _("HubSpot has this company already. What is empty would be filled, the rest left as it is.")
        return sentences(sentence, more)
    if look.remembered:
        return _("HubSync posted or found this company lately. It would be left as it is.")
    if look.by == "merged":
        return _("HubSync knew this company. In HubSpot it was merged into another one, which is taken instead.")
    if look.by == "domain":
        sentence = _("HubSpot has a company with the same domain. It would be left as it is.")
    else:
        sentence = _("HubSpot has a company with the same name. It would be left as it is.")
    return sentences(sentence, more)


def _fills(outcome: Preview, section: Section) -> bool:
    """Whether anything would be filled of the section's record, which HubSpot has."""
    return any(
        each.section is section and found is FillOutcome.INTENT for each, found in outcome.existing.fillings
    )


def _contact_sentence(outcome: Preview) -> str:
    look = outcome.contact
    if look.state == Expected.DUPLICATE and _fills(outcome, Section.CONTACTS):
        return _("HubSpot has this contact already. What is empty would be filled, the rest left as it is.")
    if look.state == Expected.DUPLICATE:
        return _("HubSpot has a contact with this e-mail address. It would be left as it is.")
    if look.state == Expected.BY_THEN:
        return _("An earlier booking would have registered it. It would be left as it is.")
    if look.state == Expected.REFUSED:
        return str(FORETOLD[Foretold(look.code)])
    if look.state == Expected.UNKNOWN:
        return _unknown(look)
    if look.state == Expected.NO_KEY:
        return _("There is no e-mail address, so no contact is posted.")
    if look.state == Expected.NONE:
        return _("No row gives anything for a contact.")
    sentence = _("HubSpot has no contact with this e-mail address.")
    if not outcome.own_company_domain:
        return sentence
    if outcome.company.state in (Expected.NEW, Expected.DUPLICATE):
        warned = explain_remark({"kind": RemarkKind.HUBSPOT_MAY_ADD_COMPANY, "domain": outcome.own_company_domain})
    else:
        warned = _(
            "If HubSpot's setting “Create and associate companies with contacts” is on, HubSpot may add a company "
            "for %(domain)s by itself.",
            domain=outcome.own_company_domain,
        )
    return sentences(sentence, warned)


def _unknown(look: ExpectedRecord) -> str:
    sentence = _("Whether it would be a duplicate could not be looked up.")
    return sentences(sentence, explain_reason(look.code))


def _association_sentence(outcome: Preview) -> str:
    join = outcome.existing.join
    if join is JoinOutcome.WAS_THERE:
        return _("HubSpot has this contact associated with the company already.")
    if join is JoinOutcome.HAS_ANOTHER:
        return _(
            "HubSpot has this contact with another company (%(company)s). It would be left as it is.",
            company=outcome.existing.other_company_id,
        )
    if outcome.contact.state in (Expected.DUPLICATE, Expected.BY_THEN):
        return _("Only newly registered contacts are associated with a company.")
    if outcome.contact.state == Expected.NEW:
        return _("There is no company to associate the contact with.")
    return _("There is no new contact to associate.")
