"""The form of the sign-in page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import EmailField
from wtforms.validators import DataRequired, Email, Length


class SignInForm(FlaskForm):
    """Where to mail the link."""

    email = EmailField(
        _l("E-mail address"),
        validators=[
            DataRequired(_l("Enter your e-mail address.")),
            Length(max=320),
            Email(_l("This is not an e-mail address."), granular_message=False),
        ],
        render_kw={"autocomplete": "email", "autofocus": True},
    )
