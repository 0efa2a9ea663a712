"""Form of what a calendar does about unwanted bookings."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField, StringField
from wtforms.validators import ValidationError

from hubsync.domain.normal_forms import nfkc
from hubsync.domain.unwanted_bookings import LIMITS, UnwantedRules
from hubsync.web.shell.session_forms import Form

_NUMBER = {"inputmode": "numeric", "autocomplete": "off", "maxlength": 20}


class UnwantedRulesForm(Form):
    """Everything that the page saves, and which state of it the person has seen."""

    hourly_ceiling = StringField(
        _l("Bookings per hour before new ones are held for a look"), render_kw=dict(_NUMBER)
    )
    most_per_guest = StringField(_l("Most bookings to come of one e-mail address"), render_kw=dict(_NUMBER))
    typo_hint = BooleanField(_l("Ask guests whether a mistyped mail domain is meant"))
    work_email_only = BooleanField(_l("Work e-mail addresses only"))
    version = HiddenField()

    def validate_hourly_ceiling(self, field: StringField) -> None:
        _check_number(field)

    def validate_most_per_guest(self, field: StringField) -> None:
        _check_number(field)

    @classmethod
    def of(cls, rules: UnwantedRules, version: int) -> UnwantedRulesForm:
        """The form with the *rules* as they are saved."""
        numbers: dict[str, Any] = {
            name: "" if getattr(rules, name) is None else str(getattr(rules, name)) for name in LIMITS
        }
        return cls(
            formdata=None,
            typo_hint=rules.typo_hint,
            work_email_only=rules.work_email_only,
            version=str(version),
            **numbers,
        )

    def rules(self) -> UnwantedRules:
        """What was entered; only after a successful validation."""
        return UnwantedRules(
            hourly_ceiling=_number(self.hourly_ceiling),
            most_per_guest=_number(self.most_per_guest),
            typo_hint=self.typo_hint.data,
            work_email_only=self.work_email_only.data,
        )

    @property
    def seen_version(self) -> int:
        """The version that this form was made from; -1 for what is none."""
        typed = self.version.data or ""
        return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else -1


def _number(field: StringField) -> int | None:
    typed = nfkc((field.data or "")[:20]).strip()
    return int(typed) if typed else None


def _check_number(field: StringField) -> None:
    """Raise ValidationError for what is neither empty nor a number within its limits."""
    least, most = LIMITS[field.name]
    typed = nfkc((field.data or "")[:20]).strip()
    if typed and not (typed.isascii() and typed.isdigit() and least <= int(typed) <= most):
        raise ValidationError(
            _("This is a number from %(least)s to %(most)s, or empty for no limit.", least=least, most=most)
        )
