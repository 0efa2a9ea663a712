"""Form field for the e-mail address of somebody who signs in or is invited."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel.speaklater import LazyString
from wtforms import EmailField, Field, Form
from wtforms.validators import DataRequired, StopValidation, ValidationError

from hubsync.domain.email_address import NoAddress, is_email, read_typed_email
from hubsync.web.shell.email_problems import explain_no_address

LONGEST = 320


class AddressField(EmailField):
    """An address as it was read, in lower case, once it is checked; until then what was typed, of a length.

    What is longer than an address can be is cut when it comes in, so that nothing reads it or sends it back whole.
    """

    def __init__(self, label: str | LazyString, missing: str | LazyString, **more: Any) -> None:
        super().__init__(label, validators=[DataRequired(missing), check_address], **more)

    def process_formdata(self, valuelist: Sequence[Any]) -> None:
        """WTForms calls this with what was sent."""
        super().process_formdata([str(each)[: LONGEST + 1] for each in valuelist])


def check_address(form: Form, field: Field) -> None:
    """Mail has to reach people of a team, so the address must be one by the book after it was read."""
    typed = field.data or ""
    if len(typed) > LONGEST:
        raise StopValidation(explain_no_address(NoAddress.TOO_LONG))
    address = read_typed_email(typed)
    if isinstance(address, NoAddress):
        raise ValidationError(explain_no_address(address))
    if not is_email(str(address)):
        raise ValidationError(_("No mail can be sent to this e-mail address. Check it for a typing mistake."))
    field.data = str(address).lower()
