"""The form of a booking page: what was typed in each field, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask_babel import gettext as _
from werkzeug.datastructures import MultiDict

from hubsync.domain.email_address import NoAddress
from hubsync.domain.questions import Given, Kind, Part, Problem, Question, check_answers
from hubsync.domain.values import AnswerValue
from hubsync.services.bookings.booking_page import BookingPage
from hubsync.services.question_words import word_label
from hubsync.web.shell.email_problems import EMAIL_CAUSES, explain_no_address

MOST_RADIOS = 6
"""Up to so many choices stand side by side as radio buttons; more are a pull-down."""

TRAP = "homepage"
"""The name of a field that no person sees; machines fill in what they find."""
ADDRESS = "chosen_address"
"""The name of the buttons, and then of a hidden field, with the address that a guest chose when asked about it."""


@dataclass
class Field:
    """One field; *typed* is what came back for it, *error* a sentence or empty."""

    id: str
    label: str
    typed: list[str]
    error: str = ""

    @property
    def text(self) -> str:
        """What was typed, for fields of one value."""
        return self.typed[0] if self.typed else ""

    @property
    def target(self) -> str:
        """The id of what the cursor goes to when somebody follows the error."""
        return self.id


@dataclass
class QuestionField(Field):
    """The field of one question."""

    question: Question = field(kw_only=True)
    suggestion: str = ""
    """What was probably meant instead of *as_read*, about which the guest is asked."""
    as_read: str = ""

    @property
    def shape(self) -> str:
        """Which markup shows it: a kind's name, or ``radios`` or ``pull_down`` for a single choice."""
        if self.question.kind is Kind.SINGLE_CHOICE:
            return "radios" if len(self.question.choices) <= MOST_RADIOS else "pull_down"
        return self.question.kind.value

    @property
    def target(self) -> str:
        return f"{self.id}-1" if self.shape in ("radios", Kind.SEVERAL_CHOICES) else self.id

    @property
    def autocomplete(self) -> str | None:
        """What browsers may fill in. https://html.spec.whatwg.org/multipage/form-control-infrastructure.html"""
        if self.question.part is Part.COMPANY:
            return "organization"
        return {Kind.NAME: "name", Kind.EMAIL: "email", Kind.PHONE: "tel"}.get(self.question.kind)

    @property
    def given(self) -> Given:
        """What came back, as the domain checks it."""
        if self.question.kind is Kind.CHECK_BOX:
            return bool(self.typed)
        return self.typed if self.question.kind is Kind.SEVERAL_CHOICES else self.text


class BookingForm:
    """The questions of *page*, empty or with what was *sent*; the time is chosen before (`choice`).

    :meth:`check` fills ``answers``, or gives fields their errors.
    """

    def __init__(self, page: BookingPage, sent: MultiDict[str, str] | None = None) -> None:
        sent = MultiDict() if sent is None else sent
        self.questions = [
            QuestionField(name, word_label(question.label), sent.getlist(name), question=question)
            for question in page.questions
            for name in (f"question-{question.id}",)
        ]
        self.trapped = bool(sent.get(TRAP))
        self.chosen_addresses = frozenset(sent.getlist(ADDRESS))
        self.settled_email = ""
        self.answers: dict[int, AnswerValue] = {}

    @property
    def problems(self) -> list[QuestionField]:
        """The fields that have to be corrected, in the order of the page."""
        return [each for each in self.questions if each.error]

    @property
    def email(self) -> str:
        """The guest's address, once it was checked; empty where none was given."""
        found = self.answers.get(self._email_field.question.id) if self._email_field else None
        return found if isinstance(found, str) else ""

    @property
    def asked_about(self) -> QuestionField | None:
        """The field about which the guest is asked."""
        return next((each for each in self.questions if each.suggestion), None)

    @property
    def _email_field(self) -> QuestionField | None:
        return next((each for each in self.questions if each.question.part is Part.EMAIL), None)

    def settle_email(self, address: str) -> None:
        """Let the guest's address be this one, about which nobody is asked again."""
        self.settled_email = address
        if self._email_field is not None and address != self.email:
            self._email_field.typed = [address]
            self.answers[self._email_field.question.id] = address

    def ask_about_email(self, suggestion: str) -> None:
        """Have the guest asked whether the address *suggestion* was meant."""
        if self._email_field is not None:
            self._email_field.suggestion, self._email_field.as_read = suggestion, self.email

    def refuse_email(self, sentence: str) -> None:
        """Say at its field why the guest's address will not do."""
        if self._email_field is not None:
            self._email_field.error = sentence

    def check(self) -> bool:
        """Whether every answer will do."""
        asked = [each.question for each in self.questions]
        self.answers, problems = check_answers(asked, {each.question.id: each.given for each in self.questions})
        for each in self.questions:
            if each.question.id in problems:
                each.error = _sentence(problems[each.question.id], each.question)
        return not self.problems


def _sentence(problem: str, question: Question) -> str:
    if problem == Problem.REQUIRED:
        return {
            Kind.CHECK_BOX: _("Tick this box to go on."),
            Kind.SINGLE_CHOICE: _("Choose one."),
            Kind.SEVERAL_CHOICES: _("Choose at least one."),
            Kind.DATE: _("Enter a date."),
            Kind.EMAIL: _("Enter your e-mail address."),
        }.get(question.kind, _("Please answer this."))
    if problem in EMAIL_CAUSES:
        return explain_no_address(NoAddress(problem))
    return {
        Problem.NOT_A_NUMBER: _("This is not a number. Write digits only, like 1200 or 12.5."),
        Problem.NOT_A_CHOICE: _("This choice is no longer offered. Choose again."),
        Problem.NOT_A_DATE: _("This is not a date. Write it like 2030-12-31."),
        Problem.TOO_LONG: _("This is too long. Please shorten it."),
    }.get(Problem(problem), _("Please correct this."))
