"""The token calls answer alike under every version; OAuth v1 answers the same with fewer fields."""

from collections.abc import Callable

import pytest
import requests

from hubspot_sandbox import SandboxServer
from hubspot_sandbox.grants import connect_app

APP = {"client_id": "sandbox-client-id", "client_secret": "sandbox-client-secret"}
CALLBACK = "http://localhost:8000/integrations/hubspot/callback"
SCOPES = ["oauth", "crm.objects.contacts.read"]


def new_code(sandbox: SandboxServer) -> str:
    """A code as the consent page hands it out."""
    state = sandbox.state
    app, account = state.apps.get(APP["client_id"]), state.accounts.get(1234567)
    assert app is not None
    assert account is not None
    return connect_app(state, app, account, "admin@acme.example.com", SCOPES, CALLBACK, None)


def masked(answer: requests.Response, secrets: dict[str, str]) -> tuple:
    """Status and body; tokens become their names, ids of answers and moments go."""
    body = answer.json() if answer.content else None
    if isinstance(body, dict):
        body.pop("correlationId", None)
        body.pop("signed_access_token", None)
        names = {value: name for name, value in secrets.items()}
        body = {k: names.get(v, v) if isinstance(v, str) else v for k, v in body.items()}
    return answer.status_code, body


def play(sandbox: SandboxServer, oauth: str, apps: str, info: str) -> list[tuple]:
    """Connect, refresh, look, revoke, fail in every way, uninstall; what each call answered."""
    url, seen, kept = sandbox.url, [], {}

    def send(path: str, **fields: str) -> dict:
        answer = requests.post(f"{url}{oauth}{path}", data={**APP, **fields}, timeout=10)
        body = answer.json() if answer.content else {}
        kept.update({n: body[n] for n in ("access_token", "refresh_token") if n in body})
        seen.append(masked(answer, kept))
        return body

    code = new_code(sandbox)
    exchange = {"grant_type": "authorization_code", "code": code, "redirect_uri": CALLBACK}
    send("/token", **{**exchange, "redirect_uri": "http://localhost/other"})
    send("/token", **exchange)
    send("/token", **exchange)
    send("/token", grant_type="password")
    send("/token", grant_type="refresh_token", refresh_token=kept["refresh_token"], client_secret="wrong")
    send("/token", grant_type="refresh_token", refresh_token="nonsense")
    send("/token", grant_type="refresh_token", refresh_token=kept["refresh_token"])
    if "v1" not in oauth:
        for use in ("access_token", "refresh_token"):
            send("/token/introspect", token=kept[use], token_type_hint=use)
        send("/token/introspect", token="nonsense", token_type_hint="access_token")
        send("/token/revoke", token=kept["refresh_token"], token_type_hint="refresh_token")
        send("/token", grant_type="refresh_token", refresh_token=kept["refresh_token"])
    headers = {"Authorization": f"Bearer {kept['access_token']}"}
    for method, path in (("GET", info), ("DELETE", apps), ("GET", info)):
        seen.append(masked(requests.request(method, url + path, headers=headers, timeout=10), kept))
    return seen


PATHS = {
    "2026-09": ("/oauth/2026-09", "/appinstalls/2026-09/external-install", "/account-info/2026-09/details"),
    "2026-03": ("/oauth/2026-03", "/appinstalls/2026-03/external-install", "/account-info/2026-03/details"),
    "v3": ("/oauth/v3", "/appinstalls/v3/external-install", "/account-info/v3/details"),
    "v1": ("/oauth/v1", "/appinstalls/v3/external-install", "/account-info/v3/details"),
}


@pytest.fixture
def played(sandbox) -> Callable[[str], list[tuple]]:
    """Plays one version on the sandbox."""
    return lambda version: play(sandbox, *PATHS[version])


@pytest.mark.parametrize("version", ["2026-03", "v3"])
def test_every_token_call_is_answered_the_same_under_every_version(played, version):
    assert played(version) == played("2026-09")


def test_a_connection_goes_through_as_documented(played):
    statuses = [(status, (body or {}).get("status")) for status, body in played("2026-09")]
    assert statuses == [
        (400, "BAD_REDIRECT_URI"),
        (200, None),
        (400, "BAD_AUTH_CODE"),
        (400, "BAD_GRANT_TYPE"),
        (400, "BAD_CLIENT_SECRET"),
        (400, "BAD_REFRESH_TOKEN"),
        (200, None),
        (200, None),
        (200, None),
        (200, None),
        (200, None),
        (400, "BAD_REFRESH_TOKEN"),
        (200, None),
        (204, None),
        (401, "error"),
    ]


def test_oauth_v1_answers_the_same_with_fewer_fields(played):
    old = played("v1")
    new = [answer for number, answer in enumerate(played("2026-09")) if number not in (7, 8, 9, 10, 11)]
    for (old_status, old_body), (new_status, new_body) in zip(old, new, strict=True):
        assert old_status == new_status
        assert (old_body or {}).items() <= (new_body or {}).items()
    assert set(old[1][1]) == {"token_type", "refresh_token", "access_token", "expires_in"}
