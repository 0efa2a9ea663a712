"""Client of Calendly's API v2: whose token it is, the subscription that HubSync makes, and the list of bookings.

https://developer.calendly.com/api-docs
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from pydantic import Field

from hubsync.domain.subscriptions import SubscriptionState
from hubsync.errors import SourceRefused, SourceRightMissing
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path
from hubsync.sources.calendly.booking_list import list_page
from hubsync.sources.calendly.pages import Page
from hubsync.sources.calendly.read import EVENTS, Id
from hubsync.sources.client import AccountHolder, BookingList, Known, Route, Subscription
from hubsync.sources.exchange import JsonExchange
from hubsync.sources.schema import Part

API_URL = "https://api.calendly.com"
ORGANIZATION, USER = "organization", "user"

_GONE = 404
_TAKEN = 409
_MOST_PAGES = 20


class _User(Part):
    uri: str
    current_organization: str
    name: Any = None
    email: Any = None


class _UserAnswer(Part):
    resource: _User


class _Subscription(Part):
    uri: Id
    callback_url: str = Field(repr=False)
    state: Any = None
    retry_started_at: Any = None


class _SubscriptionAnswer(Part):
    resource: _Subscription


class CalendlyClient:
    """A `SourceClient`; its token is a personal access token.

    A holder's scope is the whole organisation where the token may see all of it (its owner's and administrators'
    may), else its own user.
    """

    def __init__(self, route: Route) -> None:
        self._exchange = JsonExchange(route)

    def look_up_holder(self, token: str, deadline: Deadline) -> AccountHolder:
        """Whose *token* this is, and that it may list bookings and subscriptions.

        That it may make a subscription as well shows when one is made.
        """
        answer = self._exchange.ask("GET", path("users", "me"), token, deadline, values=())
        user = answer.read(_UserAnswer).resource
        everybody, only_one = _holder(user, ORGANIZATION), _holder(user, USER)
        if self._may_see(token, everybody, deadline):
            return everybody
        self._require_rights(token, only_one, deadline)
        return only_one

    def subscribe(
        self, token: str, holder: AccountHolder, address: str, secret: str, deadline: Deadline
    ) -> Subscription:
        """Let Calendly post to *address*, signed with *secret*.

        One that is there for *address* is deleted first: neither its address nor its key can be changed.
        """
        made = self._create(token, holder, address, secret, deadline)
        if made is None and self._delete_of(token, holder, address, deadline):
            made = self._create(token, holder, address, secret, deadline)
        if made is None:
            raise SourceRefused("It has a subscription for this address that this token cannot end.")
        return made

    def find_subscription(
        self, token: str, holder: AccountHolder, subscription_id: str, deadline: Deadline
    ) -> Subscription:
        answer = self._exchange.ask(
            "GET", path("webhook_subscriptions", subscription_id), token, deadline, values=(_GONE,)
        )
        if answer.status == _GONE:
            return Subscription(subscription_id, "", SubscriptionState.GONE)
        return _subscription(answer.read(_SubscriptionAnswer).resource)

    def unsubscribe(self, token: str, holder: AccountHolder, subscription_id: str, deadline: Deadline) -> None:
        self._exchange.ask(
            "DELETE", path("webhook_subscriptions", subscription_id), token, deadline, values=(_GONE,)
        )

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
        """One page; those that were cancelled are in it, too, because a lead stays a lead."""
        return list_page(self._exchange, token, _events_of(holder), cursor, (since, until), is_known, deadline)

    def _create(
        self, token: str, holder: AccountHolder, address: str, secret: str, deadline: Deadline
    ) -> Subscription | None:
        """The new subscription; None where there is one for *address*."""
        wanted = {
            "url": address,
            "events": list(EVENTS),
            "signing_key": secret,
            **_subscriptions_of(holder),
        }
        answer = self._exchange.ask(
            "POST", path("webhook_subscriptions"), token, deadline, body=wanted, values=(_TAKEN,)
        )
        return None if answer.status == _TAKEN else _subscription(answer.read(_SubscriptionAnswer).resource)

    def _delete_of(self, token: str, holder: AccountHolder, address: str, deadline: Deadline) -> bool:
        """Whether a subscription for *address* was found and ended.

        It may be one of the user's from before the token covered the organisation.
        """
        user = AccountHolder(holder.account, holder.shown, USER, holder.details)
        for each in (holder,) if holder.scope == USER else (holder, user):
            for found in self._subscriptions(token, each, deadline):
                if found.address == address:
                    self.unsubscribe(token, each, found.id, deadline)
                    return True
        return False

    def _subscriptions(self, token: str, holder: AccountHolder, deadline: Deadline) -> Iterator[Subscription]:
        """All of the holder's subscriptions, page by page."""
        query = {**_subscriptions_of(holder), "count": "100"}
        for _ in range(_MOST_PAGES):
            page = self._exchange.ask(
                "GET", path("webhook_subscriptions"), token, deadline, query=query, values=()
            ).read(Page[_Subscription])
            yield from map(_subscription, page.collection)
            if not page.next_token:
                return
            query["page_token"] = page.next_token

    def _may_see(self, token: str, holder: AccountHolder, deadline: Deadline) -> bool:
        try:
            self._require_rights(token, holder, deadline)
        except SourceRightMissing:
            return False
        return True

    def _require_rights(self, token: str, holder: AccountHolder, deadline: Deadline) -> None:
        for call, query in (
            ("scheduled_events", _events_of(holder)),
            ("webhook_subscriptions", _subscriptions_of(holder)),
        ):
            self._exchange.ask("GET", path(call), token, deadline, query={**query, "count": "1"}, values=())


def _holder(user: _User, scope: str) -> AccountHolder:
    named = [each for each in (user.name, user.email) if isinstance(each, str) and each]
    return AccountHolder(
        account=user.current_organization if scope == ORGANIZATION else user.uri,
        shown=f"{named[0]} ({named[1]})" if len(named) == 2 else "".join(named) or user.uri,
        scope=scope,
        details={USER: user.uri, ORGANIZATION: user.current_organization},
    )


def _events_of(holder: AccountHolder) -> dict[str, str]:
    """Whose events: an ordinary member may not even name the organisation."""
    return {holder.scope: holder.details[holder.scope]}


def _subscriptions_of(holder: AccountHolder) -> dict[str, str]:
    """Whose subscriptions: the organisation is named in any case."""
    organization = {ORGANIZATION: holder.details[ORGANIZATION], "scope": holder.scope}
    return organization | ({USER: holder.details[USER]} if holder.scope == USER else {})


def _subscription(found: _Subscription) -> Subscription:
    state = SubscriptionState.DISABLED if found.state == "disabled" else SubscriptionState.ACTIVE
    if state is SubscriptionState.ACTIVE and found.retry_started_at is not None:
        state = SubscriptionState.FAILING
    return Subscription(found.uri, found.callback_url, state)
