"""Forms of busy calendars."""

from __future__ import annotations

from typing import Any, Self

from flask_babel import lazy_gettext as _l
from wtforms import PasswordField, SelectChoice, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length

from hubsync.domain.busy_calendars import WhenUnreadable
from hubsync.feeds.addresses import LONGEST
from hubsync.services.busy_calendars.accounts import FoundAccount
from hubsync.services.busy_calendars.own_calendars import LONGEST_NAME
from hubsync.web.shell.session_forms import Form

LONGEST_USER = 320
CHOICES = {
    WhenUnreadable.SHOW_TIMES: _l("Show times all the same"),
    WhenUnreadable.SHOW_NONE: _l("Show no times"),
}


class KeptForm(Form):
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


class ChangeForm(KeptForm):
    """The same with what leads to the calendar, for when that is another one now; empty keeps it."""

    feed = StringField(
        _l("New address in iCal format (ICS)"),
        validators=[Length(max=LONGEST, message=_l("This is not the address of a calendar."))],
        render_kw={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"},
    )
    password = PasswordField(
        _l("New app password"),
        validators=[Length(max=LONGEST_USER, message=_l("The password may have up to %(max)d characters."))],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class AccountForm(Form):
    """A CalDAV account; the password comes back empty whatever was in it."""

    server = StringField(
        _l("Server"),
        validators=[
            InputRequired(_l("Enter the address of the server.")),
            Length(max=LONGEST, message=_l("This is not the address of a calendar.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"},
    )
    user = StringField(
        _l("User name"),
        validators=[
            InputRequired(_l("Enter the user name.")),
            Length(max=LONGEST_USER, message=_l("The user name may have up to %(max)d characters.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"},
    )
    password = PasswordField(
        _l("App password"),
        validators=[
            InputRequired(_l("Enter the app password.")),
            Length(max=LONGEST_USER, message=_l("The password may have up to %(max)d characters.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class ChoiceForm(KeptForm):
    """Which calendars of an account count; their values are their places in it."""

    calendars = SelectMultipleField(
        _l("Calendars that count"),
        validators=[InputRequired(_l("Choose at least one calendar."))],
        invalid_choice_message=_l("Choose among the calendars of the account."),
    )

    @classmethod
    def of(cls, found: FoundAccount, **values: Any) -> Self:
        """The form for the calendars of *found*."""
        form = cls(None, **values) if values else cls()
        form.calendars.choices = [SelectChoice(str(place), name) for place, name in enumerate(found.names)]
        return form
