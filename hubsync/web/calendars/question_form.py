"""Form of one guest question."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from hubsync.domain.questions import Kind
from hubsync.services.calendars.questions import LONGEST, QuestionInput
from hubsync.services.question_words import label_typed, word_label
from hubsync.store.calendars import QuestionRow
from hubsync.web.shell.session_forms import Form

KINDS = {
    Kind.TEXT: _l("Text"),
    Kind.LONG_TEXT: _l("Long text"),
    Kind.NAME: _l("Name"),
    Kind.EMAIL: _l("E-mail"),
    Kind.PHONE: _l("Phone"),
    Kind.NUMBER: _l("Number"),
    Kind.SINGLE_CHOICE: _l("Single choice"),
    Kind.SEVERAL_CHOICES: _l("Several choices"),
    Kind.CHECK_BOX: _l("Check box"),
    Kind.DATE: _l("Date"),
}


class QuestionForm(Form):
    """What is asked, and how it is answered."""

    label = StringField(
        _l("Question"),
        validators=[DataRequired(_l("The question needs a label.")), Length(max=LONGEST["label"])],
    )
    kind = SelectField(_l("Kind of answer"))
    required = BooleanField(_l("Guests have to answer"))
    choices = TextAreaField(_l("Choices"), render_kw={"rows": 5})
    supplement = TextAreaField(
        _l("Supplementary information"), validators=[Length(max=LONGEST["supplement"])], render_kw={"rows": 3}
    )

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.kind.choices = [SelectChoice(kind.value, str(label)) for kind, label in KINDS.items()]

    @classmethod
    def of(cls, question: QuestionRow) -> QuestionForm:
        """The form filled with a question as it is asked now, or with what was sent."""
        return cls(
            data={
                "label": word_label(question.label),
                "kind": question.kind,
                "required": question.required,
                "choices": "\n".join(question.choices),
                "supplement": question.supplement,
            }
        )

    def leave_out_the_page(self) -> None:
        """Do not ask for what only a booking page has a use for; its answers arrive from elsewhere."""
        del self.required
        del self.supplement

    def asked(self, kept: str = "") -> QuestionInput:
        """What was entered; only after a successful validation. *kept* is the label that the question has."""
        return QuestionInput(
            label=label_typed(self.label.data, kept),
            kind=Kind(self.kind.data),
            required="required" in self and self.required.data,
            choices=tuple((self.choices.data or "").splitlines()),
            supplement=(self.supplement.data or "") if "supplement" in self else "",
        )
