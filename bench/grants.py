"""A team connected by OAuth, as somebody leaves it who pressed Connect."""

from __future__ import annotations

from datetime import timedelta

import requests
from sqlalchemy import select

from bench.house import BASE_URL, House
from hubspot_sandbox.grants import connect_app
from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.domain.connections import ConnectMethod
from hubsync.hubspot.oauth import SCOPES
from hubsync.services import now, tools
from hubsync.services.connection.tokens import sealed_place
from hubsync.store import write_transaction
from hubsync.store.connections import Connection

CALLBACK = f"{BASE_URL}/integrations/hubspot/callback"


def connect_by_oauth(house: House, server: SandboxServer) -> None:
    """Replace the service key of the house's team by OAuth tokens of the stand-in's usual account."""
    tokens = _tokens(server)
    with house.app.app_context(), write_transaction() as session:
        row = session.scalars(select(Connection)).one()
        seal, team_id = tools().vault.seal, house.team_id
        row.method = ConnectMethod.OAUTH
        row.access_sealed = seal(sealed_place(team_id, "access token"), str(tokens["access_token"]))
        row.refresh_sealed = seal(sealed_place(team_id, "refresh token"), str(tokens["refresh_token"]))
        row.access_expires_at = now() + timedelta(seconds=int(str(tokens["expires_in"])))


def _tokens(server: SandboxServer) -> dict[str, object]:
    state = server.state
    app, account = state.apps.get(server.settings.client_id), state.accounts.get(DEFAULT_ACCOUNT)
    if app is None or account is None:
        raise LookupError("a fresh stand-in knows the app and the account")
    code = connect_app(state, app, account, account.user_email, list(SCOPES), CALLBACK, None)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": CALLBACK,
        "client_id": app.client_id,
        "client_secret": app.client_secret,
    }
    answer = requests.post(f"{server.url}/oauth/2026-09/token", data=form, timeout=10)
    answer.raise_for_status()
    return dict(answer.json())
