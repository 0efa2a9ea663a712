"""Calls about the rules of an account's administrators."""

from dataclasses import asdict
from typing import Any

from flask import jsonify, request

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.control.blueprint import InvalidRequest, account_named, body_object, control
from hubspot_sandbox.crm.rules import InvalidRule, add_rule


@control.get("/rules")
def list_rules() -> Any:
    """Every rule of an account, oldest first."""
    state, account = sandbox_state(), account_named(request.args.get("account"))
    return jsonify(results=[asdict(rule) for rule in state.admin_rules if rule.account_id == account.id])


@control.post("/rules")
def set_rule() -> Any:
    """A rule, 201: ``kind`` required, conditional or validation, ``object``, ``property`` and what it needs."""
    state, body = sandbox_state(), body_object()
    try:
        return jsonify(asdict(add_rule(state, account_named(body.get("account")).id, body))), 201
    except InvalidRule as problem:
        raise InvalidRequest(str(problem)) from None


@control.delete("/rules")
def clear_rules() -> Any:
    """Forget the rules of every account, 204."""
    state = sandbox_state()
    with state.lock:
        state.admin_rules.clear()
    return "", 204


@control.delete("/rules/<int:number>")
def remove_rule(number: int) -> Any:
    """Take one rule away, 204."""
    state = sandbox_state()
    with state.lock:
        if state.admin_rules.remove(number) is None:
            raise ApiError(404, "there is no such rule")
    return "", 204
