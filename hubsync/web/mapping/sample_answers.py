"""Sample answers for a preview: those of the latest booking, or typed in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from hubsync.domain.information import Origin
from hubsync.domain.mapping import MappingInput, MappingRows
from hubsync.domain.questions import Problem, check_answers
from hubsync.domain.samples import EXAMPLE, sample_answers
from hubsync.domain.values import AnswerValue, clean_text
from hubsync.services.mapping.meeting_texts import sample_start
from hubsync.services.posting.draft import material_of, sample_material
from hubsync.services.question_words import word_label
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.web.bookings.form import Field, QuestionField
from hubsync.web.shell.email_problems import EMAIL_CAUSES

LONGEST_PARAM = 500


@dataclass
class AnswersForm:
    """The calendar's questions, none of them required, and the URL parameters that rows ask for."""

    questions: list[QuestionField]
    params: list[Field]
    answers: dict[int, AnswerValue] = field(default_factory=dict)

    @property
    def problems(self) -> list[Field]:
        return [each for each in (*self.questions, *self.params) if each.error]

    def check(self) -> bool:
        """Whether guests could answer like this; else fields have their errors."""
        asked = [each.question for each in self.questions]
        self.answers, problems = check_answers(asked, {each.question.id: each.given for each in self.questions})
        for each in self.questions:
            if each.question.id in problems:
                each.error = problem_sentence(problems[each.question.id])
        for param in self.params:
            if len(param.text) > LONGEST_PARAM:
                param.error = problem_sentence(Problem.TOO_LONG)
        return not self.problems

    def material(self, calendar: Calendar, booking: BookingRecord | None) -> MappingInput:
        """What rows are filled from, once `check` was passed; what nobody types is the latest *booking*'s."""
        names = (each.id.removeprefix("param-") for each in self.params)
        params = {
            name: text for name, each in zip(names, self.params, strict=True) if (text := clean_text(each.text))
        }
        if booking is None:
            return sample_material(calendar, self.answers, params, sample_start())
        facts = {"location": booking.location, "locale": booking.locale}
        return sample_material(calendar, self.answers, params, booking.starts_at, **facts)


def typed_answers(calendar: Calendar, mapping: MappingRows, sent: MultiDict[str, str]) -> AnswersForm:
    """The form as it was sent."""
    return _form(calendar, mapping, sent.getlist)


def first_answers(
    calendar: Calendar, mapping: MappingRows, booking: BookingRecord | None
) -> tuple[AnswersForm, MappingInput]:
    """The form filled in with the latest booking, or with an example, and what rows get from that."""
    if booking is None:
        example = replace(EXAMPLE, company=_(EXAMPLE.company), name=_(EXAMPLE.name), text=_(EXAMPLE.text))
        given = {str(key): value for key, value in sample_answers(calendar.asked(), example).items()}
        params: dict[str, str] = {}
    else:
        given, params = booking.answers, booking.url_params
    shown = {f"question-{key}": typed_as(value) for key, value in given.items()}
    shown |= {f"param-{name}": [value] for name, value in params.items()}
    form = _form(calendar, mapping, lambda name: shown.get(name, []))
    if booking is not None:
        return form, material_of(booking)
    form.check()
    return form, form.material(calendar, None)


def _form(calendar: Calendar, mapping: MappingRows, typed: Callable[[str], list[str]]) -> AnswersForm:
    questions = [
        QuestionField(name, word_label(question.label), typed(name), question=replace(question, required=False))
        for question in calendar.asked()
        for name in (f"question-{question.id}",)
    ]
    names = dict.fromkeys(row.information.name for row in mapping.rows if row.information.origin is Origin.PARAM)
    return AnswersForm(questions, [Field(f"param-{name}", name, typed(f"param-{name}")) for name in names])


def typed_as(value: object) -> list[str]:
    """A stored answer as a form would send it."""
    if isinstance(value, bool):
        return ["yes"] if value else []
    return [str(each) for each in value] if isinstance(value, list | tuple) else [str(value)] if value else []


def problem_sentence(problem: str) -> str:
    """Why an answer that a colleague typed will not do."""
    if problem in EMAIL_CAUSES:
        return _(
            "Guests cannot enter this: it is not an e-mail address. Look again: %(cause)s.",
            cause=EMAIL_CAUSES[problem],
        )
    return {
        Problem.NOT_A_NUMBER: _("Guests cannot enter this: it is not a number."),
        Problem.NOT_A_CHOICE: _("Guests cannot select this: it is not offered."),
        Problem.NOT_A_DATE: _("Guests cannot enter this: it is not a date. Write it like 2030-12-31."),
        Problem.TOO_LONG: _("Guests cannot enter this: it is too long."),
    }.get(Problem(problem), _("Please correct this."))
