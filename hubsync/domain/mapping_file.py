"""Mapping file: one calendar's mapping as JSON, read by another calendar, team or installation.

Questions stand in it by label, kind and part, because ids mean nothing elsewhere; properties by HubSpot's internal
name. `MAPPING_FILE` names the format and its version; a file of a later version is refused, never half read.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, TypeGuard

from hubsync.domain.information import Fact, Information, Piece
from hubsync.domain.mapping import Section, WhenExists, is_fillable
from hubsync.domain.meeting_template import LONGEST_BODY, LONGEST_TITLE
from hubsync.domain.owners import NO_OWNER, OwnerChoice, OwnerRule
from hubsync.domain.questions import Kind, Part, Question

MAPPING_FILE: Final = "hubsync_mapping"
VERSION = 1
MOST_BYTES = 256 * 1024
MOST_ROWS = 100
"""Of a section, as in the editor."""
_LONGEST_NAME, _LONGEST_LABEL, _LONGEST_PARAM = 255, 500, 100
_UNFIT = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_UNFIT_FOR_PARAMS = re.compile(r"[\s:]")
DELETED = "deleted_question"
_WHEN_EXISTS, _ASSOCIATES, _OWNER = "when_exists", "associates_existing", "new_owner"
_MEETINGS = "meetings"
"""What is written only where it was chosen, and read as not chosen where it is not there."""


class FileProblem(StrEnum):
    """Why a file is none that can be imported."""

    TOO_LARGE = "too_large"
    NOT_JSON = "not_json"
    NOT_A_MAPPING = "not_a_mapping"
    LATER_VERSION = "later_version"
    BAD_ROW = "bad_row"
    TOO_MANY_ROWS = "too_many_rows"


class MappingFileUnreadable(Exception):
    """The file cannot be imported. *section* and *number* (from 1) name the row, where one is at fault."""

    def __init__(self, problem: FileProblem, section: Section | None = None, number: int = 0) -> None:
        super().__init__(problem.value)
        self.problem, self.section, self.number = problem, section, number


@dataclass(frozen=True)
class FiledRow:
    """A row of the file; *token* points to one of the file's own `FiledMapping.questions`, or to nothing here when
    the question was deleted before the export."""

    section: Section
    property_name: str
    property_label: str
    property_type: str
    token: str
    when_exists: WhenExists = WhenExists.LEAVE


@dataclass(frozen=True)
class FiledMeetings:
    """What a file says of the meetings on the timeline; questions stand in the texts by their labels."""

    on: bool
    title: str
    body: str


@dataclass(frozen=True)
class FiledMapping:
    """What a file holds. The ids of its *questions* are their order in it; *deleted* are labels by such ids.

    A fixed *owner* stands in it by name, because ids mean nothing in another account.
    """

    calendar: str
    companies_on: bool
    contacts_on: bool
    rows: tuple[FiledRow, ...]
    questions: tuple[Question, ...]
    deleted: Mapping[int, str]
    associates_existing: bool = False
    owner: OwnerRule = NO_OWNER
    meetings: FiledMeetings | None = None

    @property
    def params(self) -> tuple[str, ...]:
        """The URL parameters that its rows take."""
        names = (row.token.partition(":")[2] for row in self.rows if row.token.startswith("param:"))
        return tuple(dict.fromkeys(names))


def write_mapping_file(mapping: FiledMapping) -> str:
    """The file of *mapping*, indented and with a line break at its end."""
    asked = {each.id: each for each in mapping.questions}

    def describe(token: str) -> dict[str, Any]:
        origin, _colon, name = token.partition(":")
        if origin != "question":
            return {origin: name}
        number, _colon, piece = name.partition(":")
        question = asked.get(int(number))
        if question is None:
            return {DELETED: mapping.deleted.get(int(number), "")}
        asked_for = {
            "label": question.label,
            "kind": question.kind,
            "part": question.part,
            "number": question.number,
        }
        return {"question": asked_for} | ({"piece": piece} if piece else {})

    def section(which: Section, is_on: bool) -> dict[str, Any]:
        rows = [
            {
                "property": each.property_name,
                "label": each.property_label,
                "type": each.property_type,
                "information": describe(each.token),
            }
            | ({_WHEN_EXISTS: each.when_exists} if each.when_exists is not WhenExists.LEAVE else {})
            for each in mapping.rows
            if each.section is which
        ]
        return {"on": is_on, "rows": rows}

    contents = {
        MAPPING_FILE: VERSION,
        "calendar": mapping.calendar,
        Section.COMPANIES: section(Section.COMPANIES, mapping.companies_on),
        Section.CONTACTS: section(Section.CONTACTS, mapping.contacts_on),
    } | ({_ASSOCIATES: True} if mapping.associates_existing else {})
    if mapping.owner:
        name = {"name": mapping.owner.owner_name} if mapping.owner.owner_name else {}
        contents[_OWNER] = {"choice": mapping.owner.choice} | name
    if mapping.meetings is not None:
        contents[_MEETINGS] = {
            "on": mapping.meetings.on,
            "title": mapping.meetings.title,
            "body": mapping.meetings.body,
        }
    return json.dumps(contents, ensure_ascii=False, indent=2) + "\n"


def read_mapping_file(raw: bytes) -> FiledMapping:
    """Read a file that `write_mapping_file` wrote, or a person by hand. Raises MappingFileUnreadable."""
    if len(raw) > MOST_BYTES:
        raise MappingFileUnreadable(FileProblem.TOO_LARGE)
    try:
        contents = json.loads(raw.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise MappingFileUnreadable(FileProblem.NOT_JSON) from None
    version = contents.get(MAPPING_FILE) if isinstance(contents, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise MappingFileUnreadable(FileProblem.NOT_A_MAPPING)
    if version > VERSION:
        raise MappingFileUnreadable(FileProblem.LATER_VERSION)
    reader = _Reader()
    sections = {each: reader.section(each, contents.get(each.value)) for each in Section}
    calendar, associates = contents.get("calendar"), contents.get(_ASSOCIATES, False)
    if not isinstance(associates, bool):
        raise MappingFileUnreadable(FileProblem.NOT_A_MAPPING)
    return FiledMapping(
        calendar=calendar if _is_text(calendar, _LONGEST_LABEL) else "",
        companies_on=sections[Section.COMPANIES],
        contacts_on=sections[Section.CONTACTS],
        rows=tuple(reader.rows),
        questions=tuple(reader.questions.values()),
        deleted=reader.deleted,
        associates_existing=associates,
        owner=_read_owner(contents.get(_OWNER, {})),
        meetings=_read_meetings(contents[_MEETINGS]) if _MEETINGS in contents else None,
    )


def _read_owner(told: Any) -> OwnerRule:
    """The rule for the owner of new records; without an id."""
    choice = told.get("choice", OwnerChoice.NONE.value) if isinstance(told, dict) else None
    name = told.get("name", "") if isinstance(told, dict) else None
    if not _is_one_of(choice, OwnerChoice) or not _is_text(name, _LONGEST_NAME):
        raise MappingFileUnreadable(FileProblem.NOT_A_MAPPING)
    return OwnerRule(OwnerChoice(choice), "", name)


def _read_meetings(told: Any) -> FiledMeetings:
    """What the file says of meetings; a description has lines. Raises MappingFileUnreadable."""
    match told:
        case {"on": bool(is_on), "title": str(title), "body": str(body)} if _is_text(
            title, LONGEST_TITLE
        ) and _is_text(body.replace("\n", ""), LONGEST_BODY):
            return FiledMeetings(is_on, title, body)
    raise MappingFileUnreadable(FileProblem.NOT_A_MAPPING)


class _Reader:
    """Reads the rows one after the other and gives each question an id."""

    def __init__(self) -> None:
        self.rows: list[FiledRow] = []
        self.questions: dict[tuple[Any, ...], Question] = {}
        self.deleted: dict[int, str] = {}

    def section(self, section: Section, contents: Any) -> bool:
        """Take the section's rows in; whether it is switched on."""
        rows = contents.get("rows", []) if isinstance(contents, dict) else None
        if not isinstance(rows, list) or not isinstance(contents.get("on"), bool):
            raise MappingFileUnreadable(FileProblem.NOT_A_MAPPING)
        if len(rows) > MOST_ROWS:
            raise MappingFileUnreadable(FileProblem.TOO_MANY_ROWS, section)
        seen = set()
        for number, row in enumerate(rows, 1):
            read = self._row(section, row)
            if read is None or read.property_name in seen:
                raise MappingFileUnreadable(FileProblem.BAD_ROW, section, number)
            seen.add(read.property_name)
            self.rows.append(read)
        return bool(contents["on"])

    def _row(self, section: Section, row: Any) -> FiledRow | None:
        if not isinstance(row, dict):
            return None
        name, label, kind = row.get("property"), row.get("label", ""), row.get("type", "string")
        token = self._token(row.get("information"))
        if token is None or not _is_text(name, _LONGEST_NAME) or not name or not _is_text(label, _LONGEST_LABEL):
            return None
        if kind not in ("string", "number"):
            return None
        when_exists = row.get(_WHEN_EXISTS, WhenExists.LEAVE)
        if not _is_one_of(when_exists, WhenExists):
            return None
        chosen = WhenExists(when_exists) if is_fillable(section, name) else WhenExists.LEAVE
        return FiledRow(section, name, label or name, kind, token, chosen)

    def _token(self, information: Any) -> str | None:
        if not isinstance(information, dict):
            return None
        match information:
            case {"fact": str(name)}:
                return Information.fact(Fact(name)).token if _is_one_of(name, Fact) else None
            case {"param": str(name)}:
                fits = name and _is_text(name, _LONGEST_PARAM) and not _UNFIT_FOR_PARAMS.search(name)
                return Information.param(name).token if fits else None
            case {"question": dict(asked)}:
                return self._question(asked, information.get("piece"))
            case {"deleted_question": str(label)} if _is_text(label, _LONGEST_LABEL):
                number = self._next_id()
                self.deleted[number] = label
                return Information.question(number).token
        return None

    def _question(self, asked: Mapping[str, Any], piece: Any) -> str | None:
        label, kind, part, number = (asked.get(each) for each in ("label", "kind", "part", "number"))
        number = 1 if number is None else number
        is_counted = isinstance(number, int) and not isinstance(number, bool) and 1 <= number <= MOST_ROWS
        if not _is_text(label, _LONGEST_LABEL) or not label or not _is_one_of(kind, Kind) or not is_counted:
            return None
        if part is not None and not _is_one_of(part, Part):
            return None
        if piece is not None and (not _is_one_of(piece, Piece) or kind != Kind.NAME):
            return None
        key = (label, kind, part, number)
        if key not in self.questions:
            self.questions[key] = Question(
                self._next_id(),
                label,
                Kind(kind),
                required=False,
                part=Part(part) if part else None,
                number=number,
            )
        return Information.question(self.questions[key].id, Piece(piece) if piece else None).token

    def _next_id(self) -> int:
        return len(self.questions) + len(self.deleted) + 1


def _is_text(value: Any, longest: int) -> TypeGuard[str]:
    return isinstance(value, str) and len(value) <= longest and not _UNFIT.search(value)


def _is_one_of(value: Any, words: type[StrEnum]) -> TypeGuard[str]:
    return isinstance(value, str) and value in set(words)


def questions_in_use(questions: Sequence[Question], tokens: Sequence[str]) -> tuple[Question, ...]:
    """Those *questions* that one of the *tokens* points to: nothing else of a calendar gets into its file."""
    used = {token.split(":")[1] for token in tokens if token.startswith("question:")}
    return tuple(each for each in questions if str(each.id) in used)
