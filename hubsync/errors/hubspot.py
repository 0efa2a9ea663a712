"""Errors of HubSpot itself, which did not do what was asked; `hubsync/hubspot` translates into these."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from hubsync.errors.details import Detail
from hubsync.errors.marks import N_
from hubsync.errors.root import HubSyncError, Remedy, Scope


@dataclass(frozen=True, slots=True)
class HubSpotMessage:
    """HubSpot's own sentences about a refusal. They repeat guests' answers: no message, log or repr shows them."""

    text: str = field(default="", repr=False)


class HubSpotError(HubSyncError):
    """HubSpot did not do what was asked.

    ``status`` is the HTTP status (None when no answer came), ``category`` HubSpot's own word,
    ``correlation_id`` what HubSpot's support asks for, ``retry_after`` seconds HubSpot asked us to wait. ``said``
    is put there by whoever read the answer; it is kept sealed and shown on the delivery's page alone.
    """

    code = "hubspot_error"
    scope, remedy = Scope.HUBSPOT, Remedy.RETRY
    advice = N_("Press Retry; if it happens again, ask HubSpot's support with the correlation id.")

    def __init__(
        self,
        message: str | Detail = "",
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
        self.said = HubSpotMessage()


class HubSpotUnreachable(HubSpotError):
    """Nothing was sent, or only a read: refused connection, name not found, TLS, no time left."""

    code = "hubspot_unreachable"
    scope, remedy = Scope.HUBSPOT, Remedy.WAIT
    advice = N_("Nothing to do: it is tried again later.")
    permanent = False


class NotAsked(HubSpotUnreachable):
    """No call was made for a reason of ours, such as the time being up; it says nothing about HubSpot."""

    code = "not_asked"
    scope, remedy = Scope.HUBSYNC, Remedy.WAIT
    advice = N_("Nothing to do: it is tried again later.")


class NoReservation(NotAsked):
    """HubSpot's rate limits leave no room for a call just now; nothing is wrong with anything."""

    code = "no_place"
    scope, remedy = Scope.HUBSYNC, Remedy.WAIT
    advice = N_("Nothing to do: it is posted as soon as HubSpot's limits allow.")


class HubSpotBusy(HubSpotError):
    """HubSpot answered that it cannot now (5xx on a read, 423, 477)."""

    code = "hubspot_busy"
    scope, remedy = Scope.HUBSPOT, Remedy.WAIT
    advice = N_("Nothing to do: it is tried again later.")
    permanent = False


class RateLimited(HubSpotError):
    """429; ``policy`` is HubSpot's policyName, such as TEN_SECONDLY_ROLLING, SECONDLY or DAILY."""

    code = "rate_limited"
    scope, remedy = Scope.HUBSPOT, Remedy.WAIT
    permanent = False
    advice = N_("Nothing to do: it is tried again later.")

    def __init__(self, message: str | Detail = "", *, policy: str = "", **more: Any) -> None:
        super().__init__(message, **more)
        self.policy = policy


class AnswerLost(HubSpotError):
    """A write was sent and its answer not read: it may have happened. Look before writing again."""

    code = "answer_lost"
    scope, remedy = Scope.HUBSPOT, Remedy.LOOK
    advice = N_("Nothing to do: HubSync looks at HubSpot before it tries again.")
    permanent = False


class AccountProblem(HubSpotError):
    """What HubSpot refuses to the whole account until somebody acts there: no booking and no mapping is at fault.

    It is one problem of the connection, however many bookings meet it, and uses up none of their attempts.
    """

    code = "account_trouble"
    scope, remedy = Scope.ACCOUNT, Remedy.HUBSPOT
    advice = N_(
        "Open HubSpot, which says what it wants. HubSync tries again every hour; Retry on a delivery tries at "
        "once."
    )
    permanent = False


class AccountFull(AccountProblem):
    """402, or a limit of the account's plan: it takes no more records."""

    code = "account_full"
    scope, remedy = Scope.ACCOUNT, Remedy.HUBSPOT
    advice = N_(
        "Nothing in the mapping helps. In HubSpot, look under Account & Billing > Usage & Limits; delete records "
        "that nobody needs, or raise the limit there. HubSync tries again every hour; Retry on a delivery tries "
        "at once."
    )


class AccountSuspended(AccountProblem):
    """HubSpot has suspended, deactivated or closed the account."""

    code = "account_suspended"
    scope, remedy = Scope.ACCOUNT, Remedy.HUBSPOT
    advice = N_(
        "Somebody who administers the HubSpot account signs in to HubSpot, which says why, and has it activated "
        "again. HubSync tries again every hour; Retry on a delivery tries at once."
    )
