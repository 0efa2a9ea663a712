"""Form of a calendar."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import IntegerField, SelectChoice, SelectField, StringField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, ValidationError

from hubsync.domain.query_names import split_names
from hubsync.services.calendars.calendars import LONGEST_MINUTES, LONGEST_NAME, CalendarInput
from hubsync.web.bookings.choice import OWN_NAMES
from hubsync.web.shell.i18n import language_choices, languages_offered
from hubsync.web.shell.session_forms import Form
from hubsync.web.shell.time_zone_choices import ZoneSelect, calendar_zones, tell_zone


class CalendarForm(Form):
    """What a calendar is called, how long its appointments take, and in which zone its host lives."""

    name = StringField(
        _l("Name"), validators=[DataRequired(_l("The calendar needs a name.")), Length(max=LONGEST_NAME)]
    )
    duration_minutes = IntegerField(
        _l("Duration in minutes"),
        default=30,
        validators=[
            InputRequired(_l("The duration is a number of minutes from 1 to 1440.")),
            NumberRange(1, LONGEST_MINUTES, _l("The duration is a number of minutes from 1 to 1440.")),
        ],
    )
    time_zone = SelectField(
        _l("Time zone"), validators=[DataRequired(_l("Select a time zone."))], widget=ZoneSelect()
    )
    language = SelectField(_l("Language of the booking page"), invalid_choice_message=_l("Select a language."))
    query_names = StringField(_l("Query names to keep"), validators=[Length(max=3000)])

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.time_zone.choices = [
            SelectChoice(name, tell_zone(name)) for name in calendar_zones(self.time_zone.data or "")
        ]
        self.language.choices = language_choices(_("As the guest's browser asks"))
        if not languages_offered():
            del self.language

    def leave_out_the_page(self) -> None:
        """Do not ask for what only a booking page has a use for."""
        del self.duration_minutes
        del self.query_names
        if "language" in self:
            del self.language

    def described(self) -> CalendarInput:
        """What was entered; only after a successful validation."""
        minutes = self.duration_minutes.data if "duration_minutes" in self else None
        names = split_names(self.query_names.data or "") if "query_names" in self else None
        language = self.language.data if "language" in self else None
        return CalendarInput(self.name.data, minutes, self.time_zone.data, names, language)

    def validate_query_names(self, field: StringField) -> None:
        """Names that the page itself reads are never kept."""
        taken = [each for each in split_names(field.data or "") if each in OWN_NAMES]
        if taken:
            raise ValidationError(_("The booking page uses %(name)s itself.", name=taken[0]))


class DeleteCalendarForm(Form):
    """The name of the calendar, typed, because deleting cannot be undone."""

    name = StringField(_l("Name of the calendar"), render_kw={"autocomplete": "off", "spellcheck": "false"})
