"""Sentences for what keeps an account at a booking source from being as it should."""

from __future__ import annotations

from flask_babel import gettext as _

from hubsync.errors import (
    BookingNotKept,
    Refused,
    SecretUnreadable,
    SourceBusy,
    SourceError,
    SourceRefused,
    SourceRightMissing,
    SourceTokenRefused,
)
from hubsync.services.sources.accounts import said_by
from hubsync.sources.registry import SOURCES


def refuse(source: str, fault: SourceError) -> Refused:
    """*fault* as a refusal of the token that a person pasted: nothing of it was kept."""
    return Refused(explain(source, fault.code, said_by(fault)), field="token")


def explain(source: str, code: str, said: str = "") -> str:
    """What is wrong and what to do about it; *said* are the source's own words. Empty where nothing is wrong."""
    name = _(SOURCES[source].label)
    if not code:
        return ""
    if code == SourceTokenRefused.code:
        return _(
            "%(source)s does not take the token: it is wrong, has expired or was revoked there. Make a new one "
            "there and paste it here.",
            source=name,
        )
    if code == SourceRightMissing.code:
        if said:
            return _(
                "%(source)s takes the token, but it may not do what HubSync needs: “%(said)s”.",
                source=name,
                said=said,
            )
        return _("%(source)s takes the token, but it may not do what HubSync needs.", source=name)
    if code == SourceRefused.code:
        if said:
            return _("%(source)s refused what HubSync asked for: “%(said)s”.", source=name, said=said)
        return _("%(source)s refused what HubSync asked for.", source=name)
    if code == SourceBusy.code:
        return _("%(source)s asks for fewer calls. HubSync goes on in a while.", source=name)
    if code == BookingNotKept.code:
        return _("A booking could not be kept at that moment. HubSync tries again by itself.")
    if code == SecretUnreadable.code:
        return _("No encryption key opens the token that is kept. Paste it once more.")
    return _("%(source)s did not answer. HubSync tries again by itself.", source=name)
