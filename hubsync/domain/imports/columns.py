"""Columns of a file of bookings: what each of them is about, matched by its heading.

What a column is about is stored as a text: a `Field`, ``question:12`` or one half of the name that answers it
(``question:12:given_name``), or ``param:utm_source``; empty for a column that is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from functools import cache

from hubsync.domain.imports.moments import is_time_of_day
from hubsync.domain.information import Information, Origin, Piece, parse_information
from hubsync.domain.labels import forms
from hubsync.domain.property_names import FULL_NAMES
from hubsync.domain.query_names import CLICK_NAMES
from hubsync.domain.questions import Kind, Part, Question
from hubsync.errors import Refused


class Field(StrEnum):
    """What a column may be about besides an answer. The values are stored."""

    START = "start"
    DAY = "day"
    """The day of the start alone."""
    TIME = "time"
    """The time of day of the start alone."""
    END = "end"
    MINUTES = "minutes"
    ID = "id"
    HOST = "host"
    LOCATION = "location"
    CANCELLED = "cancelled"


HALVES = (Piece.FAMILY_NAME, Piece.GIVEN_NAME)
_FIELDS: Mapping[Field, tuple[str, ...]] = {
    Field.START: (
        "Start",
        "Start time",
        "Start date and time",
        "Start Date & Time",
        "Start date/time",
        "Starts at",
        "Event start",
        "Date and time",
        "Date/time",
        "Booking time",
        "Appointment",
        "Appointment time",
        "開始",
        "開始日時",
        "予定開始日時",
        "日時",
        "予約日時",
        "予定日時",
        "確定日時",
        "日程",
    ),
    Field.DAY: ("Date", "Day", "Start date", "日付", "予約日", "開始日", "予定日"),
    Field.TIME: ("Time", "Time of day", "時刻", "時間", "開始時刻", "開始時間"),
    Field.END: (
        *("End", "End time", "End date", "End date and time", "End Date & Time", "End date/time", "Ends at"),
        *("Event end", "終了", "終了日時", "予定終了日時", "終了時刻", "終了時間"),
    ),
    Field.MINUTES: ("Duration", "Duration in minutes", "Minutes", "Length", "所要時間", "所要時間(分)"),
    Field.ID: (
        *("ID", "UID", "UUID", "Booking ID", "Booking UID", "Event ID", "Event UUID", "Invitee UUID", "Reference"),
        *("予約ID", "予約番号", "予定ID", "イベントID", "受付番号"),
    ),
    Field.HOST: (
        *("Host", "Host name", "Host email", "Organizer", "Organiser", "User name", "User email", "Assigned to"),
        *("ホスト", "担当", "主催者", "予定担当者", "カレンダー担当者"),
    ),
    Field.LOCATION: (
        "Location",
        "Place",
        "Meeting URL",
        "Video call URL",
        "場所",
        "開催場所",
        "会議URL",
        "Web会議URL",
    ),
    Field.CANCELLED: ("Canceled", "Cancelled", "Status", "Booking status", "キャンセル", "ステータス", "状態"),
}
_PARTS: Mapping[Part, tuple[str, ...]] = {
    Part.COMPANY: (
        "Company",
        "Company name",
        "Organization",
        "会社",
        "会社名",
        "貴社名",
        "企業名",
        "法人名",
        "所属",
    ),
    Part.NAME: (
        *FULL_NAMES,
        *("Guest", "Guest name", "Invitee name", "Attendee", "Attendee name", "Booker name"),
        *("ゲスト名", "ゲスト氏名", "予約者名", "招待者名", "参加者名"),
    ),
    Part.EMAIL: (
        *("Email", "Email address", "Mail", "Guest email", "Invitee email", "Attendee email", "Booker email"),
        *("メール", "メールアドレス", "ゲストメールアドレス", "予約者メールアドレス"),
    ),
    Part.COMMENT: (
        "Comment",
        "Comments",
        "Message",
        "Note",
        "Notes",
        "Additional notes",
        "備考",
        "コメント",
        "メッセージ",
    ),
}
_HALVES: Mapping[Piece, tuple[str, ...]] = {
    Piece.FAMILY_NAME: (
        "Last name",
        "Family name",
        "Surname",
        "Invitee Last Name",
        "Attendee last name",
        "姓",
        "苗字",
    ),
    Piece.GIVEN_NAME: ("First name", "Given name", "Invitee First Name", "Attendee first name", "名", "名前(名)"),
}
_CAMPAIGNS = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content", *sorted(CLICK_NAMES))


def match_columns(
    headings: Sequence[str], questions: Sequence[Question], first_rows: Sequence[Sequence[str]] = ()
) -> tuple[str, ...]:
    """What each of the columns is likely to be about; nothing twice, and nothing where nobody can say.

    A question of that label comes first, then what exports are known to call a fact or a guest's answer. The
    *first_rows* tell a start that is only a time of day, beside a column with the day.
    """
    matched = [""] * len(headings)
    for candidates in (_by_label(questions), _by_name(questions)):
        for place, heading in enumerate(headings):
            if matched[place]:
                continue
            for form in forms(heading):
                token = candidates.get(form, "")
                if token and token not in matched:
                    matched[place] = token
                    break
    matched = list(_without_halves(matched))
    if Field.START in matched and Field.DAY in matched and _are_times(first_rows, matched.index(Field.START)):
        times: dict[str, str] = {Field.START: Field.TIME.value, Field.TIME: ""}
        matched = [times.get(each, each) for each in matched]
    return _with_whole_starts(tuple(matched))


def targets(questions: Sequence[Question]) -> Iterator[str]:
    """Everything that a column may be about, in the order in which it is offered, but for URL parameters."""
    for question in questions:
        yield Information.question(question.id).token
        if question.kind is Kind.NAME:
            yield from (Information.question(question.id, piece).token for piece in HALVES)
    yield from (each.value for each in Field)
    yield from (Information.param(name).token for name in _CAMPAIGNS)


def read_columns(typed: Sequence[str], questions: Sequence[Question]) -> tuple[str, ...] | None:
    """The columns that a person chose, as they are stored; None for what nobody can choose."""
    offered = {"", *targets(questions)}
    return tuple(typed) if offered.issuperset(typed) else None


def twice(columns: Sequence[str]) -> list[int]:
    """The places of columns that are about the same as one before them."""
    return [place for place, token in enumerate(columns) if token and token in columns[:place]]


def question_of(token: str) -> Information | None:
    """The question that a column answers, whole or by one half; None for any other column."""
    if token in set(Field) or not token:
        return None
    try:
        information = parse_information(token)
    except Refused:
        return None
    return information if information.origin is Origin.QUESTION else None


def param_of(token: str) -> str:
    """The URL parameter that a column has; empty for any other column."""
    kind, _colon, name = token.partition(":")
    return name if kind == Origin.PARAM else ""


def _by_label(questions: Sequence[Question]) -> dict[str, str]:
    found: dict[str, str] = {}
    for question in questions:
        for form in forms(question.label):
            found.setdefault(form, Information.question(question.id).token)
    return found


def _by_name(questions: Sequence[Question]) -> dict[str, str]:
    asked = {question.part: question for question in questions if question.part is not None}
    for kind, part in ((Kind.EMAIL, Part.EMAIL), (Kind.NAME, Part.NAME)):
        first = next((each for each in questions if each.kind is kind), None)
        if first is not None:
            asked.setdefault(part, first)
    found = {form: token for form, token in _names().items() if not token.startswith("part:")}
    for form, token in _names().items():
        _part, _colon, named = token.partition(":")
        word, _colon, half = named.partition(":")
        if token.startswith("part:") and Part(word) in asked:
            found[form] = Information.question(asked[Part(word)].id, Piece(half) if half else None).token
    return found


@cache
def _names() -> dict[str, str]:
    """What exports call it: a field, a URL parameter, or ``part:name`` and ``part:name:given_name``."""
    named: dict[str, str] = {}
    tables: tuple[tuple[str, tuple[str, ...]], ...] = (
        *((f"part:{Part.NAME}:{piece}", called) for piece, called in _HALVES.items()),
        *((f"part:{part}", called) for part, called in _PARTS.items()),
        *((each.value, called) for each, called in _FIELDS.items()),
        *((Information.param(name).token, (name, name.replace("_", " "))) for name in _CAMPAIGNS),
    )
    for token, called in tables:
        for label in called:
            named.setdefault(forms(label)[0], token)
    return named


def _without_halves(matched: list[str]) -> Iterator[str]:
    """Halves of a name that stands whole in another column are left out."""
    for token in matched:
        information = question_of(token)
        whole = information.whole.token if information is not None and information.piece is not None else ""
        yield "" if whole and whole in matched else token


def _are_times(rows: Sequence[Sequence[str]], place: int) -> bool:
    """Whether the cells at *place* are times of day, as far as they are not empty."""
    texts = [row[place] for row in rows if len(row) > place and row[place].strip()]
    return bool(texts) and all(map(is_time_of_day, texts))


def _with_whole_starts(matched: tuple[str, ...]) -> tuple[str, ...]:
    """A day without a time beside it, or the other way round, is likely to be the whole start."""
    if Field.START in matched:
        return tuple("" if token in (Field.DAY, Field.TIME) else token for token in matched)
    if Field.DAY in matched and Field.TIME in matched:
        return matched
    return tuple(Field.START.value if token in (Field.DAY, Field.TIME) else token for token in matched)
