"""Request bodies of writes: validated values, or HubSpot's 400 naming every value that is refused."""

import json
from typing import Any

from flask import request

from hubspot_sandbox.api_errors import ApiError, scopes_missing
from hubspot_sandbox.authentication import Caller
from hubspot_sandbox.crm.definitions import all_definitions
from hubspot_sandbox.crm.kinds import Kind
from hubspot_sandbox.crm.owners import refused_owner
from hubspot_sandbox.crm.rule_checks import broken_validations
from hubspot_sandbox.crm.values import Refusal, refusal_of
from hubspot_sandbox.state import SandboxState


def json_body() -> Any:
    """The JSON of this request; raises ApiError 400 for none or broken, 415 for another kind of content."""
    if request.mimetype != "application/json" and request.get_data():
        raise ApiError(415, "HTTP 415 Unsupported Media Type")
    raw = request.get_data()
    if not raw:
        raise ApiError(
            400,
            "Invalid JSON input: a request body was expected, but none found",
            category="VALIDATION_ERROR",
        )
    try:
        return json.loads(raw)
    except ValueError:
        raise ApiError(400, "Invalid input JSON on line 1, column 1", category="VALIDATION_ERROR") from None


def json_object() -> dict[str, Any]:
    """The JSON object of this request; raises ApiError."""
    body = json_body()
    if not isinstance(body, dict):
        raise _not_deserialised("an object")
    return body


def written_values(body: dict[str, Any]) -> dict[str, str]:
    """The ``properties`` of a body as strings; numbers and booleans are taken, lists and objects refused."""
    properties = body.get("properties")
    if properties is None:
        properties = {}
    if not isinstance(properties, dict):
        raise _not_deserialised("a map of properties")
    values = {}
    for name, value in properties.items():
        if isinstance(value, (dict, list)):
            raise _not_deserialised("a string")
        values[name] = _as_text(value)
    return values


def _as_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _not_deserialised(wanted: str) -> ApiError:
    words = f"Invalid input JSON on line 1, column 1: Cannot deserialize value: {wanted} was expected"
    return ApiError(400, words, category="VALIDATION_ERROR")


def check_values(state: SandboxState, caller: Caller, kind: Kind, values: dict[str, str]) -> None:
    """Raise one ApiError that names every value that cannot be written."""
    account_id = caller.account.id
    known = all_definitions(state, account_id, kind.name)
    sensitive_scope = f"crm.objects.{kind.name}.sensitive.write.v2"
    for name in values:
        if known.get(name, {}).get("dataSensitivity") == "sensitive" and sensitive_scope not in caller.scopes:
            raise scopes_missing([sensitive_scope])
    refusals = [
        refusal
        for name, value in values.items()
        if (refusal := refusal_of(known.get(name), name, value, state.switches)) is not None
    ]
    owner = refused_owner(state, account_id, values)
    refusals += [owner] if owner is not None else []
    named = {refusal.name for refusal in refusals}
    refusals += [one for one in broken_validations(state, account_id, kind, values) if one.name not in named]
    if refusals:
        raise _invalid(refusals, account_id, with_list=state.switches.errors_list_in_400)


def _invalid(refusals: list[Refusal], account_id: int, *, with_list: bool) -> ApiError:
    inside = [
        {
            "isValid": False,
            "message": refusal.message,
            "error": refusal.code,
            "name": refusal.name,
            "localizedErrorMessage": refusal.message,
            "portalId": account_id,
        }
        for refusal in refusals
    ]
    errors = [
        {
            "message": refusal.message,
            "code": refusal.code,
            "context": {"propertyName": [refusal.name]},
        }
        for refusal in refusals
    ]
    return ApiError(
        400,
        "Property values were not valid: " + json.dumps(inside, separators=(",", ":"), ensure_ascii=False),
        category="VALIDATION_ERROR",
        errors=errors if with_list else None,
    )


def check_minimum(state: SandboxState, kind: Kind, values: dict[str, str]) -> None:
    """Raise ApiError when a new record has none of the properties that identify one."""
    if not kind.at_least_one_of or not state.switches.require_minimum_properties:
        return
    if not any(values.get(name) for name in kind.at_least_one_of):
        words = f"At least one of these properties is required: {', '.join(kind.at_least_one_of)}"
        raise ApiError(
            400,
            words,
            category="VALIDATION_ERROR",
            errors=[
                {
                    "message": words,
                    "code": "MISSING_REQUIRED_PROPERTY",
                    "context": {"propertyName": list(kind.at_least_one_of)},
                }
            ],
        )
