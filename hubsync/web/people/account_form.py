"""Form of the account page."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import Field, SelectField, StringField
from wtforms.validators import Length, ValidationError

from hubsync.domain.zones import is_zone
from hubsync.services.people.profile import LONGEST_NAME
from hubsync.web.shell.i18n import language_choices
from hubsync.web.shell.session_forms import Form
from hubsync.web.shell.time_zone_choices import ZoneSelect, zone_choices


class ProfileForm(Form):
    """How a person is called, and in which zone and language they read."""

    name = StringField(
        _l("Name"),
        validators=[Length(max=LONGEST_NAME, message=_l("The name may have up to 200 characters."))],
        render_kw={"autocomplete": "name"},
    )
    # Browsers may name a zone by an old name, so what can be chosen is more than what is offered.
    time_zone = SelectField(_l("Time zone"), validate_choice=False, widget=ZoneSelect())
    language = SelectField(_l("Language"), invalid_choice_message=_l("Select a language."))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.time_zone.choices = zone_choices(self.time_zone.data or "")
        self.language.choices = language_choices(_("As the browser asks"))

    def validate_time_zone(self, field: Field) -> None:
        """WTForms calls this for the field."""
        if not is_zone(field.data):
            raise ValidationError(_("Select a time zone."))
