"""The form of the sign-in page."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField, Field, Form
from wtforms.validators import DataRequired, Length, ValidationError

from hubsync.domain.questions import is_email


def check_email(form: Form, field: Field) -> None:
    """The one rule for addresses, the same as for guests' answers."""
    if not is_email((field.data or "").strip()):
        raise ValidationError(_("This is not an e-mail address."))


class SignInForm(FlaskForm):
    """Where to mail the link."""

    email = EmailField(
        _l("E-mail address"),
        validators=[
            DataRequired(_l("Enter your e-mail address.")),
            Length(max=320),
            check_email,
        ],
        render_kw={"autocomplete": "email", "autofocus": True},
    )
