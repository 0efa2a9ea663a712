"""Client of Cal.com's API v2: whose key it is, the webhook that HubSync makes itself, and the list of bookings.

https://cal.com/docs/api-reference/v2/introduction
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pydantic import Field

from hubsync.domain.subscriptions import SubscriptionState
from hubsync.errors import SourceRefused
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path
from hubsync.sources.calcom.booking_list import bookings_in
from hubsync.sources.calcom.read import CREATED, EVENTS
from hubsync.sources.client import AccountHolder, BookingList, Known, Route, Subscription
from hubsync.sources.exchange import Answer, JsonExchange, seconds_in
from hubsync.sources.schema import Identifier, Part

API_VERSION = "2024-08-13"
"""Without it an older version answers the list of bookings, in another shape."""
PAGE = 50

_MOST_PAGES = 20
_GONE = 404
_TAKEN = 409
_PAUSE = 0.5  # 120 calls a minute and key
_WHOLE_PAUSE = 60.0
_FEW_CALLS = 10
_LONGEST_APPOINTMENT = timedelta(days=1)


class _Account(Part):
    id: Identifier
    email: Any = None
    username: Any = None


class _Webhook(Part):
    id: Identifier
    subscriberUrl: str = Field(repr=False)
    active: bool = True
    triggers: Any = None
    payloadTemplate: Any = None


class _AccountAnswer(Part):
    data: _Account


class _WebhookAnswer(Part):
    data: _Webhook


class _WebhooksAnswer(Part):
    data: list[_Webhook]


class _Pagination(Part):
    hasNextPage: bool


class _BookingsAnswer(Part):
    data: list[Any]
    pagination: _Pagination


class CalcomClient:
    """A `SourceClient`; its token is an API key, which may do whatever its user may."""

    def __init__(self, route: Route) -> None:
        self._exchange = JsonExchange(route, headers={"cal-api-version": API_VERSION})

    def look_up_holder(self, token: str, deadline: Deadline) -> AccountHolder:
        """Whose key it is.

        Keys made for an app may do less than their user, so both rights are tried before anything is kept.
        """
        account = self._exchange.ask("GET", "/me", token, deadline, values=()).read(_AccountAnswer).data
        for needed in ("/webhooks", "/bookings"):
            self._exchange.ask("GET", needed, token, deadline, query={"take": "1"}, values=())
        named = (each for each in (account.email, account.username) if isinstance(each, str) and each)
        return AccountHolder(account=account.id, shown=next(named, account.id), scope="user")

    def subscribe(
        self, token: str, holder: AccountHolder, address: str, secret: str, deadline: Deadline
    ) -> Subscription:
        wanted = {"active": True, "triggers": list(EVENTS), "secret": secret, "payloadTemplate": None}
        made = self._exchange.ask("POST", "/webhooks", token, deadline, body={"subscriberUrl": address, **wanted})
        if made.status != _TAKEN:
            return _subscription(_required(made))
        for each in self._webhooks(token, deadline):
            if each.subscriberUrl == address:
                changed = self._exchange.ask("PATCH", path("webhooks", each.id), token, deadline, body=wanted)
                return _subscription(_required(changed))
        raise SourceRefused("It has a webhook for this address, and does not list it.")

    def find_subscription(
        self, token: str, holder: AccountHolder, subscription_id: str, deadline: Deadline
    ) -> Subscription:
        answer = self._exchange.ask("GET", path("webhooks", subscription_id), token, deadline)
        if answer.status == _GONE:
            return Subscription(subscription_id, "", SubscriptionState.GONE)
        return _subscription(_required(answer))

    def unsubscribe(self, token: str, holder: AccountHolder, subscription_id: str, deadline: Deadline) -> None:
        self._exchange.ask("DELETE", path("webhooks", subscription_id), token, deadline, values=(_GONE,))

    def list_bookings(
        self,
        token: str,
        holder: AccountHolder,
        cursor: str,
        since: datetime,
        until: datetime,
        is_known: Known,
        deadline: Deadline,
    ) -> BookingList:
        skip = int(cursor or 0)
        query = {
            "afterStart": _utc(since),
            # What begins by then may end later; what begins later is left out below.
            "beforeEnd": _utc(until + _LONGEST_APPOINTMENT),
            "sortStart": "asc",
            "take": str(PAGE),
            "skip": str(skip),
        }
        answer = self._exchange.ask("GET", "/bookings", token, deadline, query=query, values=())
        page = answer.read(_BookingsAnswer)
        bookings = bookings_in(page.data, holder.account, since, until)
        goes_on = page.pagination.hasNextPage and page.data
        return BookingList(
            bookings=tuple(each for each in bookings if not is_known(each.external_id)),
            cursor=str(skip + len(page.data)) if goes_on else "",
            pause_seconds=_pause(answer),
        )

    def _webhooks(self, token: str, deadline: Deadline) -> Iterator[_Webhook]:
        """All webhooks of the key's user, page by page."""
        for page in range(_MOST_PAGES):
            query = {"take": str(PAGE), "skip": str(page * PAGE)}
            answer = self._exchange.ask("GET", "/webhooks", token, deadline, query=query, values=())
            webhooks = answer.read(_WebhooksAnswer).data
            yield from webhooks
            if len(webhooks) < PAGE:
                return


def _required(answer: Answer) -> _Webhook:
    if answer.status >= 300:
        raise SourceRefused(f"It answered {answer.status} where a webhook was asked for.")
    return answer.read(_WebhookAnswer).data


def _subscription(webhook: _Webhook) -> Subscription:
    """A webhook that is on, and sends whole bookings."""
    triggers = webhook.triggers if isinstance(webhook.triggers, list) else list(EVENTS)
    works = webhook.active and CREATED in triggers and not webhook.payloadTemplate
    state = SubscriptionState.ACTIVE if works else SubscriptionState.DISABLED
    return Subscription(webhook.id, webhook.subscriberUrl, state)


def _pause(answer: Answer) -> float:
    """None while there are calls left; where the answer does not say how many, as if there were few."""
    left = seconds_in(answer.headers, "x-ratelimit-remaining-default")
    if left is None:
        return _PAUSE
    return _WHOLE_PAUSE if left < _FEW_CALLS else 0.0


def _utc(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
