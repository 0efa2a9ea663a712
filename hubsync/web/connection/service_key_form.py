"""Form for a service key."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import PasswordField
from wtforms.validators import InputRequired


class ServiceKeyForm(FlaskForm):
    """The key; a password field, which comes back empty whatever was in it."""

    key = PasswordField(
        _l("Service key"),
        validators=[InputRequired(_l("Paste the service key."))],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autofocus": True},
    )
