"""Our client of Calendly's API, against its stand-in: whose token it is, and the subscription."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hubsync.domain.subscriptions import SubscriptionState
from hubsync.errors import (
    SourceBusy,
    SourceRefused,
    SourceRightMissing,
    SourceTokenRefused,
    SourceUnreachable,
)
from hubsync.net.deadline import Deadline
from hubsync.sources.calendly import SOURCE, CalendlyClient
from hubsync.sources.client import AccountHolder, Route, SourceClient
from scheduler_sandbox.calendly import CalendlyServer
from scheduler_sandbox.calendly.account import ORGANIZATION, SCOPES
from tests.kit.http_server import Server, serve

__all__ = ["serve"]

ADDRESS = "http://127.0.0.1:1/intake/calendly/first"
OTHER = "http://127.0.0.1:1/intake/calendly/second"
KEY = "k" * 43
HOLDER = AccountHolder("a", "A", "user", {"user": "u", "organization": "o"})
WHEN = datetime(2026, 12, 1, tzinfo=UTC)


def soon() -> Deadline:
    return Deadline.after(10)


def test_calendly_says_how_it_is_reached() -> None:
    api = SOURCE.api
    assert api is not None
    assert (api.base_url, api.compares, api.make_client) == ("https://api.calendly.com", True, CalendlyClient)


# ---- whose token


def test_the_token_of_an_owner_covers_the_organization(calendly: CalendlyServer, client: SourceClient) -> None:
    holder = client.look_up_holder(calendly.account.make_token(), soon())
    assert (holder.account, holder.shown, holder.scope) == (
        *(ORGANIZATION, "Ren Host (ren@tenji.example)", "organization"),
    )


def test_the_token_of_a_member_covers_that_person(calendly: CalendlyServer, client: SourceClient) -> None:
    member = calendly.account.member
    holder = client.look_up_holder(calendly.account.make_token(member), soon())
    assert (holder.account, holder.shown, holder.scope) == (member.uri, "Mia Field (mia@tenji.example)", "user")


@pytest.mark.parametrize("scope", ["users:read", "webhooks:read", "scheduled_events:read"])
@pytest.mark.parametrize("who", ["owner", "member"])
def test_a_token_that_lacks_a_right_is_said(
    calendly: CalendlyServer, client: SourceClient, scope: str, who: str
) -> None:
    user = getattr(calendly.account, who)
    token = calendly.account.make_token(user, scopes=set(SCOPES) - {scope})
    with pytest.raises(SourceRightMissing) as lacking:
        client.look_up_holder(token, soon())
    assert scope in lacking.value.missing


def test_a_token_that_may_not_write_is_said_when_it_has_to(calendly: CalendlyServer, client: SourceClient) -> None:
    token = calendly.account.make_token(scopes=set(SCOPES) - {"webhooks:write"})
    holder = client.look_up_holder(token, soon())
    with pytest.raises(SourceRightMissing) as lacking:
        client.subscribe(token, holder, ADDRESS, KEY, soon())
    assert "webhooks:write" in lacking.value.missing


# ---- the subscription


@pytest.mark.parametrize("who", ["owner", "member"])
def test_a_subscription_is_made_seen_and_ended(calendly: CalendlyServer, client: SourceClient, who: str) -> None:
    user = getattr(calendly.account, who)
    token = calendly.account.make_token(user)
    holder = client.look_up_holder(token, soon())
    made = client.subscribe(token, holder, ADDRESS, KEY, soon())
    kept = calendly.account.subscriptions[made.id]
    assert (kept.key, kept.address, set(kept.events)) == (KEY, ADDRESS, set(SOURCE.events))
    assert (kept.scope, kept.user) == (("organization", None) if who == "owner" else ("user", user.uri))
    assert client.find_subscription(token, holder, made.id, soon()) == made
    assert (made.address, made.state) == (ADDRESS, SubscriptionState.ACTIVE)
    for _ in range(2):
        client.unsubscribe(token, holder, made.id, soon())
    gone = client.find_subscription(token, holder, made.id, soon())
    assert (gone.id, gone.state) == (made.id, SubscriptionState.GONE)


def test_a_new_one_is_made_before_the_old_one_is_ended(calendly: CalendlyServer, client: SourceClient) -> None:
    token = calendly.account.make_token()
    holder = client.look_up_holder(token, soon())
    old = client.subscribe(token, holder, ADDRESS, KEY, soon())
    new = client.subscribe(token, holder, OTHER, "another", soon())
    assert set(calendly.account.subscriptions) == {old.id, new.id}


def test_one_for_the_same_address_is_replaced_and_others_are_left_alone(
    calendly: CalendlyServer, client: SourceClient
) -> None:
    account = calendly.account
    token = account.make_token()
    holder = client.look_up_holder(token, soon())
    other = client.subscribe(token, holder, OTHER, KEY, soon())
    account.switches.most_per_page = 1
    lost = client.subscribe(token, holder, ADDRESS, KEY, soon())
    made = client.subscribe(token, holder, ADDRESS, "another", soon())
    assert (set(account.subscriptions), account.subscriptions[made.id].key) == ({other.id, made.id}, "another")
    assert lost.id != made.id


def test_one_that_the_token_cannot_end_is_said(calendly: CalendlyServer, serve: Callable[..., Server]) -> None:
    taken = b'{"title": "Already Exists", "message": "Hook with this url already exists"}'
    nothing = b'{"collection": [], "pagination": {"next_page_token": null}}'

    def script(sock: Any, request: Any) -> bool:
        status, body = (409, taken) if request.line.startswith("POST") else (200, nothing)
        sock.sendall(b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
        return False

    server = serve(script)
    with pytest.raises(SourceRefused, match="cannot end"):
        CalendlyClient(Route(server.url)).subscribe("t", HOLDER, ADDRESS, KEY, soon())
    assert [each.line.partition(" ")[0] for each in server.requests] == ["POST", "GET"]


def test_one_from_before_the_token_covered_the_organization_is_found(
    calendly: CalendlyServer, serve: Callable[..., Server]
) -> None:
    """Calendly's 409 does not say whose subscription it is."""
    lists: list[str] = []
    old = b'{"uri": "https://api.calendly.com/webhook_subscriptions/OLD", "callback_url": "%s"}' % ADDRESS.encode()

    def script(sock: Any, request: Any) -> bool:
        method, target, _ = request.line.split(" ")
        status, body = 201, b'{"resource": %s}' % old
        if method == "GET":
            lists.append(target)
            found = old if "scope=user" in target else b""
            status, body = 200, b'{"collection": [%s], "pagination": {}}' % found
        elif method == "DELETE":
            status, body = 204, b""
        elif not lists:
            status, body = 409, b"{}"
        sock.sendall(b"HTTP/1.1 %d x\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body))
        return False

    server = serve(script)
    holder = replace(HOLDER, scope="organization")
    assert CalendlyClient(Route(server.url)).subscribe("t", holder, ADDRESS, KEY, soon()).id == "OLD"
    assert ["scope=organization" in each for each in lists] == [True, False]
    assert [each.line.partition(" ")[0] for each in server.requests] == ["POST", "GET", "GET", "DELETE", "POST"]


def test_its_state_is_calendlys(calendly: CalendlyServer, client: SourceClient) -> None:
    token = calendly.account.make_token()
    holder = client.look_up_holder(token, soon())
    made = client.subscribe(token, holder, ADDRESS, KEY, soon())
    kept = calendly.account.subscriptions[made.id]

    def state() -> SubscriptionState:
        return client.find_subscription(token, holder, made.id, soon()).state

    kept.retry_started_at = WHEN
    assert state() is SubscriptionState.FAILING
    kept.state = "disabled"
    assert state() is SubscriptionState.DISABLED
    kept.retry_started_at = None
    assert state() is SubscriptionState.DISABLED


def test_a_plan_without_webhooks_is_said_in_calendlys_words(
    calendly: CalendlyServer, client: SourceClient
) -> None:
    calendly.account.switches.plan_allows = False
    token = calendly.account.make_token()
    holder = client.look_up_holder(token, soon())
    with pytest.raises(SourceRightMissing) as refused:
        client.subscribe(token, holder, ADDRESS, KEY, soon())
    assert refused.value.missing == "Please upgrade to a paid Calendly account."


# ---- every call, and what may go wrong with any


CALLS: dict[str, Callable[[SourceClient, str, AccountHolder], Any]] = {
    "holder": lambda client, token, holder: client.look_up_holder(token, soon()),
    "subscribe": lambda client, token, holder: client.subscribe(token, holder, ADDRESS, KEY, soon()),
    "find": lambda client, token, holder: client.find_subscription(token, holder, "WH1", soon()),
    "unsubscribe": lambda client, token, holder: client.unsubscribe(token, holder, "WH1", soon()),
    "list": lambda client, token, holder: client.list_bookings(
        token, holder, "", WHEN, WHEN, lambda _: False, soon()
    ),
}
each_call = pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)


@each_call
def test_a_token_that_is_refused_is_said(calendly: CalendlyServer, client: SourceClient, call: Any) -> None:
    token = calendly.account.make_token()
    holder = client.look_up_holder(token, soon())
    calendly.account.revoke(token)
    for bad in (token, "never-there", "日本"):
        with pytest.raises(SourceTokenRefused) as refused:
            call(client, bad, holder)
        assert bad not in f"{refused.value!r}{refused.value.message}"


@each_call
def test_calendly_may_be_busy(calendly: CalendlyServer, client: SourceClient, call: Any) -> None:
    token = calendly.account.make_token()
    holder = client.look_up_holder(token, soon())
    calendly.account.switches.busy = [13]
    with pytest.raises(SourceBusy) as busy:
        call(client, token, holder)
    assert busy.value.pause_seconds == 13


@each_call
@pytest.mark.parametrize(
    "answer",
    [
        {"status": 500}, {"status": 302, "location": "/elsewhere"}, {"body": b"<html>"},
        {"body": b'{"resource": 5, "collection": {}}'}, {"body": b'{"resource": {"uri": 5}, "collection": [5]}'},
        {"body": b"[]"}, {"body": b""},
    ],
)  # fmt: skip
def test_an_answer_that_is_none_is_said(serve: Callable[..., Server], call: Any, answer: Any) -> None:
    server = serve(**answer)
    silent = CALLS["unsubscribe"] is call and answer.get("status", 200) == 200 and answer.get("body") != b"<html>"
    client = CalendlyClient(Route(server.url))
    if silent:  # whatever a success says of a subscription that is ended
        call(client, "token", HOLDER)
    else:
        with pytest.raises(SourceUnreachable):
            call(client, "token", HOLDER)
    assert len(server.requests) == 1


def test_an_id_leads_nowhere_else(calendly: CalendlyServer, client: SourceClient) -> None:
    token = calendly.account.make_token()
    holder = client.look_up_holder(token, soon())
    odd = client.find_subscription(token, holder, "../users/me?x=#", soon())
    assert odd.state is SubscriptionState.GONE
    assert calendly.requests[-1].path.startswith("/webhook_subscriptions/")
