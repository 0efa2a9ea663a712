"""Tokens from HubSpot's stand-in, over real sockets."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator

import pytest

from hubspot_sandbox.grants import connect_app
from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.errors import AccessExpired, AccessLost, AppMisconfigured, CodeRefused
from hubsync.hubspot.client import HubSpotClient
from hubsync.hubspot.links import record_url
from hubsync.hubspot.oauth import SCOPES, OAuthClient, Tokens
from hubsync.hubspot.wire import Wire
from hubsync.net.deadline import Deadline

CALLBACK = "http://localhost:8000/integrations/hubspot/callback"
VERIFIER = "v" * 64
ADMIN = "admin@acme.example.com"


@pytest.fixture
def sandbox() -> Iterator[SandboxServer]:
    with SandboxServer(SandboxSettings(redirect_urls=[CALLBACK])) as server:
        yield server


@pytest.fixture
def oauth(sandbox: SandboxServer, wire: Callable[..., Wire]) -> OAuthClient:
    return OAuthClient(wire(sandbox.url), "2026-09", sandbox.settings.client_id, sandbox.settings.client_secret)


@pytest.fixture
def code(sandbox: SandboxServer) -> str:
    """What the browser brings back after *Connect app*."""
    state = sandbox.state
    challenge = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()
    app, account = state.apps.get(state.settings.client_id), state.accounts.get(DEFAULT_ACCOUNT)
    assert app is not None
    assert account is not None
    return connect_app(state, app, account, ADMIN, list(SCOPES), CALLBACK, challenge)


@pytest.fixture
def tokens(oauth: OAuthClient, code: str) -> Tokens:
    return oauth.exchange(code, CALLBACK, VERIFIER, soon())


def soon() -> Deadline:
    return Deadline.after(30)


def test_the_tokens_of_a_code_open_the_account(sandbox, wire, tokens):
    assert (tokens.hub_id, tokens.expires_in) == (str(DEFAULT_ACCOUNT), 1800)
    assert set(tokens.scopes) == set(SCOPES)
    account = HubSpotClient(wire(sandbox.url), tokens.access_token, "2026-09").read_account(soon())
    assert (account.id, account.time_zone) == (tokens.hub_id, "Asia/Tokyo")
    assert record_url(sandbox.url, account.ui_domain, account.id, "contacts", "7") == (
        f"{sandbox.url}/contacts/{tokens.hub_id}/record/0-1/7"
    )


def test_a_code_is_good_for_one_exchange(oauth, code, tokens):
    with pytest.raises(CodeRefused):
        oauth.exchange(code, CALLBACK, VERIFIER, soon())


@pytest.mark.parametrize(
    ("callback", "verifier", "word"),
    [("http://localhost:8000/elsewhere", VERIFIER, "BAD_REDIRECT_URI"), (CALLBACK, "w" * 64, "BAD_CODE_VERIFIER")],
)
def test_a_code_meets_another_callback_or_verifier(oauth, code, callback, verifier, word):
    with pytest.raises(AppMisconfigured, match=word):
        oauth.exchange(code, callback, verifier, soon())


@pytest.mark.parametrize("rotating", [True, False])
def test_the_refresh_token_that_comes_back_works_again(sandbox, oauth, tokens, rotating):
    sandbox.state.change_switches(rotate_refresh_tokens=rotating)
    first = oauth.refresh(tokens.refresh_token, soon())
    second = oauth.refresh(first.refresh_token, soon())
    assert (first.refresh_token != tokens.refresh_token) == rotating
    assert len({tokens.access_token, first.access_token, second.access_token}) == 3


@pytest.mark.parametrize("worded", [True, False])
def test_access_is_lost_when_the_app_is_uninstalled_at_hubspot(sandbox, oauth, tokens, worded):
    sandbox.state.change_switches(oauth_v3_error_bodies=worded)
    sandbox.state.uninstall(DEFAULT_ACCOUNT, sandbox.settings.client_id)
    with pytest.raises(AccessLost):
        oauth.refresh(tokens.refresh_token, soon())


@pytest.mark.parametrize("worded", [True, False])
def test_a_wrong_client_secret_blames_the_settings(sandbox, wire, tokens, worded):
    sandbox.state.change_switches(oauth_v3_error_bodies=worded)
    wrong = OAuthClient(wire(sandbox.url), "2026-09", sandbox.settings.client_id, "wrong")
    with pytest.raises(AppMisconfigured):
        wrong.refresh(tokens.refresh_token, soon())


def test_a_token_is_looked_into_until_it_is_revoked(oauth, tokens):
    seen = oauth.introspect(tokens.access_token, "access_token", soon())
    assert (seen.active, seen.hub_id, seen.user) == (True, str(DEFAULT_ACCOUNT), ADMIN)
    assert seen.hub_domain == "acme.example.com"
    oauth.revoke(tokens.refresh_token, soon())
    oauth.revoke(tokens.refresh_token, soon())
    assert oauth.introspect(tokens.refresh_token, "refresh_token", soon()).active is False
    with pytest.raises(AccessLost):
        oauth.refresh(tokens.refresh_token, soon())


def test_an_expired_access_token_is_told_as_such(sandbox, wire, tokens):
    sandbox.state.change_switches(clock_offset_seconds=1801.0)
    with pytest.raises(AccessExpired) as caught:
        HubSpotClient(wire(sandbox.url), tokens.access_token, "2026-09").read_properties("contacts", soon())
    assert caught.value.category == "EXPIRED_AUTHENTICATION"


def test_uninstalling_ends_the_authorization(sandbox, wire, oauth, tokens):
    HubSpotClient(wire(sandbox.url), tokens.access_token, "2026-09").uninstall(soon())
    with pytest.raises(AccessLost):
        oauth.refresh(tokens.refresh_token, soon())
