"""Form parser of the mapping editor: two lists of rows whose numbers may have gaps.

Nothing is cut silently and nothing typed is lost: what no editor of ours can have sent is refused as a whole, all
the rest comes back in the form. (WTForms' FieldList takes `²` for a number and cuts long lists without a word.)
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any

from flask import abort
from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from hubsync.domain.mapping import Section, WhenExists
from hubsync.domain.meeting_template import DEFAULT_BODY, DEFAULT_TITLE
from hubsync.domain.owners import OwnerChoice, OwnerRule
from hubsync.services.mapping.storage import EditedMapping, EditedRow
from hubsync.services.mapping.validation import MOST_ROWS

_ROW_FIELD = re.compile(r"(companies|contacts)-(0|[1-9][0-9]{0,3})-(property_name|information|when_exists)")
_OWNER = re.compile(r"[0-9]{0,20}")
_VERSION = re.compile(r"0|[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class SubmittedEditor:
    """The editor as it was sent: what was *pressed*, and in which *section* and *place*.

    *pressed* is save, refresh, propose, check, back, owners, add or remove, or open for one that was not sent;
    *version* is the one that the editor showed or asks to replace. *copied_from* is the id of the calendar that
    rows were copied from, 0 for none. *fills* says that each row shows what it does where the record exists.
    """

    edited: EditedMapping
    version: int
    pressed: str
    section: Section | None = None
    place: int = 0
    copied_from: int = 0
    fills: bool = False


def read_editor(form: MultiDict[str, str]) -> SubmittedEditor:
    """Read the form; ends in 400 for numbers that are none, too many rows, or buttons that do not exist."""
    fills = "fills" in form
    rows = _read_rows(form, fills=fills)
    edited = EditedMapping(
        active="active" in form,
        companies_on="companies_on" in form,
        contacts_on="contacts_on" in form,
        email=form.get("email", ""),
        companies=tuple(rows[Section.COMPANIES].values()),
        contacts=tuple(rows[Section.CONTACTS].values()),
        associates_existing="associates_existing" in form,
        owner=_read_owner(form),
        **_read_meeting(form),
    )
    version = form.get("over") or form.get("version", "")
    copied_from = form.get("copied_from", "0")
    if not _VERSION.fullmatch(version) or not _VERSION.fullmatch(copied_from):
        abort(400)
    sent = SubmittedEditor(edited, int(version), "save", copied_from=int(copied_from), fills=fills)
    if "add" in form:
        return replace(sent, pressed="add", section=_section(form["add"]))
    if "remove" in form:
        name, _dash, number = form["remove"].partition("-")
        section = _section(name)
        if not number.isascii() or not number.isdigit() or int(number[:5]) not in rows[section]:
            abort(400)
        return replace(sent, pressed="remove", section=section, place=list(rows[section]).index(int(number)))
    pressed = next((each for each in ("refresh", "propose", "check", "back", "owners") if each in form), "save")
    return replace(sent, pressed=pressed)


def _read_meeting(form: MultiDict[str, str]) -> dict[str, Any]:
    """The switch and the templates; what the editor proposes was not chosen while the switch is off."""
    is_on = "meetings_on" in form
    texts = {name: form.get(name, "").replace("\r\n", "\n") for name in ("meeting_title", "meeting_body")}
    if not is_on and (*texts.values(),) == (DEFAULT_TITLE, DEFAULT_BODY):
        texts = dict.fromkeys(texts, "")
    return {"meetings_on": is_on, **texts}


def with_another_row(edited: EditedMapping, section: Section) -> EditedMapping:
    """The mapping with an empty row more at the end of the section."""
    rows = (*edited.rows(section), EditedRow())
    return edited.with_rows(section, rows)


def without_row(edited: EditedMapping, section: Section, place: int) -> EditedMapping:
    """The mapping without the row at this place."""
    rows = edited.rows(section)
    return edited.with_rows(section, rows[:place] + rows[place + 1 :])


def _section(name: str) -> Section:
    if name not in set(Section):
        abort(400)
    return Section(name)


def _read_owner(form: MultiDict[str, str]) -> OwnerRule:
    """Whom new records belong to; the name of a fixed owner is not sent."""
    choice, owner_id = form.get("owner_choice", OwnerChoice.NONE.value), form.get("owner_id", "")
    if choice not in set(OwnerChoice) or not _OWNER.fullmatch(owner_id):
        abort(400)
    return OwnerRule(OwnerChoice(choice), owner_id if choice == OwnerChoice.FIXED else "")


def _read_rows(form: MultiDict[str, str], *, fills: bool) -> dict[Section, dict[int, EditedRow]]:
    """The rows of each section by their numbers, in the numbers' order.

    What they do where the record exists counts only where that is shown (*fills*): nothing unseen is saved.
    """
    found: dict[Section, dict[int, EditedRow]] = {section: {} for section in Section}
    for name, values in form.lists():
        if not name.startswith(("companies-", "contacts-")):
            continue
        read = _ROW_FIELD.fullmatch(name)
        if read is None or len(values) != 1:
            abort(400, _("The rows of this form cannot be read."))
        rows, number = found[Section(read[1])], int(read[2])
        before = rows.get(number, EditedRow())
        if read[3] == "when_exists":
            if values[0] not in set(WhenExists):
                abort(400, _("The rows of this form cannot be read."))
            rows[number] = replace(before, when_exists=WhenExists(values[0]) if fills else WhenExists.LEAVE)
        elif read[3] == "information":
            rows[number] = replace(before, information=values[0])
        else:
            rows[number] = replace(before, property_name=values[0])
    for rows in found.values():
        if len(rows) > MOST_ROWS:
            abort(400, _("A section has up to %(most)s rows. Nothing was saved.", most=MOST_ROWS))
    return {section: dict(sorted(rows.items())) for section, rows in found.items()}
