"""Form of the Privacy page: whose data somebody asks for."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from wtforms import EmailField
from wtforms.validators import DataRequired, Length

from hubsync.web.shell.session_forms import Form


class GuestForm(Form):
    """One guest, by the e-mail address; one that no mail reaches may have come by a source and is taken too."""

    email = EmailField(
        _l("E-mail address of the guest"),
        validators=[
            DataRequired(_l("Enter the guest's e-mail address.")),
            Length(max=320, message=_l("No e-mail address is longer than 320 characters.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
