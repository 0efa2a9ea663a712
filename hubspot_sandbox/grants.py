"""OAuth grants: codes and tokens, and how they are issued and revoked.

https://developers.hubspot.com/docs/api-reference/legacy/authentication/manage-oauth-tokens
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass

from hubspot_sandbox.entities import AccessToken, Account, App, AuthCode, Install, RefreshToken
from hubspot_sandbox.state import SandboxState

#: HubSpot calls the life of a code short without a number; long enough here for a slow machine.
CODE_SECONDS = 60


class TokenRefused(Exception):
    """A token call that HubSpot answers with 400: *status* is its word, *error* the standard's."""

    def __init__(self, status: str, error: str, message: str) -> None:
        super().__init__(message)
        self.status, self.error, self.message = status, error, message


@dataclass(frozen=True)
class TokenPair:
    """The pair of tokens one token call answers with."""

    access: AccessToken
    refresh: RefreshToken


def known_app(state: SandboxState, client_id: str, client_secret: str) -> App:
    """The app with these credentials; raises TokenRefused for either being wrong."""
    app = state.apps.get(client_id)
    if app is None:
        raise TokenRefused("BAD_CLIENT_ID", "invalid_client", "missing or unknown client id")
    if not secrets.compare_digest(app.client_secret.encode(), client_secret.encode()):
        raise TokenRefused("BAD_CLIENT_SECRET", "invalid_client", "missing or invalid client secret")
    return app


def connect_app(
    state: SandboxState,
    app: App,
    account: Account,
    user_email: str,
    scopes: list[str],
    redirect_uri: str,
    challenge: str | None,
) -> str:
    """Install the app in the account and return the code for its browser redirect."""
    with state.lock:
        now = state.clock.now()
        state.installs.put(Install(account.id, app.client_id, scopes, user_email, account.user_id, now))
        code = AuthCode(
            f"{account.data_hosting_location}-{secrets.token_hex(16)}",
            account.id,
            app.client_id,
            redirect_uri,
            scopes,
            user_email,
            account.user_id,
            now + CODE_SECONDS,
            challenge,
            "S256" if challenge else None,
        )
        return state.codes.put(code).code


def exchange_code(state: SandboxState, app: App, code: str, redirect_uri: str, verifier: str | None) -> TokenPair:
    """Turn a code into tokens, once; raises TokenRefused."""
    with state.lock:
        kept = state.codes.get(code)
        now = state.clock.now()
        if kept is None or kept.client_id != app.client_id or kept.used_at is not None:
            raise TokenRefused("BAD_AUTH_CODE", "invalid_grant", "missing or unknown auth code")
        if now >= kept.expires_at:
            raise TokenRefused("EXPIRED_AUTH_CODE", "invalid_grant", "auth code is expired")
        if redirect_uri != kept.redirect_uri:
            raise TokenRefused("BAD_REDIRECT_URI", "invalid_grant", "missing or unknown redirect uri")
        if not _verifier_fits(kept.code_challenge, verifier):
            raise TokenRefused("BAD_CODE_VERIFIER", "invalid_grant", "missing or invalid code verifier")
        kept.used_at = now
        state.codes.put(kept)
        if state.switches.second_authorization_ends_former_tokens:
            state.revoke_tokens(kept.account_id, kept.client_id, access_tokens=False)
        refresh = RefreshToken(
            _refresh_token(state, kept.account_id),
            kept.account_id,
            kept.client_id,
            kept.scopes,
            kept.user_email,
            kept.user_id,
            now,
        )
        return TokenPair(_new_access(state, refresh), state.refresh_tokens.put(refresh))


def refresh_access(state: SandboxState, app: App, token: str) -> TokenPair:
    """A new access token for a refresh token; a switch says whether that one is replaced; raises TokenRefused."""
    with state.lock:
        kept = state.refresh_tokens.get(token)
        if kept is None or kept.client_id != app.client_id:
            raise _bad_refresh_token()
        if kept.revoked:
            uninstalled = state.installs.get(f"{kept.account_id}:{kept.client_id}") is None
            if uninstalled and state.switches.bad_hub_after_uninstall:
                raise TokenRefused("BAD_HUB", "access_denied", "missing or unknown hub id")
            raise _bad_refresh_token()
        if state.accounts.get(kept.account_id) is None:
            raise TokenRefused("BAD_HUB", "access_denied", "missing or unknown hub id")
        if state.switches.rotate_refresh_tokens:
            kept.revoked = True
            state.refresh_tokens.put(kept)
            kept = state.refresh_tokens.put(
                RefreshToken(
                    _refresh_token(state, kept.account_id),
                    kept.account_id,
                    kept.client_id,
                    kept.scopes,
                    kept.user_email,
                    kept.user_id,
                    state.clock.now(),
                )
            )
        return TokenPair(_new_access(state, kept), kept)


def revoke_refresh_token(state: SandboxState, app: App, token: str) -> bool:
    """End a refresh token of this app; access tokens live on and the app stays installed.

    https://developers.hubspot.com/docs/api-reference/legacy/authentication/oauth-tokens/v1/guide
    """
    with state.lock:
        kept = live_refresh_token(state, token)
        if kept is None or kept.client_id != app.client_id:
            return False
        kept.revoked = True
        state.refresh_tokens.put(kept)
        return True


def live_access_token(state: SandboxState, token: str) -> AccessToken | None:
    """The access token if it still works."""
    kept = state.access_tokens.get(token)
    live = kept is not None and not kept.revoked and state.clock.now() < kept.expires_at
    return kept if live else None


def live_refresh_token(state: SandboxState, token: str) -> RefreshToken | None:
    """The refresh token if it still works."""
    kept = state.refresh_tokens.get(token)
    return kept if kept is not None and not kept.revoked else None


def _bad_refresh_token() -> TokenRefused:
    return TokenRefused("BAD_REFRESH_TOKEN", "invalid_grant", "refresh token is invalid, expired or revoked")


def _new_access(state: SandboxState, refresh: RefreshToken) -> AccessToken:
    now = state.clock.now()
    # HubSpot's tokens vary in length and may grow to 512 characters; so do these.
    token = "C" + secrets.token_urlsafe(90 + secrets.randbelow(90))
    return state.access_tokens.put(
        AccessToken(
            token,
            refresh.account_id,
            refresh.client_id,
            refresh.scopes,
            refresh.user_email,
            refresh.user_id,
            now,
            now + state.switches.access_token_seconds,
        )
    )


def _refresh_token(state: SandboxState, account_id: int) -> str:
    account = state.accounts.get(account_id)
    region = account.data_hosting_location if account else "na1"
    raw = secrets.token_hex(16)
    return f"{region}-{raw[:4]}-{raw[4:8]}-{raw[8:]}"


def _verifier_fits(challenge: str | None, verifier: str | None) -> bool:
    """RFC 7636, 4.6: a code given with a challenge needs its verifier, one without needs none."""
    if challenge is None:
        return True
    digest = hashlib.sha256((verifier or "").encode()).digest()
    made = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return secrets.compare_digest(made, challenge)
