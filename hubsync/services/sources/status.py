"""Status of an endpoint's account at its source, as the page of the source shows it.

`status_of(endpoint_id)` reads the database alone: no source is asked for a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hubsync.domain.comparisons import ComparisonState
from hubsync.domain.subscriptions import Intent, SubscriptionState
from hubsync.errors import NotFound
from hubsync.services.sources.account_faults import explain
from hubsync.services.sources.accounts import account_of
from hubsync.services.sources.comparison import compares
from hubsync.services.sources.comparison_rows import comparison_of
from hubsync.services.sources.silence import silence_of
from hubsync.sources.registry import SOURCES
from hubsync.store import db
from hubsync.store.sources import IntakeEndpoint, SourceAccount, SourceComparison


class AccountStage(StrEnum):
    """How far an account is connected."""

    NONE = "none"
    """There is no token: what comes here was set up by hand, or nothing comes."""
    CONNECTING = "connecting"
    """The token is kept, and the source has not made the subscription yet."""
    CONNECTED = "connected"
    ENDING = "ending"
    """Somebody ended it here, and the source has not answered yet."""


@dataclass(frozen=True)
class ComparisonStatus:
    """The comparison with the source's own list: *running*, or *requested* and about to begin, else resting.

    *seen* and *found* are those of the one under way, or of the last one; *found_in_all* counts all of them.
    *next_at* is when the next one is due, *fault* what the last one met, in words.
    """

    running: bool = False
    requested: bool = False
    seen: int = 0
    found: int = 0
    found_in_all: int = 0
    since: datetime | None = None
    until: datetime | None = None
    compared_at: datetime | None = None
    next_at: datetime | None = None
    fault: str = ""


@dataclass(frozen=True)
class SourceStatus:
    """What is known of an endpoint's account at its source.

    *takes_token* tells that the source has an API, *token_label* what it calls its token, marked for the
    catalogue, and *compares* that its list suffices for a comparison. *shown* and *scope* say whose account it is.
    *renewed_at* is when the subscription had ended there and was made anew by itself. *silent_since* is when the
    last booking came, where that is unusually long ago. *fault* says in words what keeps the account from being as
    it should.
    """

    stage: AccountStage
    takes_token: bool
    token_label: str = ""
    compares: bool = False
    shown: str = ""
    scope: str = ""
    connected_at: datetime | None = None
    subscription: SubscriptionState | None = None
    renewed_at: datetime | None = None
    checked_at: datetime | None = None
    next_check_at: datetime | None = None
    fault: str = ""
    comparison: ComparisonStatus = ComparisonStatus()
    silent_since: datetime | None = None


def status_of(endpoint_id: int) -> SourceStatus:
    """How the account of an endpoint stands. Raises NotFound when there is no such endpoint."""
    endpoint = db.session.get(IntakeEndpoint, endpoint_id)
    if endpoint is None:
        raise NotFound("no such endpoint")
    silent_since = silence_of(endpoint.team_id, endpoint.source)
    api, row = SOURCES[endpoint.source].api, account_of(endpoint_id)
    if api is None:
        return SourceStatus(AccountStage.NONE, False, silent_since=silent_since)
    comparison = _comparison(endpoint.source, comparison_of(endpoint_id))
    can_compare = compares(endpoint.source)
    if row is None:
        return SourceStatus(
            AccountStage.NONE,
            True,
            api.token_label,
            can_compare,
            comparison=comparison,
            silent_since=silent_since,
        )
    return SourceStatus(
        stage=_stage(row),
        takes_token=True,
        token_label=api.token_label,
        compares=can_compare,
        shown=row.shown,
        scope=row.scope,
        connected_at=row.connected_at,
        subscription=row.subscription_state if row.subscription_id else None,
        renewed_at=row.renewed_at,
        checked_at=row.checked_at,
        next_check_at=row.next_check_at,
        fault=explain(endpoint.source, row.problem_code, row.problem_said),
        comparison=comparison,
        silent_since=silent_since,
    )


def _stage(row: SourceAccount) -> AccountStage:
    if row.intent == Intent.END:
        return AccountStage.ENDING
    return AccountStage.CONNECTED if row.subscription_id or row.former_id else AccountStage.CONNECTING


def _comparison(source: str, row: SourceComparison | None) -> ComparisonStatus:
    if row is None:
        return ComparisonStatus()
    running = row.state == ComparisonState.RUNNING
    return ComparisonStatus(
        running=running,
        requested=row.requested_at is not None,
        seen=row.seen,
        found=max(row.found, 0),
        found_in_all=max(row.found_in_all, 0),
        since=row.since,
        until=row.until,
        compared_at=row.compared_at,
        next_at=row.next_at,
        fault=explain(source, row.fault_code),
    )
