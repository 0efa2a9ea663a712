"""Calls about switches, and the reset to a fresh sandbox."""

from dataclasses import asdict, fields
from typing import Any

from flask import jsonify

from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.control.blueprint import InvalidRequest, account_named, body_object, control
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubspot_sandbox.switches import Switches

ACCOUNT_SWITCHES = ("auto_companies", "inline_association_holds_back")


@control.get("/settings")
def read_settings() -> Any:
    """Every switch; the account's switches are those of the default account."""
    state = sandbox_state()
    with state.lock:
        shape = {name: value for name, value in asdict(state.switches).items() if name != "name"}
        account = state.accounts.get(DEFAULT_ACCOUNT)
        shape.update({name: getattr(account, name) for name in ACCOUNT_SWITCHES})
        return jsonify(shape)


@control.put("/settings")
def change_settings() -> Any:
    """Set some switches; an account's switch is set for the account given as ``account``, else for all."""
    state, body = sandbox_state(), body_object()
    account_id = body.pop("account", None)
    kinds = {field.name: type(getattr(Switches(), field.name)) for field in fields(Switches)}
    del kinds["name"]
    for name, value in body.items():
        wanted = bool if name in ACCOUNT_SWITCHES else kinds.get(name)
        if wanted is None:
            raise InvalidRequest(f"{name} is no switch")
        if not _fits(value, wanted):
            raise InvalidRequest(f"{name} must be a {wanted.__name__}")
    with state.lock:
        state.change_switches(**{n: v for n, v in body.items() if n not in ACCOUNT_SWITCHES})
        for account in [account_named(account_id)] if account_id else state.accounts.values():
            for name in ACCOUNT_SWITCHES:
                setattr(account, name, body.get(name, getattr(account, name)))
            state.accounts.put(account)
    return read_settings()


def _fits(value: object, wanted: type) -> bool:
    if wanted is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    return type(value) is wanted


@control.post("/reset")
def reset() -> Any:
    """Back to a fresh sandbox, 204."""
    sandbox_state().reset()
    return "", 204
