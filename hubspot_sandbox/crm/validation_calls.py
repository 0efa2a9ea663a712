"""The calls about the validations of properties.

https://developers.hubspot.com/docs/api-reference/latest/crm/property-validations/guide
"""

from typing import Any

from flask import Blueprint, jsonify

from hubspot_sandbox.api_errors import ApiError, not_found
from hubspot_sandbox.authentication import sandbox_state
from hubspot_sandbox.crm.definitions import definition_named
from hubspot_sandbox.crm.kinds import kind_named
from hubspot_sandbox.crm.property_calls import schema_reader, schema_writer
from hubspot_sandbox.crm.rules import VALIDATION, InvalidRule, add_rule, rules_of
from hubspot_sandbox.crm.write_requests import json_object
from hubspot_sandbox.entities import AdminRule
from hubspot_sandbox.versions import under_versions

validations = Blueprint("hubspot_validations", __name__)

_DATED, _LEGACY = "/crm/property-validations/{v}/<type_id>", "/crm/v3/property-validations/<type_id>"
_RULE = "/<name>/rule-type/<rule_type>"


def _shape(rule: AdminRule) -> dict[str, Any]:
    return {"ruleType": rule.rule_type, "ruleArguments": rule.arguments}


@under_versions(validations, _DATED, legacy=(_LEGACY,), methods=("GET",))
def list_all(type_id: str) -> Any:
    """The validations of every property that has any."""
    state, kind = sandbox_state(), kind_named(type_id)
    caller = schema_reader(kind)
    by_property: dict[str, list[dict[str, Any]]] = {}
    for rule in rules_of(state, caller.account.id, kind.name, VALIDATION):
        by_property.setdefault(rule.property_name, []).append(_shape(rule))
    results = [{"propertyName": name, "propertyValidationRules": rules} for name, rules in by_property.items()]
    return jsonify(results=results)


@under_versions(validations, f"{_DATED}/<name>", legacy=(f"{_LEGACY}/<name>",), methods=("GET",))
def of_property(type_id: str, name: str) -> Any:
    """The validations of one property."""
    state, kind = sandbox_state(), kind_named(type_id)
    caller = schema_reader(kind)
    definition_named(state, caller.account.id, kind.name, name)
    rules = rules_of(state, caller.account.id, kind.name, VALIDATION)
    return jsonify(results=[_shape(rule) for rule in rules if rule.property_name == name])


@under_versions(validations, f"{_DATED}{_RULE}", legacy=(f"{_LEGACY}{_RULE}",), methods=("GET",))
def read(type_id: str, name: str, rule_type: str) -> Any:
    """One validation."""
    state, kind = sandbox_state(), kind_named(type_id)
    caller = schema_reader(kind)
    for rule in rules_of(state, caller.account.id, kind.name, VALIDATION):
        if (rule.property_name, rule.rule_type) == (name, rule_type):
            return jsonify(_shape(rule))
    raise not_found()


@under_versions(validations, f"{_DATED}{_RULE}", legacy=(f"{_LEGACY}{_RULE}",), methods=("PUT",))
def change(type_id: str, name: str, rule_type: str) -> Any:
    """Set one validation, 204."""
    state, kind = sandbox_state(), kind_named(type_id)
    caller = schema_writer(kind)
    definition_named(state, caller.account.id, kind.name, name)
    wanted = {"kind": VALIDATION, "object": kind.name, "property": name, "rule_type": rule_type}
    try:
        add_rule(state, caller.account.id, {**wanted, "arguments": json_object().get("ruleArguments")})
    except InvalidRule as problem:
        raise ApiError(400, str(problem), category="VALIDATION_ERROR") from None
    return "", 204
