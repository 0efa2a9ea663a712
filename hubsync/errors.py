"""Everything that can go wrong on purpose: one family, told apart by ``code``.

Adapters translate what the outside does into these; no exception of requests, Authlib, smtplib or pydantic
leaves its room. Messages name properties, settings and HubSpot's categories, never a guest's answers and
never a token, because messages are stored on deliveries and shown in lists.

``advice`` is one English sentence that tells a person what to press; ``N_`` marks it for the message
catalogue and the page translates it when it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def N_(sentence: str) -> str:
    """Mark *sentence* for translation without translating it yet."""
    return sentence


class HubSyncError(Exception):
    """The root. ``permanent`` says that trying again unchanged cannot help."""

    code = "error"
    advice = ""
    permanent = True

    def __init__(self, message: str = "") -> None:
        super().__init__(message or self.code)
        self.message = message or self.code


class Refused(HubSyncError):
    """What a person or a source asked for cannot be done as asked; ``field`` names the place, if any."""

    code = "refused"

    def __init__(self, message: str = "", *, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotFound(HubSyncError):
    """The thing does not exist, or belongs to another team (which must look the same)."""

    code = "not_found"


class RoleTooLow(HubSyncError):
    """The person belongs to the team, but the role does not allow this."""

    code = "role_too_low"


class LinkSpent(HubSyncError):
    """A one-time sign-in link was used already, is older than ten minutes, or never existed."""

    code = "link_spent"


class ProofMissing(HubSyncError):
    """A webhook did not prove who sent it: unknown endpoint, bad signature, or a time stamp too far away."""

    code = "proof_missing"


class BodyUnreadable(HubSyncError):
    """A webhook was proved but cannot be read; ``faults`` lists (place, reason)."""

    code = "body_unreadable"

    def __init__(self, message: str = "", faults: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(message)
        self.faults = faults


class MailNotSent(HubSyncError):
    """The mail server did not accept the mail; nothing counts as sent."""

    code = "mail_not_sent"
    permanent = False


class SecretUnreadable(HubSyncError):
    """A stored secret cannot be opened with any of HUBSYNC_ENCRYPTION_KEYS, or was sealed for another row."""

    code = "secret_unreadable"


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


# ---- what HubSpot does ------------------------------------------------------------------------------------


class HubSpotError(HubSyncError):
    """HubSpot did not do what was asked.

    ``status`` is the HTTP status (None when no answer came), ``category`` HubSpot's own word,
    ``correlation_id`` what HubSpot's support asks for, ``retry_after`` seconds HubSpot asked us to wait.
    """

    code = "hubspot_error"
    advice = N_(
        "Open the delivery and press Retry; if it happens again, ask HubSpot with the correlation id."
    )

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        category: str | None = None,
        correlation_id: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.category = category
        self.correlation_id = correlation_id
        self.retry_after = retry_after


class HubSpotUnreachable(HubSpotError):
    """Nothing was sent, or only a read: refused connection, name not found, TLS, no time left."""

    code = "hubspot_unreachable"
    advice = N_("Nothing to do: it is tried again later.")
    permanent = False


class HubSpotBusy(HubSpotError):
    """HubSpot answered that it cannot now (5xx on a read, 423, 477)."""

    code = "hubspot_busy"
    advice = N_("Nothing to do: it is tried again later.")
    permanent = False


class RateLimited(HubSpotError):
    """429; ``policy`` is HubSpot's policyName, such as TEN_SECONDLY_ROLLING, SECONDLY or DAILY."""

    code = "rate_limited"
    permanent = False
    advice = N_("Nothing to do: it is tried again later.")

    def __init__(self, message: str = "", *, policy: str = "", **more: Any) -> None:
        super().__init__(message, **more)
        self.policy = policy


class AnswerLost(HubSpotError):
    """A write was sent and its answer not read: it may have happened. Look before writing again."""

    code = "answer_lost"
    advice = N_("Nothing to do: HubSync looks at HubSpot before it tries again.")
    permanent = False


class AccessExpired(HubSpotError):
    """401: the access token is not accepted; one refresh and one repeat are due."""

    code = "access_expired"
    advice = N_("Press Connect on the HubSpot page, then Retry.")


class AccessLost(HubSpotError):
    """The authorization is gone: revoked, uninstalled, or the account no longer exists."""

    code = "access_lost"
    advice = N_("Press Connect on the HubSpot page, then Retry.")


class PermissionMissing(HubSpotError):
    """403: the authorization lacks a scope; ``scopes`` names those HubSpot asked for."""

    code = "permission_missing"
    advice = N_("Give the HubSpot app the missing permission and connect again, then press Retry.")

    def __init__(self, message: str = "", *, scopes: tuple[str, ...] = (), **more: Any) -> None:
        super().__init__(message, **more)
        self.scopes = scopes


class AppMisconfigured(HubSpotError):
    """HubSpot refuses this installation's client id, secret, redirect URL or scopes: settings are wrong."""

    code = "app_misconfigured"
    advice = N_("Check the HUBSYNC_HUBSPOT_ settings of this installation.")


class CodeRefused(HubSpotError):
    """The authorization code is used, expired or unknown: Connect has to start again."""

    code = "code_refused"
    advice = N_("Press Connect again.")


class ValuesRefused(HubSpotError):
    """400: HubSpot named properties whose values it does not take.

    ``refused`` maps the property's internal name to HubSpot's code, such as INVALID_EMAIL.
    """

    code = "values_refused"
    advice = N_("Correct the answer, or change the row in the mapping, then press Retry.")

    def __init__(self, message: str = "", *, refused: Mapping[str, str], **more: Any) -> None:
        super().__init__(message, **more)
        self.refused = dict(refused)


class RequiredPropertyMissing(HubSpotError):
    """400: the account requires properties that the record does not carry; ``required`` names them."""

    code = "required_property_missing"
    advice = N_("Add a row for this property to the mapping, then press Retry.")

    def __init__(self, message: str = "", *, required: tuple[str, ...], **more: Any) -> None:
        super().__init__(message, **more)
        self.required = required


class ContactExists(HubSpotError):
    """409: a contact with this e-mail exists; ``contact_id`` is HubSpot's id where the answer names it."""

    code = "contact_exists"

    def __init__(self, message: str = "", *, contact_id: str | None = None, **more: Any) -> None:
        super().__init__(message, **more)
        self.contact_id = contact_id


class RecordGone(HubSpotError):
    """404: the record does not exist (deleted, merged, or never was)."""

    code = "record_gone"
    advice = N_("Press Retry: the record is looked up again.")


class RecordRefused(HubSpotError):
    """Any other lasting refusal of this record."""

    code = "record_refused"
    advice = N_("Read HubSpot's answer, correct the mapping or the answer, then press Retry.")


def family(root: type[HubSyncError] = HubSyncError) -> dict[str, type[HubSyncError]]:
    """Every error class by its code, so that a stored code finds its advice again."""
    found = {root.code: root}
    for child in root.__subclasses__():
        found.update(family(child))
    return found
