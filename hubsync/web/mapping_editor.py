"""What the mapping editor shows: two sections of rows with their pull-downs, errors and hints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from flask_babel import get_locale
from flask_babel import gettext as _
from markupsafe import Markup

from hubsync.domain.mapping import Information, Piece, Section
from hubsync.domain.questions import Kind, Part
from hubsync.services.checking_mapping import EMAIL_ROW, MOST_ROWS, RowFault
from hubsync.services.editing_mapping import EMAIL, NEW, EditedMapping, EditedRow, Saved
from hubsync.services.offering import Offer
from hubsync.services.reading_properties import KnownProperties
from hubsync.web.mapping_options import (
    PullDown,
    gone_information,
    gone_property,
    offer_emails,
    offer_information,
    offer_properties,
)

# Where the family name is written first.
FAMILY_FIRST = frozenset({"ja", "zh", "ko", "hu", "vi"})


@dataclass(frozen=True)
class RowShown:
    """One row; *index* names its fields, *property_options* and *information_options* are ready options."""

    index: str
    property_options: Markup
    information_options: Markup
    errors: dict[str, str]
    gone: bool = False
    takes_domain: bool = False
    wants_number: bool = False


@dataclass(frozen=True)
class SectionShown:
    """A section; *blank* is the row that "+" adds."""

    name: str
    on: bool
    rows: Sequence[RowShown]
    blank: RowShown
    full: bool
    posts_nothing: bool


@dataclass(frozen=True)
class Editor:
    """The whole editor as a person left it, with what is wrong with it."""

    edited: EditedMapping
    saved: Saved
    known: KnownProperties
    offer: Offer
    faults: Sequence[RowFault] = ()

    @cached_property
    def _information(self) -> PullDown:
        return offer_information(self.offer)

    @cached_property
    def companies(self) -> SectionShown:
        return self._section(Section.COMPANIES)

    @cached_property
    def contacts(self) -> SectionShown:
        return self._section(Section.CONTACTS)

    @cached_property
    def email(self) -> RowShown:
        """The fixed row Email(Required)."""
        options = offer_emails(self.offer)
        chosen = self.edited.email
        html = options.html(chosen, gone_information(chosen, self.offer))
        errors = self._errors(Section.CONTACTS, EMAIL_ROW)
        return RowShown("", Markup(""), html, errors, gone=chosen not in options)

    def _section(self, section: Section) -> SectionShown:
        properties = offer_properties(section, self.known, self.saved)
        rows = self.edited.rows(section)
        identified = any(row.property_name in ("name", "domain") and row.information for row in rows)
        on = self.edited.companies_on if section is Section.COMPANIES else self.edited.contacts_on
        return SectionShown(
            name=section.value,
            on=on,
            rows=[self._row(section, str(place), row, properties) for place, row in enumerate(rows)],
            blank=self._row(section, "__index__", EditedRow(), properties),
            full=len(rows) >= MOST_ROWS,
            posts_nothing=section is Section.COMPANIES and on and not identified,
        )

    def _row(self, section: Section, index: str, row: EditedRow, properties: PullDown) -> RowShown:
        name, told = row.property_name, row.information
        chosen = properties.options.get(name)
        information = self._information.options.get(told)
        wants_number = chosen is not None and chosen.mark == "number"
        return RowShown(
            index=index,
            property_options=properties.html(name, gone_property(section, name, self.saved)),
            information_options=self._information.html(told, gone_information(told, self.offer)),
            errors=self._errors(section, int(index)) if index.isdigit() else {},
            gone=name not in properties or told not in self._information,
            takes_domain=section is Section.COMPANIES and name == "domain",
            wants_number=wants_number and information is not None and information.mark != Kind.NUMBER,
        )

    def _errors(self, section: Section, place: int) -> dict[str, str]:
        return {
            fault.field: fault.message
            for fault in self.faults
            if fault.section is section and fault.place == place
        }

    def words(self, name: str) -> list[tuple[str, str]]:
        """(property, information) of every row of the section in words, for reading only."""
        section = Section(name)
        properties = offer_properties(section, self.known, self.saved)
        found = [(EMAIL, self.edited.email)] if section is Section.CONTACTS and self.edited.email else []
        found += [(row.property_name, row.information) for row in self.edited.rows(section)]
        words = []
        for property_name, token in found:
            offered, told = properties.options.get(property_name), self._information.options.get(token)
            label = offered.label if offered else gone_property(section, property_name, self.saved)
            words.append(
                (
                    _("Email(Required)") if property_name == EMAIL else label,
                    told.label if told else gone_information(token, self.offer),
                )
            )
        return words

    def summary(self) -> list[tuple[str, str]]:
        """(id of the pull-down, message) of every error, in the page's order."""
        found = []
        for fault in sorted(self.faults, key=lambda fault: (list(Section).index(fault.section), fault.place)):
            if fault.place == EMAIL_ROW:
                found.append(("email", _("Email(Required): %(message)s", message=fault.message)))
                continue
            titles = {Section.COMPANIES: _("Setting of Companies"), Section.CONTACTS: _("Setting of Contacts")}
            where = _("%(section)s, row %(number)s", section=titles[fault.section], number=fault.place + 1)
            found.append((f"{fault.section}-{fault.place}-{fault.field}", f"{where}: {fault.message}"))
        return found


def propose(known: KnownProperties, offer: Offer) -> EditedMapping:
    """Rows that most calendars want, of what the account and the calendar have; to be shown, not to be saved.

    Which part of a name is the family name depends on the language; the reader's decides.
    """
    asked = {question.part: question for question in offer.questions if question.part}
    locale = get_locale()
    family_first = locale is not None and locale.language in FAMILY_FIRST
    family, given = (Piece.BEFORE_SPACE, Piece.AFTER_SPACE)
    if not family_first:
        family, given = given, family
    wanted = [
        (Section.COMPANIES, "name", Part.COMPANY, None),
        (Section.COMPANIES, "domain", Part.EMAIL, None),
        (Section.CONTACTS, "lastname", Part.NAME, family),
        (Section.CONTACTS, "firstname", Part.NAME, given),
    ]
    rows: dict[Section, list[EditedRow]] = {section: [] for section in Section}
    for section, name, part, piece in wanted:
        if part in asked and known.find(section, name) is not None:
            rows[section].append(EditedRow(name, Information.question(asked[part].id, piece).token))
    emails = [asked[Part.EMAIL]] if Part.EMAIL in asked else list(offer.emails())
    return EditedMapping(
        active=NEW.edited.active,
        companies_on=True,
        contacts_on=True,
        email=Information.question(emails[0].id).token if emails else "",
        companies=tuple(rows[Section.COMPANIES]),
        contacts=tuple(rows[Section.CONTACTS]),
    )
