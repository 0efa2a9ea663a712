"""Form for a service key."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, PasswordField
from wtforms.validators import InputRequired

from hubsync.web.shell.session_forms import Form


class ServiceKeyForm(Form):
    """The key, a password field, which comes back empty whatever was in it; and whether to look first."""

    key = PasswordField(
        _l("Service key"),
        validators=[InputRequired(_l("Paste the service key."))],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autofocus": True},
    )
    watch_only = BooleanField(_l("Look first, write nothing"))
