"""Texts of the mapping editor: hints, labels of properties and information, outcomes of a preview."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from hubsync.domain.hints import Hint, HintCode
from hubsync.domain.mapping import Section
from hubsync.domain.mapping_file import FileProblem
from hubsync.domain.owners import OwnerChoice, OwnerRule
from hubsync.phrases import labelled
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.mapping.choices import InformationChoices
from hubsync.services.mapping.copying import Unmatched
from hubsync.services.mapping.diff import SwitchDifference
from hubsync.services.mapping.storage import EMAIL, EditedMapping, SavedMapping
from hubsync.services.mapping.validation import MOST_ROWS
from hubsync.web.mapping.options import gone_information, gone_property, offer_information, offer_properties

PLAIN = frozenset({HintCode.DOMAIN_OF_EMAIL, HintCode.DOMAIN_OF_TEXT, HintCode.HUBSPOT_MAY_ADD_COMPANIES})
"""Hints that are good to know; all the others say that something may be missing."""

HINTS = {
    HintCode.PROPERTY_GONE: lazy_gettext(
        "This property cannot be filled any more: HubSpot has it no longer, or it holds a file, rich text or "
        "something calculated, or it is hidden or read-only. Select another one or remove the row."
    ),
    HintCode.PROPERTY_REFUSED: lazy_gettext(
        "HubSpot refuses this property whatever the answer is, so bookings leave the row out. Select another one; "
        "or make the property writable in HubSpot, then save here to have it tried again."
    ),
    HintCode.QUESTION_GONE: lazy_gettext(
        "Guests are not asked this any more, so the row is left out. Select something else or remove the row."
    ),
    HintCode.MAY_BE_NO_NUMBER: lazy_gettext(
        "HubSpot wants a number here. Answers that are none, such as “about 100”, are left out. A question of the "
        "kind number is safe."
    ),
    HintCode.NEVER_A_NUMBER: lazy_gettext(
        "HubSpot wants a number here, and this never is one. The row is left out."
    ),
    HintCode.DOMAIN_OF_EMAIL: lazy_gettext("The part after the @ is posted. Free e-mail domains are left out."),
    HintCode.DOMAIN_OF_TEXT: lazy_gettext(
        "A web or e-mail address becomes its domain; other answers, free e-mail domains and pages on sites such "
        "as linkedin.com are left out."
    ),
    HintCode.NO_COMPANY_KEY: lazy_gettext(
        "No company will ever be posted: it needs a row for Company name or Company Domain Name."
    ),
    HintCode.OPTIONAL_COMPANY_KEY: lazy_gettext(
        "Guests may leave this open, and nothing else identifies the company. "
        "Without an answer no company is posted."
    ),
    HintCode.OPTIONAL_EMAIL: lazy_gettext(
        "Guests may leave this question open. Without an e-mail address no contact is posted."
    ),
    HintCode.HUBSPOT_MAY_ADD_COMPANIES: lazy_gettext(
        "No company with the domain of this e-mail address is posted. If HubSpot's setting “Create and associate "
        "companies with contacts” is on, HubSpot may add companies of its own. A row Company Domain Name with the "
        "same question prevents that."
    ),
    HintCode.REQUIRED_WITHOUT_ROW: lazy_gettext(
        "HubSpot refused a record lately because it requires “%(property)s” for new records. Add a row for it."
    ),
    HintCode.REQUIRED_NOT_WRITABLE: lazy_gettext(
        "HubSpot refused a record lately because it requires “%(property)s” for new records. HubSync cannot fill "
        "this property: make it optional in HubSpot."
    ),
    HintCode.REQUIRED_BUT_OPTIONAL: lazy_gettext(
        "HubSpot requires this property for new records, and guests may leave the question open. "
        "Without an answer HubSpot refuses the record."
    ),
    HintCode.NOT_TAKEN_LATELY: lazy_gettext(
        "HubSpot did not take this value for the latest record, which was posted without it. "
        "The delivery says why."
    ),
}

UNMATCHED = {
    Unmatched.NO_SUCH_QUESTION: lazy_gettext("No question here has the same label."),
    Unmatched.ANOTHER_KIND: lazy_gettext("The question of the same label is of another kind here."),
    Unmatched.DELETED_THERE: lazy_gettext("Its question was deleted there."),
    Unmatched.PROPERTY_GONE: lazy_gettext("HubSpot has no such property, or it cannot be filled with an answer."),
    Unmatched.NO_SUCH_PARAM: lazy_gettext("No booking of this calendar brought this URL parameter so far."),
    Unmatched.ROW_THERE: lazy_gettext("This property has a row here already, which stays."),
    Unmatched.TOO_MANY: lazy_gettext("A section has up to %(most)s rows.", most=MOST_ROWS),
}

FILE_PROBLEMS = {
    FileProblem.TOO_LARGE: lazy_gettext("The file is larger than 256 kB."),
    FileProblem.NOT_JSON: lazy_gettext("The file is not JSON in UTF-8."),
    FileProblem.NOT_A_MAPPING: lazy_gettext("The file is no mapping that HubSync exported."),
    FileProblem.LATER_VERSION: lazy_gettext(
        "The file was exported by a newer version of HubSync. Update this one."
    ),
    FileProblem.BAD_ROW: lazy_gettext("Row %(number)s of “%(section)s” in the file cannot be read."),
    FileProblem.TOO_MANY_ROWS: lazy_gettext("“%(section)s” has more than 100 rows in the file."),
}
"""Why a file is not imported; *section* and *number* name the row."""

SECTIONS = {
    Section.COMPANIES: lazy_gettext("Setting of Companies"),
    Section.CONTACTS: lazy_gettext("Setting of Contacts"),
}

SWITCHES = {
    "active": lazy_gettext("HubSpot for this calendar"),
    "companies_on": SECTIONS[Section.COMPANIES],
    "contacts_on": SECTIONS[Section.CONTACTS],
    "meetings_on": lazy_gettext("Meeting on the timeline"),
    "associates_existing": lazy_gettext("Associate an existing contact that has no company"),
}


OWNER_CHOICES = {
    OwnerChoice.NONE: lazy_gettext("Nobody"),
    OwnerChoice.HOST: lazy_gettext("The host of the booking"),
    OwnerChoice.FIXED: lazy_gettext("Always the same user"),
}
"""Whom new records can belong to."""


def owner_words(rule: OwnerRule) -> str:
    """The rule in a few words."""
    words = str(OWNER_CHOICES[rule.choice])
    return labelled(words, rule.owner_name) if rule.owner_name else words


@dataclass(frozen=True)
class HintShown:
    """A hint as it stands on the page."""

    icon: str
    tone: str
    sentence: str


@dataclass(frozen=True)
class Labels:
    """What people call the properties and the information of one calendar's mapping."""

    saved: SavedMapping
    known: KnownProperties
    offer: InformationChoices

    @cached_property
    def _properties(self) -> dict[Section, dict[str, str]]:
        offered = {section: offer_properties(section, self.known, self.saved).options for section in Section}
        return {section: {name: each.label for name, each in found.items()} for section, found in offered.items()}

    @cached_property
    def _information(self) -> dict[str, str]:
        return {token: each.label for token, each in offer_information(self.offer).options.items()}

    def property(self, section: Section | str, name: str) -> str:
        """The property's label with its internal name, marked when HubSpot does not have it."""
        section = Section(section)
        if section is Section.CONTACTS and name == EMAIL:
            return _("Email(Required)")
        if not name:
            return _("no property selected")
        return self._properties[section].get(name) or gone_property(section, name, self.saved)

    def information(self, token: str) -> str:
        """What a row takes, in words."""
        if not token:
            return _("nothing selected")
        return self._information.get(token) or gone_information(token, self.offer)


def name_switched_on(edited: EditedMapping, *, fills: bool) -> list[str]:
    """What of *More for HubSpot* is switched on, by name; *fills* tells whether rows fill what is empty."""
    named = (
        (fills, _("Fill if empty")),
        (edited.associates_existing, _("Associate contacts")),
        (bool(edited.owner), _("Owner of new records")),
        (edited.meetings_on, _("Meeting on the timeline")),
    )
    return [name for is_on, name in named if is_on]


def show_hints(hints: Iterable[Hint], labels: Labels) -> list[HintShown]:
    """The hints as sentences."""
    return [_shown(hint, labels) for hint in hints]


def _shown(hint: Hint, labels: Labels) -> HintShown:
    plain = hint.code in PLAIN
    known = labels.known.find(hint.section, hint.property_name) is not None
    name = labels.property(hint.section, hint.property_name) if known else hint.property_name
    sentence = str(HINTS[hint.code]).replace("%(property)s", name)  # a label may hold a % of its own
    return HintShown("info-circle" if plain else "exclamation-triangle", "plain" if plain else "care", sentence)


def switch_words(each: SwitchDifference) -> tuple[str, str, str]:
    """(which switch, how it stands for them, how for me)."""
    if each.switch == "active":
        on, off = _("active"), _("paused")
    else:
        on, off = _("on"), _("off")
    return str(SWITCHES[each.switch]), on if each.theirs else off, on if each.mine else off
