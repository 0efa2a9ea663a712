"""Status of a team's addresses of booking sources: whether they take bookings, and when something came last."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from hubsync.domain.endpoint_states import EndpointState
from hubsync.domain.received import REFUSED, Result
from hubsync.domain.subscriptions import SubscriptionState
from hubsync.services.sources.endpoints import EndpointView, list_endpoints
from hubsync.services.sources.status import AccountStage, SourceStatus, status_of
from hubsync.services.sources.upkeep import ENDED
from hubsync.sources.registry import SOURCES
from hubsync.store import db
from hubsync.store.sources import ReceivedWebhook


@dataclass(frozen=True)
class EndpointStatus:
    """How an address stands, and its account at its source.

    *last_at* is when something came last that had its proof.
    """

    endpoint: EndpointView
    state: EndpointState
    last_at: datetime | None
    account: SourceStatus


def read_status(endpoint: EndpointView) -> EndpointStatus:
    """The status of one address."""
    return _read([endpoint])[0]


def list_statuses(team_id: int) -> Mapping[str, list[EndpointStatus]]:
    """The status of every address of the team by the name of its source, in the order in which they were made."""
    statuses: dict[str, list[EndpointStatus]] = {}
    for each in _read(list_endpoints(team_id)):
        statuses.setdefault(each.endpoint.source, []).append(each)
    return statuses


def _read(endpoints: Collection[EndpointView]) -> list[EndpointStatus]:
    ids = [each.id for each in endpoints]
    of_these = ReceivedWebhook.endpoint_id.in_(ids)
    proved = (
        select(ReceivedWebhook.endpoint_id, func.max(ReceivedWebhook.last_at))
        .where(of_these, ReceivedWebhook.result != Result.NOT_PROVED)
        .group_by(ReceivedWebhook.endpoint_id)
    )
    last = {row[0]: row[1] for row in db.session.execute(proved)}
    newest = select(func.max(ReceivedWebhook.id)).where(of_these).group_by(ReceivedWebhook.endpoint_id)
    refused = set(
        db.session.scalars(
            select(ReceivedWebhook.endpoint_id).where(
                ReceivedWebhook.id.in_(newest), ReceivedWebhook.result.in_(REFUSED)
            )
        )
    )
    statuses = []
    for each in endpoints:
        account = status_of(each.id)
        state = _state_of_account(each, account) or _state(each, each.id in last, each.id in refused, account)
        statuses.append(EndpointStatus(each, state, last.get(each.id), account))
    return statuses


def _state_of_account(endpoint: EndpointView, account: SourceStatus) -> EndpointState | None:
    """What stands above its own state: whether it is used at all, and its account; None when all is well there."""
    api = SOURCES[endpoint.source].api
    if endpoint.disabled_at is not None:
        return EndpointState.SWITCHED_OFF
    if not endpoint.is_understood:
        return EndpointState.NOT_UNDERSTOOD
    if account.stage is AccountStage.NONE:
        return EndpointState.NOT_CONNECTED if api is not None and api.is_only_way else None
    if account.fault:
        return EndpointState.TROUBLED
    if account.stage is AccountStage.CONNECTING:
        return EndpointState.CONNECTING
    if account.subscription is SubscriptionState.FAILING:
        return EndpointState.SUBSCRIPTION_FAILING
    return EndpointState.SUBSCRIPTION_ENDED if account.subscription in ENDED else None


def _state(endpoint: EndpointView, has_received: bool, is_refused: bool, account: SourceStatus) -> EndpointState:
    """What the address itself says."""
    if not endpoint.has_secret:
        return EndpointState.SECRET_MISSING
    if endpoint.lost:
        return EndpointState.SECRET_LOST
    if is_refused:
        return EndpointState.REFUSING
    if account.silent_since is not None:
        return EndpointState.QUIET
    return EndpointState.RECEIVING if has_received else EndpointState.READY
