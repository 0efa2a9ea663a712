"""OAuth redirect to HubSpot's consent screen and back: state and PKCE in the person's own session.

Authlib makes and keeps them. Only its redirect is used: what HubSpot answers goes through `hubsync.hubspot.wire`,
because Authlib's exchange has no time-out and follows redirects with the code.
"""

from __future__ import annotations

from collections.abc import Sequence

from authlib.integrations.flask_client import OAuth
from flask import Flask, current_app, redirect, session
from flask.typing import ResponseReturnValue

from hubsync.config import settings
from hubsync.hubspot.oauth import SCOPES

NAME = "hubspot"
AT_ONCE = 3
"""As many tabs may be on their way at once. Authlib forgets none for an hour, and a cookie holds 4 kB."""


def register(app: Flask) -> None:
    """Tell Authlib about HubSpot. No cache: a state kept outside the session is not bound to the browser."""
    oauth = OAuth(app)
    oauth.register(
        NAME,
        client_id=settings(app).hubspot_client_id,
        authorize_url=f"{settings(app).hubspot_app_url}/oauth/authorize",
        client_kwargs={"scope": " ".join(SCOPES), "code_challenge_method": "S256"},
    )
    app.extensions["hubsync_redirects"] = oauth


def start_authorization(redirect_uri: str, optional: Sequence[str]) -> tuple[str, ResponseReturnValue]:
    """Return a new state and the redirect to HubSpot that carries it, with the *optional* scopes to ask for.

    HubSpot's guides call their parameter ``optional_scopes``, its own client sends ``optional_scope``.
    https://developers.hubspot.com/docs/apps/developer-platform/build-apps/authentication/oauth/working-with-oauth
    """
    client = _client()
    more = {"optional_scope": " ".join(optional)} if optional else {}
    made = client.create_authorization_url(redirect_uri, **more)
    begun = [key for key in session if key.startswith(f"_state_{NAME}_")]
    for key in sorted(begun, key=lambda key: float(session[key]["exp"]), reverse=True)[AT_ONCE - 1 :]:
        session.pop(key)
    client.save_authorize_data(redirect_uri=redirect_uri, **made)
    # HubSpot's own client writes spaces as %20; a plus sign of a value is %2B already.
    return made["state"], redirect(made["url"].replace("+", "%20"), 303)


def finish_authorization(state: str) -> str | None:
    """Return the PKCE verifier that belongs to *state*, once; None when this browser did not ask for it."""
    client = _client()
    kept = client.framework.get_state_data(session, state)
    client.framework.clear_state_data(session, state)
    return kept["code_verifier"] if kept else None


def _client():  # type: ignore[no-untyped-def]  # Authlib has no types
    return current_app.extensions["hubsync_redirects"].create_client(NAME)
