"""Copying of another calendar's mapping: questions are matched by part, label and kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from sqlalchemy import select

from hubsync.domain.information import Information, Origin
from hubsync.domain.labels import normalised
from hubsync.domain.mapping import Section, WhenExists
from hubsync.domain.occurrences import question_key
from hubsync.domain.questions import Kind, Question
from hubsync.domain.roles import Action
from hubsync.domain.sorting import name_order
from hubsync.services.connection.properties import KnownProperties
from hubsync.services.mapping.choices import InformationChoices
from hubsync.services.mapping.hints import read_information
from hubsync.services.mapping.meeting_texts import find_unknown
from hubsync.services.mapping.storage import EMAIL, EditedMapping, EditedRow, SavedMapping
from hubsync.services.mapping.validation import MOST_ROWS
from hubsync.store import db
from hubsync.store.calendar_visibility import visible_calendars
from hubsync.store.calendars import Calendar
from hubsync.store.mappings import MappingRecord
from hubsync.store.teams import Membership


class Unmatched(StrEnum):
    """Why a row cannot be taken over."""

    NO_SUCH_QUESTION = "no_such_question"
    ANOTHER_KIND = "another_kind"
    DELETED_THERE = "deleted_there"
    PROPERTY_GONE = "property_gone"
    NO_SUCH_PARAM = "no_such_param"
    ROW_THERE = "row_there"
    TOO_MANY = "too_many"


@dataclass(frozen=True)
class CopiedRow:
    """A row of the other calendar: what it takes *there*, and *here* (empty when it is omitted for *why*).

    *fills* says that it fills what is empty of a record that exists.
    """

    section: Section
    property_name: str
    property_label: str
    there: str
    here: str = ""
    why: Unmatched | None = None
    fills: bool = False


@dataclass(frozen=True)
class Copy:
    """What comes of copying: the mapping as it would be edited, and every row with its fate.

    *unknown_names* are those in the meeting's texts that nothing goes by here, *unknown_owner* is whom new records
    belonged to and who is no user here; empty where all of it fits.
    """

    edited: EditedMapping
    rows: tuple[CopiedRow, ...]
    unknown_names: tuple[str, ...] = ()
    unknown_owner: str = ""

    @property
    def taken(self) -> tuple[CopiedRow, ...]:
        return tuple(row for row in self.rows if row.why is None)

    @property
    def kept(self) -> tuple[CopiedRow, ...]:
        """Rows whose property has a row here, which stays."""
        return tuple(row for row in self.rows if row.why is Unmatched.ROW_THERE)

    @property
    def unmatched(self) -> tuple[CopiedRow, ...]:
        """Rows that this calendar cannot have."""
        return tuple(row for row in self.rows if row.why not in (None, Unmatched.ROW_THERE))


def list_sources(membership: Membership, calendar_id: int) -> Sequence[Calendar]:
    """The other calendars of the team that have a mapping and that the person may edit, by name."""
    query = (
        select(Calendar)
        .join(MappingRecord, MappingRecord.calendar_id == Calendar.id)
        .where(visible_calendars(membership, Action.EDIT_ANY_CALENDAR), Calendar.id != calendar_id)
    )
    return sorted(db.session.scalars(query.order_by(Calendar.id)), key=lambda each: name_order(each.name))


def copy_mapping(
    source: SavedMapping,
    there: InformationChoices,
    edited: EditedMapping,
    here: InformationChoices,
    known: KnownProperties,
    *,
    replace_rows: bool,
) -> Copy:
    """*edited* with the rows of *source*, whose questions are *there*; nothing is saved.

    With *replace_rows* the rows and switches of *source* take the place of those that are edited, but for
    ``active``; else only properties without a row get one. A row whose question has no match is omitted.
    """
    start = edited
    if replace_rows:
        switches = (source.edited.companies_on, source.edited.contacts_on)
        more = (source.edited.associates_existing, source.edited.owner)
        start = EditedMapping(edited.active, *switches, "", (), (), *more)
        start = replace(start, **meeting_settings(source.edited if source.edited.meetings_on else edited))
    rows = {section: [row for row in start.rows(section) if not row.is_empty] for section in Section}
    email, told = start.email, []
    for stored in source.stored:
        section, name = Section(stored.section), stored.property_name
        token, why = _match(stored.information, there, here)
        fixed = section is Section.CONTACTS and name == EMAIL
        if why is None and not fixed and known.is_gone(section, name):
            why = Unmatched.PROPERTY_GONE
        if why is None and fixed:
            why = Unmatched.ROW_THERE if email else None
            email = email or token
        elif why is None:
            why = _put(rows[section], EditedRow(name, token, stored.when_exists or WhenExists.LEAVE))
        here_token = token if why is None else ""
        row = (section, name, stored.property_label, stored.information, here_token, why)
        told.append(CopiedRow(*row, fills=stored.when_exists == WhenExists.FILL))
    merged = replace(start, email=email or edited.email)
    for section in Section:
        merged = merged.with_rows(section, rows[section])
    texts = (merged.meeting_title, merged.meeting_body) if replace_rows and source.edited.meetings_on else ()
    return Copy(merged, tuple(told), tuple(find_unknown(texts, here)))


def meeting_settings(edited: EditedMapping) -> dict[str, Any]:
    """What a mapping says of the meeting; a question that its texts name may be called otherwise here."""
    return {name: getattr(edited, name) for name in ("meetings_on", "meeting_title", "meeting_body")}


def _put(rows: list[EditedRow], row: EditedRow) -> Unmatched | None:
    of_it = [place for place, each in enumerate(rows) if each.property_name == row.property_name]
    waiting = next((place for place in of_it if not rows[place].information), None)
    if waiting is not None:
        rows[waiting] = row
    elif of_it:
        return Unmatched.ROW_THERE
    elif len(rows) >= MOST_ROWS:
        return Unmatched.TOO_MANY
    else:
        rows.append(row)
    return None


def _match(token: str, there: InformationChoices, here: InformationChoices) -> tuple[str, Unmatched | None]:
    """The same information of this calendar, or why there is none."""
    information = read_information(token)
    if information is None:
        return "", Unmatched.DELETED_THERE
    if information.origin is Origin.FACT:
        return token, None
    if information.origin is Origin.PARAM:
        return (token, None) if information.name in here.params else ("", Unmatched.NO_SUCH_PARAM)
    asked = next((each for each in there.questions if each.id == information.question_id), None)
    if asked is None:
        return "", Unmatched.DELETED_THERE
    question, why = _same_question(asked, here.questions)
    if question is None or (information.piece is not None and question.kind is not Kind.NAME):
        return "", why or Unmatched.ANOTHER_KIND
    return Information.question(question.id, information.piece).token, None


def _same_question(asked: Question, questions: Sequence[Question]) -> tuple[Question | None, Unmatched | None]:
    """The question of the same part, else of the same label and kind: the n-th for the n-th of a label."""
    same_part = [each for each in questions if asked.part is not None and each.part is asked.part]
    called_alike = [each for each in questions if question_key(each.label) == question_key(asked.label)]
    called_alike += [
        each
        for each in questions
        if each.number == asked.number and normalised(each.label) == normalised(asked.label)
    ]
    for each in (*same_part, *called_alike):
        if each.kind is asked.kind:
            return each, None
    return None, Unmatched.ANOTHER_KIND if same_part or called_alike else Unmatched.NO_SUCH_QUESTION
