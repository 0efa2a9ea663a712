"""Forms of Team Settings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectChoice, SelectField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length

from hubsync.domain.chat_alerts import LONGEST_ADDRESS
from hubsync.domain.public_teams import MOST_OF_A_NAME, MOST_OF_A_NOTICE
from hubsync.domain.roles import Role
from hubsync.services.teams.typed_lists import mark_of
from hubsync.web.shell.i18n import language_choices
from hubsync.web.shell.labels import PLANS, ROLES
from hubsync.web.shell.session_forms import Form
from hubsync.web.signin.email_field import AddressField

GIVEN_ROLES = (Role.MEMBER, Role.ADMINISTRATOR)


class TeamForm(Form):
    """What the team is called."""

    name = StringField(_l("Team name"), validators=[DataRequired(_l("The team needs a name.")), Length(max=200)])


class PublicDetailsForm(Form):
    """What guests read of the team on booking pages."""

    responsible_name = StringField(_l("Responsible"), render_kw={"maxlength": MOST_OF_A_NAME})
    privacy_notice = StringField(_l("Privacy notice"), render_kw={"maxlength": MOST_OF_A_NOTICE})


class LanguageForm(Form):
    """The language of what is written to the team."""

    language = SelectField(_l("Language"), invalid_choice_message=_l("Select a language."))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.language.choices = language_choices(gettext("As the owner reads"))


class TypedListForm(Form):
    """A list, one entry on each line, and which state of it the person has seen."""

    mark = HiddenField()

    @classmethod
    def of(cls, stored: Sequence[str], **typed: str) -> Self:
        """The form of the list that is *stored*, with what is *typed* in its field."""
        return cls(formdata=None, mark=mark_of(stored), **typed)


class ParentSitesForm(TypedListForm):
    """The sites that may show booking pages inside theirs, one on each line."""

    parent_sites = TextAreaField(_l("Sites"), render_kw={"rows": 4, "spellcheck": "false"})


class BlockedGuestsForm(TypedListForm):
    """The guests whose bookings are not taken, one on each line."""

    blocked_guests = TextAreaField(
        _l("Addresses and domains"),
        render_kw={"rows": 5, "spellcheck": "false", "autocomplete": "off"},
    )


class ChatAddressForm(Form):
    """An address for chat alerts."""

    chat_address = StringField(
        _l("Address"),
        validators=[
            DataRequired(_l("Paste the address.")),
            Length(max=LONGEST_ADDRESS, message=_l("The address may have up to %(max)d characters.")),
        ],
        render_kw={"autocomplete": "off", "spellcheck": "false", "inputmode": "url"},
    )


class PlanForm(Form):
    """The plan of the team; the owner changes it."""

    plan = SelectField(_l("Plan"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.plan.choices = [SelectChoice(plan.value, str(label)) for plan, label in PLANS.items()]


class InvitationForm(Form):
    """Somebody new for the team."""

    email = AddressField(_l("E-mail address"), _l("Enter an e-mail address."), render_kw={"autocomplete": "off"})
    role = SelectField(_l("Role"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.role.choices = [SelectChoice(role.value, str(ROLES[role])) for role in GIVEN_ROLES]


def _typed_name() -> StringField:
    return StringField(
        _l("Name of the team"),
        validators=[DataRequired(_l("Type the name of the team.")), Length(max=400)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )


class TypedNameForm(Form):
    """The team's name, typed by hand: nobody does this by mistake."""

    typed_name = _typed_name()


class HandOverForm(Form):
    """Who becomes the owner; *people* are (id, name) of those who may be chosen."""

    person = SelectField(_l("New owner"), validators=[DataRequired(_l("Choose who becomes the owner."))])
    typed_name = _typed_name()

    def __init__(self, people: list[tuple[int, str]]) -> None:
        super().__init__()
        choices = [SelectChoice(str(person_id), name) for person_id, name in people]
        self.person.choices = [SelectChoice("", gettext("Choose")), *choices]
