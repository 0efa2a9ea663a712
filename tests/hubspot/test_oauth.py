"""Tokens, and the three classes of what can go wrong with them; answers here are scripted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl

import pytest

from hubsync.errors import (
    AccessLost,
    AppMisconfigured,
    CodeRefused,
    HubSpotBusy,
    HubSpotError,
    HubSpotUnreachable,
    RateLimited,
)
from hubsync.hubspot.oauth import SCOPES, OAuthClient
from hubsync.net.deadline import Deadline

GRANTED = {
    "token_type": "bearer",
    "refresh_token": "na1-refresh",
    "access_token": "access",
    "hub_id": 123,
    "scopes": ["oauth", "crm.objects.contacts.read"],
    "expires_in": 1800,
}


@pytest.fixture
def asked(serve, wire) -> Callable[..., tuple[OAuthClient, Any]]:
    def start(body: Any, status: int = 200, **headers: str) -> tuple[OAuthClient, Any]:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        server = serve(status=status, body=data, **headers)
        return OAuthClient(wire(server.url), "2026-09", "client", "secret"), server

    return start


def soon() -> Deadline:
    return Deadline.after(30)


def form(server: Any) -> dict[str, str]:
    assert "?" not in server.requests[0].line
    assert "authorization" not in server.requests[0].headers
    return dict(parse_qsl(server.requests[0].body.decode(), strict_parsing=True))


def test_a_code_is_exchanged_with_everything_in_the_body(asked):
    client, server = asked(GRANTED)
    tokens = client.exchange("the code", "http://localhost:8000/callback", "verifier", soon())
    assert (tokens.access_token, tokens.refresh_token, tokens.expires_in) == ("access", "na1-refresh", 1800)
    assert (tokens.hub_id, tokens.scopes) == ("123", ("oauth", "crm.objects.contacts.read"))
    assert server.requests[0].line == "POST /oauth/2026-09/token HTTP/1.1"
    assert form(server) == {
        "grant_type": "authorization_code",
        "code": "the code",
        "redirect_uri": "http://localhost:8000/callback",
        "code_verifier": "verifier",
        "client_id": "client",
        "client_secret": "secret",
    }


def test_a_refresh_returns_the_refresh_token_to_use_from_now_on(asked):
    client, server = asked(GRANTED | {"refresh_token": "na1-rotated"})
    assert client.refresh("na1-old", soon()).refresh_token == "na1-rotated"
    assert form(server)["refresh_token"] == "na1-old"
    client, _ = asked({"access_token": "access", "expires_in": 900})
    tokens = client.refresh("na1-old", soon())
    assert (tokens.refresh_token, tokens.expires_in, tokens.hub_id) == ("na1-old", 900, None)


def test_an_answer_that_does_not_say_how_long_a_token_lasts_means_half_an_hour(asked):
    for odd in (None, "1800", 0, -5, True):
        client, _ = asked(GRANTED | {"expires_in": odd})
        assert client.refresh("na1-old", soon()).expires_in == 1800


def test_tokens_and_people_do_not_show_in_a_repr(asked):
    client, _ = asked(GRANTED)
    assert "access" not in repr(client.refresh("na1-old", soon())).replace("access_token", "")
    client, _ = asked({"active": True, "user": "admin@example.com"})
    assert "admin@" not in repr(client.introspect("x", "access_token", soon()))


LOST = [
    (400, {"status": "BAD_REFRESH_TOKEN", "error": "invalid_grant", "message": "refresh token is invalid"}),
    (400, {"status": "BAD_REFRESH_TOKEN", "message": "missing or invalid refresh token"}),
    (400, {"error": "invalid_grant"}),
    (400, {"status": "BAD_HUB", "error": "access_denied"}),
    (403, {"status": "BAD_HUB"}),
    (403, {"error": "access_denied"}),
]
WRONG_APP = [
    (400, {"status": "BAD_CLIENT_ID", "error": "invalid_client"}),
    (400, {"status": "BAD_CLIENT_SECRET", "error": "invalid_client"}),
    (401, {"error": "invalid_client"}),
    (400, {"status": "BAD_CLIENT_SECRET", "error": "invalid_grant"}),
    (400, {"status": "BAD_REDIRECT_URI", "error": "invalid_grant"}),
    (400, {"status": "BAD_GRANT_TYPE"}),
    (400, {"status": "BAD_SCOPES"}),
    (400, {"status": "error", "message": "something new"}),
    (404, {}),
    (400, b"no JSON"),
]
PASSING = [
    (429, {"policyName": "TEN_SECONDLY_ROLLING"}, RateLimited),
    (423, {}, HubSpotBusy),
    (477, {}, HubSpotBusy),
    (500, {}, HubSpotBusy),
    (503, b"<html>", HubSpotBusy),
    (302, {}, HubSpotBusy),
    (403, b"<html>Sign in to the hotel</html>", HubSpotBusy),
    (200, b"<html>", HubSpotBusy),
    (200, {}, HubSpotBusy),
    (200, {"access_token": 5}, HubSpotBusy),
]


def refused(asked: Any, status: int, body: Any) -> HubSpotError:
    client, _ = asked(body, status)
    with pytest.raises(HubSpotError) as caught:
        client.refresh("na1-old", soon())
    assert "na1-old" not in caught.value.message
    assert "secret" not in caught.value.message.replace("BAD_CLIENT_SECRET", "")
    return caught.value


@pytest.mark.parametrize(("status", "body"), LOST)
def test_a_refresh_that_will_never_work_again_means_access_lost(asked, status, body):
    assert type(refused(asked, status, body)) is AccessLost


@pytest.mark.parametrize(("status", "body"), WRONG_APP)
def test_wrong_settings_never_mean_access_lost(asked, status, body):
    assert type(refused(asked, status, body)) is AppMisconfigured


@pytest.mark.parametrize(("status", "body", "kind"), PASSING)
def test_what_passes_neither_loses_access_nor_blames_the_settings(asked, status, body, kind):
    fault = refused(asked, status, body)
    assert type(fault) is kind
    assert not fault.permanent


def test_the_answer_of_a_refresh_that_is_cut_off_passes(serve, wire):
    server = serve(lambda sock, request: False)
    with pytest.raises(HubSpotUnreachable):
        OAuthClient(wire(server.url), "2026-09", "client", "secret").refresh("na1-old", soon())
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (400, {"status": "BAD_AUTH_CODE", "message": "missing or unknown auth code"}),
        (400, {"status": "EXPIRED_AUTH_CODE"}),
        (400, {"error": "invalid_grant"}),
        (403, {"status": "BAD_HUB", "error": "access_denied"}),
    ],
)
def test_a_code_that_is_not_taken_means_connecting_again(asked, status, body):
    client, _ = asked(body, status)
    with pytest.raises(CodeRefused):
        client.exchange("used", "http://localhost/callback", None, soon())


@pytest.mark.parametrize("word", ["BAD_REDIRECT_URI", "BAD_CODE_VERIFIER", "BAD_CLIENT_SECRET"])
def test_a_code_that_meets_wrong_settings_blames_the_settings_by_hubspots_word(asked, word):
    client, _ = asked({"status": word}, 400)
    with pytest.raises(AppMisconfigured, match=word) as caught:
        client.exchange("code", "http://localhost/callback", None, soon())
    assert caught.value.category == word


def test_a_token_is_looked_into(asked):
    body = {
        "active": True,
        "hub_id": 123,
        "hub_domain": "acme.com",
        "user": "admin@acme.com",
        "user_id": 5,
        "app_id": 9,
        "expires_in": 1700,
        "scopes": ["oauth"],
    }
    client, server = asked(body)
    seen = client.introspect("access", "access_token", soon())
    assert (seen.active, seen.hub_id, seen.hub_domain, seen.user) == (True, "123", "acme.com", "admin@acme.com")
    assert (seen.user_id, seen.app_id, seen.expires_in, seen.scopes) == ("5", "9", 1700, ("oauth",))
    assert server.requests[0].line == "POST /oauth/2026-09/token/introspect HTTP/1.1"
    sent = form(server)
    assert (sent["token"], sent["token_type_hint"]) == ("access", "access_token")


def test_a_token_that_is_worthless_is_not_active(asked):
    client, _ = asked({"active": False, "hub_id": 123})
    seen = client.introspect("gone", "refresh_token", soon())
    assert (seen.active, seen.hub_id) == (False, None)


def test_an_introspection_that_does_not_say_is_no_answer(asked):
    client, _ = asked({"hub_id": 123})
    with pytest.raises(HubSpotBusy):
        client.introspect("x", "access_token", soon())


@pytest.mark.parametrize(
    ("status", "body"), [(200, b""), (204, b""), (200, {}), (400, {"status": "BAD_REFRESH_TOKEN"})]
)
def test_a_revoked_token_is_revoked_whether_hubspot_knew_it_or_not(asked, status, body):
    client, server = asked(body, status)
    client.revoke("na1-old", soon())
    assert server.requests[0].line == "POST /oauth/2026-09/token/revoke HTTP/1.1"
    assert (form(server)["token"], form(server)["token_type_hint"]) == ("na1-old", "refresh_token")


def test_a_token_that_may_still_live_was_not_revoked(asked):
    client, _ = asked({}, 503)
    with pytest.raises(HubSpotBusy):
        client.revoke("na1-old", soon())


def test_only_the_least_scopes_are_asked_for():
    assert set(SCOPES) == {"oauth"} | {
        f"crm.objects.{name}.{right}" for name in ("contacts", "companies") for right in ("read", "write")
    }
