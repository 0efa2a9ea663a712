"""Form of the sign-in page."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from hubsync.web.shell.session_forms import Form
from hubsync.web.signin.email_field import AddressField


class SignInForm(Form):
    """Where to mail the link."""

    email = AddressField(
        _l("E-mail address"),
        _l("Enter your e-mail address."),
        render_kw={"autocomplete": "email", "autofocus": True},
    )
