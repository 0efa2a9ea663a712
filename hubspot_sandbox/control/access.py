"""Calls about access: service keys, uninstalls, revoked tokens."""

from dataclasses import asdict
from typing import Any

from flask import jsonify, request

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.control.blueprint import InvalidRequest, account_named, body_object, control
from hubspot_sandbox.crm.owners import KINDS, add_owner, owners_of

EVERY_SCOPE = (
    "oauth",
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.companies.write",
    "crm.objects.owners.read",
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


@control.put("/scopes")
def change_scopes() -> Any:
    """``give`` scopes to and ``take`` scopes from all tokens, keys and installs of an account, 204."""
    state, body = sandbox_state(), body_object()
    give, take = ([str(one) for one in body.get(name) or []] for name in ("give", "take"))
    state.change_scopes(account_named(body.get("account")).id, give=give, take=take)
    return "", 204


@control.get("/owners")
def list_owners() -> Any:
    """Every owner of an account, archived ones too."""
    account = account_named(request.args.get("account"))
    return jsonify(results=[asdict(one) for one in owners_of(sandbox_state(), account.id)])


@control.post("/owners")
def make_owner() -> Any:
    """Another owner, 201: ``email``, ``first_name``, ``last_name``, ``kind`` (PERSON, QUEUE), ``archived``."""
    body = body_object()
    account, kind = account_named(body.get("account")), str(body.get("kind") or "PERSON")
    if kind not in KINDS:
        raise InvalidRequest(f"{kind} is no kind of owner")
    names = {name: str(body.get(name) or "") for name in ("first_name", "last_name")}
    archived, email = body.get("archived") is True, str(body.get("email") or "")
    made = add_owner(sandbox_state(), account.id, email, kind=kind, archived=archived, **names)
    return jsonify(asdict(made)), 201


@control.put("/owners/<owner_id>")
def change_owner(owner_id: str) -> Any:
    """Deactivate a user or take that back: ``{"archived": true}``."""
    state, body = sandbox_state(), body_object()
    with state.lock:
        owner = state.owners.get(f"{account_named(body.get('account')).id}:{owner_id}")
        if owner is None:
            raise InvalidRequest(f"there is no owner {owner_id}")
        owner.archived = body.get("archived") is True
        return jsonify(asdict(state.owners.put(owner)))


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
