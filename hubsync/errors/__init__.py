"""Everything that can go wrong on purpose: one family, told apart by ``code``.

Adapters translate what the outside does into these; no exception of requests, Authlib, smtplib or pydantic
leaves its room. Messages name properties, settings and HubSpot's categories, never a guest's answers and
never a token, because messages are stored on deliveries and shown in lists.

``advice`` is one English sentence that tells a person what to press; ``N_`` marks it for the message
catalogue and the page translates it when it is shown.
"""

from __future__ import annotations

from hubsync.errors.hubspot import (
    AccessExpired,
    AccessLost,
    AccountFull,
    AccountSuspended,
    AccountTrouble,
    AnswerLost,
    AppMisconfigured,
    CodeRefused,
    ContactExists,
    HubSpotBusy,
    HubSpotError,
    HubSpotUnreachable,
    IdleExpired,
    LookUpRefused,
    NoPlace,
    NotAsked,
    PermissionMissing,
    PersonErased,
    RateLimited,
    RecordConflict,
    RecordGone,
    RecordRefused,
    RequiredPropertyMissing,
    Said,
    ValuesRefused,
)
from hubsync.errors.root import N_, HubSyncError

__all__ = [
    "ACCOUNT_TROUBLES",
    "N_",
    "AccessExpired",
    "AccessLost",
    "AccountFull",
    "AccountSuspended",
    "AccountTrouble",
    "AddressUnreadable",
    "AnotherAccount",
    "AnotherAddress",
    "AnswerLost",
    "AppMisconfigured",
    "BodyUnreadable",
    "BookingErased",
    "BookingNotKept",
    "BookingPageClosed",
    "CodeRefused",
    "CompanyBusy",
    "ContactExists",
    "HubSpotBusy",
    "HubSpotError",
    "HubSpotUnreachable",
    "HubSyncError",
    "IdentityRefused",
    "IdleExpired",
    "InvitationSpent",
    "LinkSpent",
    "LookUpRefused",
    "MailNotSent",
    "NoPlace",
    "NotAsked",
    "NotConnected",
    "NotFound",
    "OtherBrowser",
    "PermissionMissing",
    "PersonErased",
    "ProofMissing",
    "ProviderUnreachable",
    "RateLimited",
    "RecordConflict",
    "RecordGone",
    "RecordRefused",
    "Refused",
    "RequiredPropertyMissing",
    "RoleTooLow",
    "Said",
    "SecretUnreadable",
    "ValuesRefused",
    "family",
]


class Refused(HubSyncError):
    """What a person or a source asked for cannot be done as asked; ``field`` names the place, if any."""

    code = "refused"

    def __init__(self, message: str = "", *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(HubSyncError):
    """The thing does not exist, or belongs to another team (which must look the same)."""

    code = "not_found"


class BookingPageClosed(NotFound):
    """The calendar is archived: its page takes no bookings for the time being."""

    code = "booking_page_closed"


class RoleTooLow(HubSyncError):
    """The person belongs to the team, but the role does not allow this."""

    code = "role_too_low"


class LinkSpent(HubSyncError):
    """A one-time sign-in link was used already, is older than ten minutes, or never existed."""

    code = "link_spent"


class InvitationSpent(HubSyncError):
    """An invitation was accepted already, was withdrawn, is older than seven days, or never existed."""

    code = "invitation_spent"


class IdentityRefused(HubSyncError):
    """What a sign-in provider answered proves nobody: declined, forged, replayed, or not understood."""

    code = "identity_refused"


class AnotherAddress(HubSyncError):
    """An invitation is for another address than that of whoever would take it up."""

    code = "another_address"


class OtherBrowser(HubSyncError):
    """A mailed link was asked for in another browser, and works only there."""

    code = "other_browser"


class ProviderUnreachable(HubSyncError):
    """A sign-in provider did not answer in time, or not with what it promises; trying again later may help."""

    code = "provider_unreachable"
    permanent = False


class ProofMissing(HubSyncError):
    """A webhook did not prove who sent it: unknown endpoint, bad signature, or a time stamp too far away."""

    code = "proof_missing"


class BodyUnreadable(HubSyncError):
    """A webhook was proved but cannot be read; ``faults`` lists (place, reason)."""

    code = "body_unreadable"

    def __init__(self, message: str = "", faults: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class BookingErased(HubSyncError):
    """This booking arrived before and was erased since; nothing is kept or posted of it again."""

    code = "booking_erased"

    def __init__(self, delivery_id: int, state: str) -> None:
        super().__init__("this booking was erased")
        self.delivery_id = delivery_id
        self.state = state


class BookingNotKept(HubSyncError):
    """The database would not take a booking now; sending the same form again is safe."""

    code = "booking_not_kept"
    permanent = False


class MailNotSent(HubSyncError):
    """The mail server did not accept the mail; nothing counts as sent.

    *reason* is one word for what was in the way (the keys of `hubsync.web.shell.mail_errors.REASONS`). *answer* is
    what the server said, if it said anything, without our password; it may name addresses, so it is shown on the
    page of whoever asked and nowhere else. *perhaps_sent*: the mail was handed over whole and the line was lost
    before
    the server's answer, so that it may have been accepted after all.
    """

    code = "mail_not_sent"
    permanent = False

    def __init__(
        self, message: str = "", *, reason: str = "", answer: str = "", perhaps_sent: bool = False
    ) -> None:
        super().__init__(message)
        self.reason = reason
        self.answer = answer
        self.perhaps_sent = perhaps_sent


class SecretUnreadable(HubSyncError):
    """A stored secret cannot be opened with any of HUBSYNC_ENCRYPTION_KEYS, or was sealed for another row."""

    code = "secret_unreadable"


class AddressUnreadable(HubSyncError):
    """What the guest gave for the contact's e-mail is no address, so that HubSpot is not asked for a contact."""

    code = "address_unreadable"
    advice = N_("Open Correct the answers, put the guest's e-mail address right, and press Save and Retry.")


class CompanyBusy(HubSyncError):
    """Another booking is creating the same company, or did so without learning HubSpot's answer.

    ``wait_seconds`` tells after how long it is sensible to come back.
    """

    code = "company_busy"
    advice = N_("Nothing to do: it is tried again in a moment.")
    permanent = False

    def __init__(self, message: str = "", wait_seconds: float = 1.0) -> None:
        super().__init__(message)
        self.wait_seconds = wait_seconds


class NotConnected(HubSyncError):
    """The team has no HubSpot connection that may be used: never connected, disconnected, lost or expired."""

    code = "not_connected"
    advice = N_("Press Connect on the HubSpot page, then Retry.")
    permanent = False


class AnotherAccount(NotConnected):
    """The team is connected, but to another HubSpot account than the one in which this booking was begun."""

    code = "another_account"
    advice = N_("Connect the former account again, or press Retry to post it into the account connected now.")


def family(root: type[HubSyncError] = HubSyncError) -> dict[str, type[HubSyncError]]:
    """Every error class by its code, so that a stored code finds its advice again."""
    found = {root.code: root}
    for child in root.__subclasses__():
        found.update(family(child))
    return found


ACCOUNT_TROUBLES = tuple(family(AccountTrouble))
"""The codes of what HubSpot refuses to the whole account until somebody acts there."""
