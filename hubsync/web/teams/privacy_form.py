"""Form of the Privacy page: whose data somebody asks for."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import EmailField, RadioField, SelectChoice
from wtforms.validators import DataRequired, Length

from hubsync.domain.guest_erasures import ContactWish
from hubsync.web.shell.session_forms import Form
from hubsync.web.teams.erasure_text import WISHES


def _address(label: LazyString, missing: LazyString) -> EmailField:
    longest = Length(max=320, message=_l("No e-mail address is longer than 320 characters."))
    return EmailField(
        label,
        validators=[DataRequired(missing), longest],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class GuestForm(Form):
    """One guest, by the e-mail address; one that no mail reaches may have come by a source and is taken too."""

    email = _address(_l("E-mail address of the guest"), _l("Enter the guest's e-mail address."))


class ErasureForm(GuestForm):
    """The same address twice: nobody erases a guest by mistake."""

    typed_email = _address(_l("E-mail address, again"), _l("Type the guest's address again."))
    wish = RadioField(_l("In HubSpot"), default=ContactWish.LEFT.value)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.wish.choices = [SelectChoice(each.value, str(words)) for each, words in WISHES.items()]
