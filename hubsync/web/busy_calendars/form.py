"""Forms of busy calendars."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import SelectChoice, SelectField, StringField
from wtforms.validators import InputRequired, Length

from hubsync.domain.busy_calendars import WhenUnreadable
from hubsync.feeds.addresses import LONGEST
from hubsync.services.busy_calendars.own_calendars import LONGEST_NAME

CHOICES = {
    WhenUnreadable.SHOW_TIMES: _l("Show times, by what was read last"),
    WhenUnreadable.SHOW_NONE: _l("Show no times"),
}


class KeptForm(FlaskForm):
    """What is said of every busy calendar: its name, and what counts when it cannot be read for a day."""

    name = StringField(
        _l("Name"),
        validators=[
            Length(max=LONGEST_NAME, message=_l("The name may have up to %(max)d characters.")),
        ],
        render_kw={"autocomplete": "off"},
    )
    when_unreadable = SelectField(
        _l("When it cannot be read for a day"),
        choices=lambda: [SelectChoice(each.value, str(label)) for each, label in CHOICES.items()],
        default=WhenUnreadable.SHOW_TIMES.value,
        invalid_choice_message=_l("Choose what your booking pages show."),
    )

    @property
    def chosen(self) -> WhenUnreadable:
        """What counts when it cannot be read."""
        return WhenUnreadable(self.when_unreadable.data)


class FeedForm(KeptForm):
    """A calendar by its ICS address."""

    feed = StringField(
        _l("Address in iCal format (ICS)"),
        validators=[
            InputRequired(_l("Paste the address.")),
            Length(max=LONGEST, message=_l("This is not the address of a calendar.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"},
    )
