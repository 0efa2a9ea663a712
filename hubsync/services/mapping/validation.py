"""Validation of an edited mapping, row by row."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from hubsync.domain.information import Information, Piece
from hubsync.domain.mapping import Section, WhenExists, is_fillable
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.mapping.choices import InformationChoices
from hubsync.services.mapping.meeting_texts import find_fault
from hubsync.services.mapping.storage import EMAIL, EditedMapping, SavedMapping

MOST_ROWS = 100
EMAIL_ROW = -1
OWNER_ROW = MOST_ROWS
"""What stands for the owner's place among the faults: behind all rows."""
MEETING = OWNER_ROW + 1
"""And for the meeting's, which is below the owner."""


@dataclass(frozen=True)
class RowFault:
    """What is wrong with a row: *place* is its number in the section, EMAIL_ROW or OWNER_ROW; *field* its part.

    With MEETING for a place it is about the meeting on the timeline, and the section says nothing.
    """

    section: Section
    place: int
    field: str
    message: str


def check_mapping(
    edited: EditedMapping, saved: SavedMapping, known: KnownProperties, offer: InformationChoices
) -> list[RowFault]:
    """Everything that keeps *edited* from being saved; rows that are wholly empty are passed over.

    A stored row whose property or question is gone may stay as it is, so that the others can be edited.
    """
    faults = []
    tokens = offer.tokens() | {row.information for row in saved.stored}
    for section in Section:
        taken: set[str] = set()
        for place, row in enumerate(edited.rows(section)):
            if row.is_empty:
                continue
            name = row.property_name
            fault = _property_fault(section, name, taken, known, saved)
            if fault:
                faults.append(RowFault(section, place, "property_name", fault))
            if not row.information:
                faults.append(RowFault(section, place, "information", _("Select the information to be obtained.")))
            elif row.information not in tokens:
                faults.append(RowFault(section, place, "information", _unknown(row.information, offer)))
            if row.when_exists is WhenExists.FILL and not is_fillable(section, name):
                fault = _("A company is found by this property, so it stays as it is where the company exists.")
                faults.append(RowFault(section, place, "when_exists", fault))
            taken.add(name)
    faults += _meeting_faults(edited, saved, offer)
    fault = _email_fault(edited, saved, offer)
    return [RowFault(Section.CONTACTS, EMAIL_ROW, "information", fault), *faults] if fault else faults


def _meeting_faults(edited: EditedMapping, saved: SavedMapping, offer: InformationChoices) -> list[RowFault]:
    """What is wrong with the templates, in whichever state the switch is: nothing that cannot be kept is."""
    if not edited.meetings_on and (edited.meeting_title, edited.meeting_body) == (
        saved.edited.meeting_title,
        saved.edited.meeting_body,
    ):
        return []
    found = {name: find_fault(name, getattr(edited, name), offer) for name in ("meeting_title", "meeting_body")}
    return [RowFault(Section.CONTACTS, MEETING, name, message) for name, message in found.items() if message]


def _unknown(token: str, offer: InformationChoices) -> str:
    """Why nothing can be taken from *token*: its question was deleted, or there never was any such thing."""
    if token in {Information.question(each, piece).token for each in offer.deleted for piece in (None, *Piece)}:
        return _("Guests are not asked this any more. Select something else or remove the row.")
    return _("This information does not exist.")


def _property_fault(
    section: Section, name: str, taken: set[str], known: KnownProperties, saved: SavedMapping
) -> str | None:
    if not name:
        return _("Select a HubSpot property.")
    if name in taken:
        return _("This property has a row already.")
    if section is Section.CONTACTS and name == EMAIL:
        return _("The e-mail address has its own row at the top.")
    if known.find(section, name) is None and saved.row(section, name) is None:
        return _("HubSpot has no property of this name that can be written.")
    return None


def _email_fault(edited: EditedMapping, saved: SavedMapping, offer: InformationChoices) -> str | None:
    if edited.email in {Information.question(question.id).token for question in offer.emails()}:
        return None
    if edited.contacts_on:
        if not edited.email:
            return _("Contacts need an e-mail address: select the question that asks for it.")
        return _("Select a question of the kind e-mail.")
    # A section that is off posts nothing; it may keep what it had.
    return None if edited.email in ("", saved.edited.email) else _("Select a question of the kind e-mail.")
