"""The OAuth token API, under every version of its paths.

Dated paths and v3 share one shape; v1 answers fewer fields and stops in February 2027.
https://developers.hubspot.com/changelog/v1-oauth-api-deprecation
"""

import uuid
from typing import Any

from flask import Blueprint, Response, jsonify, request

from hubspot_sandbox.api_errors import credentials_not_found, error_body
from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.entities import AccessToken, App, RefreshToken
from hubspot_sandbox.grants import (
    TokenPair,
    TokenRefused,
    exchange_code,
    known_app,
    live_access_token,
    live_refresh_token,
    refresh_access,
    revoke_refresh_token,
)
from hubspot_sandbox.versions import under_versions

oauth_api = Blueprint("hubspot_oauth", __name__)

_V3 = "/oauth/v3/token"


@oauth_api.errorhandler(TokenRefused)
def refuse(problem: TokenRefused) -> tuple[Response, int]:
    """400 with the standard's fields beside HubSpot's own; v1 and the switch know only HubSpot's own.

    https://developers.hubspot.com/changelog/new-oauth-v3-api-endpoints-and-standardized-error-responses
    """
    old = {"status": problem.status, "message": problem.message, "correlationId": str(uuid.uuid4())}
    if _is_v1() or not sandbox_state().switches.oauth_v3_error_bodies:
        return jsonify(old), 400
    return jsonify({"error": problem.error, "error_description": problem.message, **old}), 400


@oauth_api.after_request
def keep_no_copy(response: Response) -> Response:
    """RFC 6749, 5.1: answers with tokens are not to be kept by caches."""
    response.headers["Cache-Control"] = "no-store"
    return response


@under_versions(oauth_api, "/oauth/{v}/token", legacy=(_V3, "/oauth/v1/token"), methods=("POST",))
def token() -> Any:
    """Exchange or refresh; every parameter is read from the form in the body, none from the query."""
    state = sandbox_state()
    with state.lock:
        granted = _grant()
        return jsonify(_granted_shape(granted))


def _grant() -> TokenPair:
    state, kind = sandbox_state(), _field("grant_type")
    if kind not in ("authorization_code", "refresh_token"):
        raise TokenRefused("BAD_GRANT_TYPE", "unsupported_grant_type", "missing or unknown grant type")
    app = _app()
    if kind == "authorization_code":
        verifier = request.form.get("code_verifier")
        return exchange_code(state, app, _field("code"), _field("redirect_uri"), verifier)
    held = live_refresh_token(state, _field("refresh_token"))
    wanted = set(_field("scope").split())
    if held is not None and not wanted <= set(held.scopes):
        raise TokenRefused("BAD_SCOPES", "invalid_scope", "scopes exceed those granted")
    return refresh_access(state, app, _field("refresh_token"))


def _granted_shape(granted: TokenPair) -> dict[str, Any]:
    state, access = sandbox_state(), granted.access
    shape: dict[str, Any] = {
        "token_type": "bearer",
        "refresh_token": granted.refresh.token,
        "access_token": access.token,
        "expires_in": int(access.expires_at - state.clock.now() + 0.5),
    }
    if not _is_v1():
        shape.update(
            hub_id=access.account_id,
            scopes=access.scopes,
            token_use="access_token",  # noqa: S106 - a word of HubSpot's, no secret
            user_id=access.user_id,
        )
    return shape


@under_versions(oauth_api, "/oauth/{v}/token/introspect", legacy=(f"{_V3}/introspect",), methods=("POST",))
def introspect() -> Any:
    """What a token stands for; 200 with ``active`` false for one that is unknown, expired or revoked."""
    state, app = sandbox_state(), _app()
    with state.lock:
        held = _held(_field("token"), _field("token_type_hint"))
        if held is None or held.client_id != app.client_id:
            return jsonify(active=False)
        shape = {"active": True, "token": held.token, **_described(held), "client_id": held.client_id}
        shape.update(token_use=_use(held), token_type="Bearer")  # noqa: S106 - HubSpot's words, no secret
        if isinstance(held, AccessToken):
            shape.update(
                expires_in=_left(held), is_private_distribution=True, signed_access_token=_signed(held, app)
            )
        return jsonify(shape)


@under_versions(oauth_api, "/oauth/{v}/token/revoke", legacy=(f"{_V3}/revoke",), methods=("POST",))
def revoke() -> Any:
    """End a refresh token, 200 without a body, also when there is nothing to end (RFC 7009, 2.2)."""
    revoke_refresh_token(sandbox_state(), _app(), _field("token"))
    return "", 200


@oauth_api.get("/oauth/v1/access-tokens/<token_value>")
def v1_access_token(token_value: str) -> Any:
    """What an access token stands for, the old way; 404 when it no longer works."""
    state = sandbox_state()
    with state.lock:
        held = live_access_token(state, token_value)
        if held is None:
            return _unknown("access token")
        return jsonify(token=held.token, **_described(held), expires_in=_left(held), token_type="access")  # noqa: S106


@oauth_api.get("/oauth/v1/refresh-tokens/<token_value>")
def v1_refresh_token(token_value: str) -> Any:
    """What a refresh token stands for, the old way; 404 when it no longer works."""
    state = sandbox_state()
    with state.lock:
        held = live_refresh_token(state, token_value)
        if held is None:
            return _unknown("refresh token")
        shape = {"token": held.token, **_described(held), "client_id": held.client_id}
        return jsonify(**shape, token_type="refresh")  # noqa: S106 - HubSpot's word, no secret


@oauth_api.delete("/oauth/v1/refresh-tokens/<token_value>")
def v1_delete_refresh_token(token_value: str) -> Any:
    """End a refresh token, 204; the token is its own proof, no app credentials are asked for."""
    state = sandbox_state()
    with state.lock:
        held = live_refresh_token(state, token_value)
        app = state.apps.get(held.client_id) if held else None
        if held is None or app is None:
            return _unknown("refresh token")
        revoke_refresh_token(state, app, held.token)
    return "", 204


@oauth_api.post("/oauth/v2/private-apps/get/access-token-info")
def service_key_info() -> Any:
    """What a service key may do, 200; 401 for one that is not known, 404 when the switch says that this has ended.

    Made for private apps' tokens and in no published definition; it works with service keys too (October 2026).
    https://developers.hubspot.com/docs/apps/legacy-apps/private-apps/overview
    """
    state, body = sandbox_state(), request.get_json(silent=True)
    key = state.service_keys.get(body.get("tokenKey")) if isinstance(body, dict) else None
    if not state.switches.token_info_of_service_keys:
        return jsonify(error_body("resource not found")), 404
    if key is None:
        raise credentials_not_found()
    account = state.accounts.get(key.account_id)
    user_id = account.user_id if account else None
    return jsonify(userId=user_id, hubId=key.account_id, appId=key.key_id, scopes=key.scopes)


def _field(name: str) -> str:
    return request.form.get(name, "")


def _app() -> App:
    return known_app(sandbox_state(), _field("client_id"), _field("client_secret"))


def _is_v1() -> bool:
    return request.path.startswith("/oauth/v1/")


def _held(token_value: str, hint: str) -> AccessToken | RefreshToken | None:
    state = sandbox_state()
    access = None if hint == "refresh_token" else live_access_token(state, token_value)
    refresh = None if hint == "access_token" else live_refresh_token(state, token_value)
    return access or refresh


def _use(held: AccessToken | RefreshToken) -> str:
    return "access_token" if isinstance(held, AccessToken) else "refresh_token"


def _left(held: AccessToken) -> int:
    return int(held.expires_at - sandbox_state().clock.now() + 0.5)


def _described(held: AccessToken | RefreshToken) -> dict[str, Any]:
    state = sandbox_state()
    account, app = state.accounts.get(held.account_id), state.apps.get(held.client_id)
    return {
        "hub_id": held.account_id,
        "user_id": held.user_id,
        "app_id": app.app_id if app else None,
        "user": held.user_email,
        "hub_domain": account.hub_domain if account else None,
        "scopes": held.scopes,
    }


def _signed(held: AccessToken, app: App) -> dict[str, Any]:
    account = sandbox_state().accounts.get(held.account_id)
    return {
        "expiresAt": int(held.expires_at * 1000),
        "scopes": ",".join(held.scopes),
        "hubId": held.account_id,
        "userId": held.user_id,
        "appId": app.app_id,
        "hublet": account.data_hosting_location if account else None,
    }


def _unknown(what: str) -> tuple[Response, int]:
    shape = {"status": "error", "message": f"{what} not found", "correlationId": str(uuid.uuid4())}
    return jsonify(shape), 404
