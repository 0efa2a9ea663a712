"""What HubSpot does when it does not do what was asked; `hubsync/hubspot` translates into these."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from hubsync.errors.root import N_, HubSyncError


@dataclass(frozen=True, slots=True)
class Said:
    """HubSpot's own sentences about a refusal. They repeat guests' answers: no message, log or repr shows them."""

    text: str = field(default="", repr=False)


class HubSpotError(HubSyncError):
    """HubSpot did not do what was asked.

    ``status`` is the HTTP status (None when no answer came), ``category`` HubSpot's own word,
    ``correlation_id`` what HubSpot's support asks for, ``retry_after`` seconds HubSpot asked us to wait. ``said``
    is put there by whoever read the answer; it is kept sealed and shown on the delivery's page alone.
    """

    code = "hubspot_error"
    advice = N_("Press Retry; if it happens again, ask HubSpot's support with the correlation id.")

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
        self.said = Said()


class HubSpotUnreachable(HubSpotError):
    """Nothing was sent, or only a read: refused connection, name not found, TLS, no time left."""

    code = "hubspot_unreachable"
    advice = N_("Nothing to do: it is tried again later.")
    permanent = False


class NotAsked(HubSpotUnreachable):
    """No call was made for a reason of ours, such as the time being up; it says nothing about HubSpot."""

    code = "not_asked"
    advice = N_("Nothing to do: it is tried again later.")


class NoPlace(NotAsked):
    """HubSpot's rate limits leave no room for a call just now; nothing is wrong with anything."""

    code = "no_place"
    advice = N_("Nothing to do: it is posted as soon as HubSpot's limits allow.")


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


class IdleExpired(AccessLost):
    """Nothing was posted for HUBSYNC_IDLE_EXPIRY_DAYS days, so HubSync gave the access up; no call was made."""

    code = "idle_expired"
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

    ``refused`` maps the property's internal name to HubSpot's code, such as INVALID_EMAIL. ``for_good`` names
    those that HubSpot refuses whatever the value is: it does not have them, or lets nobody write them.
    """

    code = "values_refused"
    advice = N_("Map the property to other information and press Retry, or enter the record in HubSpot yourself.")

    def __init__(
        self, message: str = "", *, refused: Mapping[str, str], for_good: Collection[str] = (), **more: Any
    ) -> None:
        super().__init__(message, **more)
        self.refused = dict(refused)
        self.for_good = frozenset(for_good)


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


class PersonErased(HubSpotError):
    """HubSpot was told to forget this person for good and refuses whoever would enter them again.

    https://knowledge.hubspot.com/privacy-and-consent/how-do-i-perform-a-gdpr-delete-in-hubspot
    """

    code = "person_erased"
    advice = N_("Nobody can do it by hand either, so nothing is left to do: press Dismiss.")


class AccountTrouble(HubSpotError):
    """What HubSpot refuses to the whole account until somebody acts there: no booking and no mapping is at fault.

    It is one trouble of the connection, however many bookings meet it, and uses up none of their attempts.
    """

    code = "account_trouble"
    advice = N_(
        "Open HubSpot, which says what it wants. HubSync tries again every hour; Retry on a delivery tries at "
        "once."
    )
    permanent = False


class AccountFull(AccountTrouble):
    """402, or a limit of the account's plan: it takes no more records."""

    code = "account_full"
    advice = N_(
        "Nothing in the mapping helps. In HubSpot, look under Account & Billing > Usage & Limits; delete records "
        "that nobody needs, or raise the limit there. HubSync tries again every hour; Retry on a delivery tries "
        "at once."
    )


class AccountSuspended(AccountTrouble):
    """HubSpot has suspended, deactivated or closed the account."""

    code = "account_suspended"
    advice = N_(
        "Somebody who administers the HubSpot account signs in to HubSpot, which says why, and has it activated "
        "again. HubSync tries again every hour; Retry on a delivery tries at once."
    )


class RecordConflict(HubSpotError):
    """409 that names neither a record nor a property, and nothing is there when it is looked for."""

    code = "record_conflict"
    advice = N_("Nothing to do: it is tried again later.")
    permanent = False


class RecordGone(HubSpotError):
    """404: the record does not exist (deleted, merged, or never was)."""

    code = "record_gone"
    advice = N_("Press Retry: the record is looked up again.")


class LookUpRefused(HubSpotError):
    """HubSpot refused to say whether it has a record, which is no refusal of the record."""

    code = "look_up_refused"
    advice = N_("Look in HubSpot whether it has the record. If it has, press Dismiss; if it has not, press Retry.")


class RecordRefused(HubSpotError):
    """Any other lasting refusal of this record."""

    code = "record_refused"
    advice = N_(
        "Read under Attempts what HubSpot said, correct the mapping, then press Retry; or enter the record in "
        "HubSpot yourself and press Dismiss."
    )
