"""Codes, tokens and their ends, spoken over HTTP as an app does."""

import base64
import hashlib
from collections.abc import Callable
from typing import Any

import pytest
import requests

from hubspot_sandbox import SandboxServer
from hubspot_sandbox.entities import App
from hubspot_sandbox.grants import connect_app

APP = {"client_id": "sandbox-client-id", "client_secret": "sandbox-client-secret"}
CALLBACK = "http://localhost:8000/integrations/hubspot/callback"
SCOPES = ["oauth", "crm.objects.contacts.read"]
VERIFIER = "a-verifier-of-forty-three-characters-or-more-1"
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
CONTACTS = "/crm/objects/2026-09/contacts"

Send = Callable[..., requests.Response]


@pytest.fixture
def send(sandbox: SandboxServer) -> Send:
    """Posts a form with the app's credentials to a path under /oauth/2026-09, or to a whole path."""

    def post(path: str, **fields: str) -> requests.Response:
        url = sandbox.url + (path if path.startswith("/oauth") else f"/oauth/2026-09{path}")
        return requests.post(url, data={**APP, **fields}, timeout=10)

    return post


@pytest.fixture
def connected(sandbox: SandboxServer, send: Send) -> dict[str, Any]:
    """The answer to a good exchange."""
    answer = exchange(send, new_code(sandbox))
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def new_code(sandbox: SandboxServer, challenge: str | None = None) -> str:
    state = sandbox.state
    app, account = state.apps.get(APP["client_id"]), state.accounts.get(1234567)
    assert app is not None
    assert account is not None
    return connect_app(state, app, account, "mika@acme.co.jp", SCOPES, CALLBACK, challenge)


def exchange(send: Send, code: str, **more: str) -> requests.Response:
    return send("/token", grant_type="authorization_code", code=code, **{"redirect_uri": CALLBACK, **more})


def refresh(send: Send, token: str, path: str = "/token", **more: str) -> requests.Response:
    return send(path, grant_type="refresh_token", refresh_token=token, **more)


def read_status(sandbox: SandboxServer, token: str) -> int:
    headers = {"Authorization": f"Bearer {token}"}
    return requests.get(sandbox.url + CONTACTS, headers=headers, timeout=10).status_code


def test_an_exchange_answers_tokens_account_and_scopes(sandbox: SandboxServer, connected: dict[str, Any]) -> None:
    assert connected["token_type"] == "bearer"
    assert connected["hub_id"] == 1234567
    assert connected["scopes"] == SCOPES
    assert connected["expires_in"] == 1800
    assert connected["token_use"] == "access_token"
    assert len(connected["access_token"]) <= 512
    assert read_status(sandbox, connected["access_token"]) == 200


def test_a_code_given_with_a_challenge_needs_its_verifier(sandbox: SandboxServer, send: Send) -> None:
    code = new_code(sandbox, CHALLENGE)
    assert exchange(send, code).json()["status"] == "BAD_CODE_VERIFIER"
    assert exchange(send, code, code_verifier="wrong").json()["status"] == "BAD_CODE_VERIFIER"
    assert exchange(send, code, code_verifier=VERIFIER).status_code == 200


def test_a_code_is_good_once_and_for_a_minute(sandbox: SandboxServer, send: Send) -> None:
    late = new_code(sandbox)
    sandbox.state.change_switches(clock_offset_seconds=61.0)
    assert exchange(send, late).json()["status"] == "EXPIRED_AUTH_CODE"
    code = new_code(sandbox)
    assert exchange(send, code).status_code == 200
    assert exchange(send, code).json()["status"] == "BAD_AUTH_CODE"


@pytest.mark.parametrize("other", ["", CALLBACK + "/", CALLBACK + "?x=1", "https://localhost:8000/elsewhere"])
def test_the_redirect_url_must_be_exactly_the_one_asked_with(
    sandbox: SandboxServer, send: Send, other: str
) -> None:
    assert exchange(send, new_code(sandbox), redirect_uri=other).json()["status"] == "BAD_REDIRECT_URI"


def test_parameters_in_the_query_do_not_count(sandbox: SandboxServer) -> None:
    query = {
        **APP,
        "grant_type": "authorization_code",
        "code": new_code(sandbox),
        "redirect_uri": CALLBACK,
    }
    answer = requests.post(f"{sandbox.url}/oauth/2026-09/token", params=query, timeout=10)
    assert (answer.status_code, answer.json()["status"]) == (400, "BAD_GRANT_TYPE")


@pytest.mark.parametrize(
    ("fields", "status", "error"),
    [
        ({"client_id": "nobody"}, "BAD_CLIENT_ID", "invalid_client"),
        ({"client_secret": "wrong"}, "BAD_CLIENT_SECRET", "invalid_client"),
        ({"grant_type": "password"}, "BAD_GRANT_TYPE", "unsupported_grant_type"),
        ({"refresh_token": "na1-made-up"}, "BAD_REFRESH_TOKEN", "invalid_grant"),
        ({"scope": "oauth tickets"}, "BAD_SCOPES", "invalid_scope"),
    ],
)
def test_a_wrong_token_call_is_refused_with_both_sets_of_fields(
    send: Send, connected: dict[str, Any], fields: dict[str, str], status: str, error: str
) -> None:
    good = {"grant_type": "refresh_token", "refresh_token": connected["refresh_token"]}
    answer = send("/token", **{**good, **fields})
    body = answer.json()
    assert answer.status_code == 400
    assert (body["status"], body["error"]) == (status, error)
    assert body["message"] == body["error_description"]


def test_the_oldest_error_body_has_only_hubspots_own_fields(sandbox: SandboxServer, send: Send) -> None:
    sandbox.state.change_switches(oauth_v3_error_bodies=False)
    assert set(refresh(send, "made-up").json()) == {"status", "message", "correlationId"}


def test_a_refresh_keeps_the_refresh_token_unless_rotation_is_on(
    sandbox: SandboxServer, send: Send, connected: dict[str, Any]
) -> None:
    first = refresh(send, connected["refresh_token"]).json()
    assert first["refresh_token"] == connected["refresh_token"]
    assert first["access_token"] != connected["access_token"]
    sandbox.state.change_switches(rotate_refresh_tokens=True)
    second = refresh(send, first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert refresh(send, first["refresh_token"]).json()["status"] == "BAD_REFRESH_TOKEN"
    assert refresh(send, second["refresh_token"]).status_code == 200


def test_an_access_token_lasts_thirty_minutes_of_the_sandboxs_clock(
    sandbox: SandboxServer, connected: dict[str, Any]
) -> None:
    sandbox.state.change_switches(clock_offset_seconds=1790.0)
    assert read_status(sandbox, connected["access_token"]) == 200
    sandbox.state.change_switches(clock_offset_seconds=1801.0)
    assert read_status(sandbox, connected["access_token"]) == 401


def test_a_revoked_refresh_token_leaves_the_access_token_and_the_install(
    sandbox: SandboxServer, send: Send, connected: dict[str, Any]
) -> None:
    token = connected["refresh_token"]
    assert send("/token/revoke", token=token, token_type_hint="refresh_token").status_code == 200
    assert refresh(send, token).json()["status"] == "BAD_REFRESH_TOKEN"
    assert read_status(sandbox, connected["access_token"]) == 200
    assert len(sandbox.state.installs) == 1
    assert send("/token/revoke", token="made-up").status_code == 200


def test_introspection_describes_a_token_and_knows_when_it_is_over(
    sandbox: SandboxServer, send: Send, connected: dict[str, Any]
) -> None:
    access = send("/token/introspect", token=connected["access_token"], token_type_hint="access_token").json()
    assert access["active"] is True
    assert (access["hub_id"], access["user"], access["app_id"]) == (1234567, "mika@acme.co.jp", 4321)
    assert access["token_use"] == "access_token"
    assert access["signed_access_token"]["hublet"] == "na1"
    kept = send("/token/introspect", token=connected["refresh_token"], token_type_hint="refresh_token").json()
    assert kept["token_use"] == "refresh_token"
    assert not {"signed_access_token", "expires_in", "is_private_distribution"} & set(kept)
    sandbox.state.change_switches(clock_offset_seconds=1801.0)
    for token in (connected["access_token"], "made-up"):
        answer = send("/token/introspect", token=token, token_type_hint="access_token")
        assert (answer.status_code, answer.json()) == (200, {"active": False})
    wrong = send("/token/introspect", token="x", client_secret="wrong")
    assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_client")


def test_another_apps_codes_and_tokens_are_unknown(
    sandbox: SandboxServer, send: Send, connected: dict[str, Any]
) -> None:
    sandbox.state.apps.put(App("other-app", "other-secret", "Other", redirect_urls=[CALLBACK]))
    other = {"client_id": "other-app", "client_secret": "other-secret"}
    assert exchange(send, new_code(sandbox), **other).json()["status"] == "BAD_AUTH_CODE"
    assert refresh(send, connected["refresh_token"], **other).json()["status"] == "BAD_REFRESH_TOKEN"
    assert send("/token/introspect", token=connected["access_token"], **other).json() == {"active": False}
    send("/token/revoke", token=connected["refresh_token"], **other)
    assert refresh(send, connected["refresh_token"]).status_code == 200


def test_answers_with_tokens_are_not_to_be_kept(send: Send, connected: dict[str, Any]) -> None:
    assert refresh(send, connected["refresh_token"]).headers["Cache-Control"] == "no-store"


def test_oauth_v1_looks_at_and_deletes_tokens_by_address(
    sandbox: SandboxServer, connected: dict[str, Any]
) -> None:
    v1 = f"{sandbox.url}/oauth/v1"
    access = requests.get(f"{v1}/access-tokens/{connected['access_token']}", timeout=10).json()
    assert (access["hub_id"], access["token_type"]) == (1234567, "access")
    address = f"{v1}/refresh-tokens/{connected['refresh_token']}"
    assert requests.get(address, timeout=10).json()["token_type"] == "refresh"
    assert requests.delete(address, timeout=10).status_code == 204
    assert requests.get(address, timeout=10).status_code == 404
    assert read_status(sandbox, connected["access_token"]) == 200


def test_a_fault_strikes_token_calls_too(sandbox: SandboxServer, send: Send, connected: dict[str, Any]) -> None:
    sandbox.state.faults.add(action="status", status=503, path="/oauth/", times=1)
    assert refresh(send, connected["refresh_token"]).status_code == 503
    assert refresh(send, connected["refresh_token"]).status_code == 200
