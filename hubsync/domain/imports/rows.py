"""Rows of a file of bookings: each becomes a booking, or is named with what is wrong in it.

Cells are texts, whatever they begin with: nothing is ever computed. A booking is known again by the file's own id,
or by all that its row says, so that a file that is imported twice brings nothing new.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from hubsync.domain.booking import IMPORT, Booking, BookingEvent, Guest
from hubsync.domain.csv_files.records import Record
from hubsync.domain.email_address import email_in
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.imports.answers import YES, join_halves, read_answer
from hubsync.domain.imports.columns import Field, param_of, question_of
from hubsync.domain.imports.moments import DayOrder, MomentProblem, Span, is_time_of_day, read_day, read_span
from hubsync.domain.imports.row_problems import RowProblem
from hubsync.domain.information import Information, Piece
from hubsync.domain.labels import normalised
from hubsync.domain.questions import LONGEST, Kind, Part, Question
from hubsync.domain.values import AnswerValue, answer_text, clean_text, number_text

_LONGEST_ID = 200
LATE = timedelta(hours=12)
"""An end that is a time of day is not further from its start."""
_LONGEST_PARAM = 1_000
_OVER = ("cancel", "キャンセル", "取消", "取り消し", "reject", "declin", "辞退")


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in *row* of the file, and in which column, counted from 0; None for the whole row."""

    row: int
    column: int | None
    problem: str


@dataclass(frozen=True)
class Plan:
    """How the rows of one file are read: what its *columns* are about, and what its calendar asks.

    *minutes* is how long an appointment is where no column says so; *order* what comes first in ``03/04/2026``.
    """

    calendar_id: int
    headings: tuple[str, ...]
    columns: tuple[str, ...]
    questions: Mapping[int, Question]
    zone: ZoneInfo
    minutes: int
    order: DayOrder | None = None

    @cached_property
    def place(self) -> dict[str, int]:
        """The column of each thing."""
        return {token: place for place, token in enumerate(self.columns) if token}

    @cached_property
    def answers(self) -> tuple[tuple[int, Information], ...]:
        """The columns that answer a question that the calendar still asks."""
        told = ((place, question_of(token)) for place, token in enumerate(self.columns))
        return tuple((place, each) for place, each in told if each and each.question_id in self.questions)

    @cached_property
    def params(self) -> tuple[tuple[int, str], ...]:
        return tuple((place, name) for place, token in enumerate(self.columns) if (name := param_of(token)))

    @cached_property
    def moments(self) -> tuple[int, ...]:
        """The columns that have days in them."""
        return tuple(self.place[each] for each in (Field.START, Field.DAY, Field.END) if each in self.place)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        return tuple(normalised(each) for each in self.headings)


def read_row(record: Record, plan: Plan) -> Booking | tuple[Fault, ...]:
    """The booking that *record* tells of, or everything that is wrong with it."""
    return _Row(record, plan).read()


@dataclass
class _Row:
    record: Record
    plan: Plan
    faults: list[Fault] = field(default_factory=list)

    def read(self) -> Booking | tuple[Fault, ...]:
        if self._is_ragged() or self._has_unreadable():
            return tuple(self.faults)
        answers = self._answers()
        starts_at, ends_at = self._times()
        by_part = {
            each.part: answer_text(answers.get(each.id)) for each in self.plan.questions.values() if each.part
        }
        email = by_part.get(Part.EMAIL) or self._first(answers, Kind.EMAIL)
        guest = Guest(
            name=by_part.get(Part.NAME) or self._first(answers, Kind.NAME),
            email=email,
            company=by_part.get(Part.COMPANY, ""),
        )
        if not (self.faults or guest.name or guest.email or guest.company):
            self._fault(None, RowProblem.NOBODY)
        if self.faults:
            return tuple(self.faults)
        params = {name: text for place, name in self.plan.params if (text := self._text(place)[:_LONGEST_PARAM])}
        return Booking(
            source=IMPORT,
            external_id=self._id(),
            calendar_external_id="",
            calendar_name="",
            guest=guest,
            starts_at=starts_at,
            ends_at=ends_at,
            by_question=answers,
            url_params=params,
            host=self._of(Field.HOST),
            host_email=str(email_in(self._of(Field.HOST)) or ""),
            location=self._of(Field.LOCATION),
            event=BookingEvent.CANCELLED if self._is_cancelled() else BookingEvent.COMPLETED,
        )

    def _fault(self, column: int | None, problem: str) -> None:
        self.faults.append(Fault(self.record.number, column, problem))

    def _text(self, place: int) -> str:
        return clean_text(self.record.cells[place])

    def _of(self, what: Field) -> str:
        place = self.plan.place.get(what)
        return "" if place is None else self._text(place)

    def _is_ragged(self) -> bool:
        cells, wanted = self.record.cells, len(self.plan.headings)
        if len(cells) < wanted:
            self._fault(len(cells), RowProblem.TOO_FEW_CELLS)
        elif any(map(str.strip, cells[wanted:])):
            self._fault(None, RowProblem.TOO_MANY_CELLS)
        return bool(self.faults)

    def _has_unreadable(self) -> bool:
        for place, cell in enumerate(self.record.cells[: len(self.plan.headings)]):
            if "\0" in cell or "\ufffd" in cell:
                self._fault(place, RowProblem.UNREADABLE_SIGN)
        return bool(self.faults)

    def _answers(self) -> dict[int, AnswerValue]:
        answers: dict[int, AnswerValue] = {}
        halves: dict[int, dict[Piece, str]] = {}
        for place, told in self.plan.answers:
            question, text = self.plan.questions[told.question_id], self._text(place)
            if told.piece is not None:
                halves.setdefault(question.id, {})[told.piece] = text
            elif text:
                value, problem = read_answer(question, text)
                if problem:
                    self._fault(place, problem)
                answers[question.id] = value
        for question_id, parts in halves.items():
            if not answers.get(question_id) and (name := join_halves(parts)):
                answers[question_id] = name[: LONGEST[Kind.NAME]]
        return answers

    def _first(self, answers: Mapping[int, AnswerValue], kind: Kind) -> str:
        asked = (each.id for each in self.plan.questions.values() if each.kind is kind)
        return next((text for each in asked if (text := answer_text(answers.get(each)))), "")

    def _times(self) -> tuple[datetime | None, datetime | None]:
        place = self.plan.place
        where = place.get(Field.START, place.get(Field.DAY))
        if where is None:
            return None, None
        text = self._text(where)
        if Field.START not in place and Field.TIME in place:
            day = read_day(text, self.plan.order)
            if isinstance(day, MomentProblem):
                self._fault(where, day)
                return None, None
            where, text = place[Field.TIME], f"{day.isoformat()} {self._of(Field.TIME)}"
        span = self._span(text)
        if isinstance(span, MomentProblem):
            self._fault(where, span)
            return None, None
        starts_at, ends_at = span
        return starts_at, self._end(starts_at, ends_at)

    def _end(self, starts_at: datetime, said: datetime | None) -> datetime | None:
        if text := self._of(Field.END):
            place = self.plan.place[Field.END]
            span = self._time_of_end(text, starts_at) if is_time_of_day(text) else self._span(text)
            if isinstance(span, MomentProblem):
                self._fault(place, span)
                return None
            if span[0].astimezone(UTC) < starts_at.astimezone(UTC):
                self._fault(place, RowProblem.ENDS_BEFORE)
            return span[0]
        if text := self._of(Field.MINUTES):
            number = number_text(
                text.casefold().removesuffix("minutes").removesuffix("min").removesuffix("分").strip()
            )
            if number is None or not 0 < float(number) <= 7 * 24 * 60:
                self._fault(self.plan.place[Field.MINUTES], RowProblem.NOT_MINUTES)
                return None
            return _after(starts_at, float(number))
        return said or _after(starts_at, self.plan.minutes)

    def _span(self, text: str) -> Span | MomentProblem:
        return read_span(text, self.plan.zone, self.plan.order)

    def _time_of_end(self, text: str, starts_at: datetime) -> Span | MomentProblem:
        """The time of day on the day of the start, or early on the next one for what begins late."""
        day = starts_at.astimezone(self.plan.zone).date()
        span = self._span(f"{day.isoformat()} {text}")
        if isinstance(span, MomentProblem) or span[0] >= starts_at:
            return span
        next_day = self._span(f"{(day + timedelta(days=1)).isoformat()} {text}")
        is_late = not isinstance(next_day, MomentProblem) and next_day[0] - starts_at < LATE
        return next_day if is_late else span

    def _is_cancelled(self) -> bool:
        text = self._of(Field.CANCELLED).casefold()
        return text in YES or any(word in text for word in _OVER)

    def _id(self) -> str:
        """What the booking is known by in its team: the file's id, or what the row says, in its calendar."""
        text = self._of(Field.ID)
        if not text:
            said = sorted(
                (key, cell.strip()) for key, cell in zip(self.plan.keys, self.record.cells, strict=False)
            )
            text = fingerprint("\n".join(f"{key}\t{cell}" for key, cell in said if cell))
        if len(text) > _LONGEST_ID:
            text = fingerprint(text)
        return f"{self.plan.calendar_id}:{text}"


def _after(starts_at: datetime, minutes: float) -> datetime:
    """So many minutes later, also where the clocks are changed in between."""
    return (starts_at.astimezone(UTC) + timedelta(minutes=minutes)).astimezone(starts_at.tzinfo)
