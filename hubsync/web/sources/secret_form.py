"""Form for the secret that a booking tool shows."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField

from hubsync.web.shell.session_forms import Form


class SecretForm(Form):
    """The secret; a password field, which comes back empty whatever was in it."""

    secret = PasswordField(_l("Secret"), render_kw={"autocomplete": "off", "spellcheck": "false"})
