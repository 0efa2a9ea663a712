"""Calls about access: service keys, uninstalls, revoked tokens."""

from dataclasses import asdict
from typing import Any

from flask import jsonify

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.control.blueprint import account_named, body_object, control

EVERY_SCOPE = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.schemas.contacts.read",
    "crm.schemas.contacts.write",
    "crm.schemas.companies.read",
    "crm.schemas.companies.write",
)


@control.post("/service-keys")
def add_service_key() -> Any:
    """A service key, 201; without ``scopes`` it may do everything the sandbox offers."""
    state, body = sandbox_state(), body_object()
    account = account_named(body.get("account"))
    scopes = body.get("scopes") or list(EVERY_SCOPE)
    key = state.add_service_key(account.id, str(body.get("name") or "Service key"), list(map(str, scopes)))
    return jsonify(asdict(key)), 201


@control.post("/uninstall")
def uninstall() -> Any:
    """Take the app out of an account as its administrator would, 204."""
    state, body = sandbox_state(), body_object()
    client_id = str(body.get("client_id") or state.settings.client_id)
    state.uninstall(account_named(body.get("account")).id, client_id)
    return "", 204


@control.post("/revoke-tokens")
def revoke_tokens() -> Any:
    """End the app's tokens without uninstalling it, 204; ``access_tokens`` false leaves those alone."""
    state, body = sandbox_state(), body_object()
    client_id = str(body.get("client_id") or state.settings.client_id)
    account = account_named(body.get("account"))
    state.revoke_tokens(account.id, client_id, access_tokens=body.get("access_tokens", True) is True)
    return "", 204
