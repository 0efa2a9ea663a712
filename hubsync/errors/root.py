"""Root of the exception hierarchy, and what every error states."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from hubsync.errors.details import Detail


class Scope(StrEnum):
    """How far an error reaches: what else meets the same one while it lasts."""

    RECORD = "record"
    """One company, contact or association; the next booking may go through."""
    PERMISSION = "permission"
    """Every call of one kind, for want of a right in HubSpot."""
    ACCOUNT = "account"
    """Every record of a HubSpot account, until somebody acts there."""
    ACCESS = "access"
    """Every call of a team: there is no access to the account that is to be posted into."""
    INSTALLATION = "installation"
    """Whatever this installation's settings are needed for."""
    HUBSPOT = "hubspot"
    """HubSpot itself: it is down, busy, or did not do as asked."""
    HUBSYNC = "hubsync"
    """HubSync itself: no time, no room in the rate limits, a bug."""
    SERVICE = "service"
    """Another service that HubSync needs: mail server, sign-in provider, database."""
    REQUEST = "request"
    """One thing that a person, a browser or a booking source asked of HubSync."""


class Remedy(StrEnum):
    """What ends an error; where several things do, the one in reach of the team."""

    WAIT = "wait"
    """Nothing to do: it passes, and HubSync tries again by itself."""
    LOOK = "look"
    """Nothing to do: it may have happened after all, so HubSync looks before it writes again."""
    RETRY = "retry"
    """The same once more, when a person asks for it."""
    MAPPING = "mapping"
    """Another mapping."""
    ANSWERS = "answers"
    """Other answers of the guest."""
    CONNECT = "connect"
    """Connect, or another service key."""
    HUBSPOT = "hubspot"
    """Somebody acts in HubSpot: makes room there, gives a permission."""
    SETTINGS = "settings"
    """Whoever runs this installation changes its settings."""
    DISMISS = "dismiss"
    """Nothing helps and nothing is left to do."""
    REQUEST = "request"
    """Another request: corrected, by somebody who may, or begun again."""


class HubSyncError(Exception):
    """The root. ``permanent`` says that trying again unchanged cannot help.

    Every class states its own ``code``, ``scope`` and ``remedy``; groups of errors are made from these.
    ``detail`` is what exactly happened, for a page in its reader's language; None where the code says it all.
    """

    code: ClassVar[str] = "error"
    advice: ClassVar[str] = ""
    permanent: ClassVar[bool] = True
    scope: ClassVar[Scope] = Scope.HUBSYNC
    remedy: ClassVar[Remedy] = Remedy.RETRY

    def __init__(self, message: str | Detail = "") -> None:
        self.detail = None if isinstance(message, str) else message
        self.message = str(message) or self.code
        super().__init__(self.message)
