"""Validation of a write against the account's rules. Only writes under ``/2026-09/`` have to obey them.

https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement
"""

import re

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.crm.kinds import Kind
from hubspot_sandbox.crm.rules import CONDITIONAL, REQUIRED, VALIDATION, rules_of
from hubspot_sandbox.crm.values import Refusal
from hubspot_sandbox.entities import AdminRule, Record
from hubspot_sandbox.state import SandboxState
from hubspot_sandbox.versions import is_current_version

MESSAGE = "The property values provided are invalid"
#: HubSpot's code for a value that breaks a property's validation is not known.
BROKEN_VALIDATION = "FAILED_PROPERTY_VALIDATION"


def check_rules(
    state: SandboxState, account_id: int, kind: Kind, values: dict[str, str], record: Record | None
) -> None:
    """Raise ApiError 400 naming every property the account demands and the write leaves empty.

    *record* is the one to be changed, None for a new one: only new ones need what is required, and a change
    has to do with a condition only when it writes one of its two properties (the latter is a guess).
    """
    if not is_current_version():
        return
    will_be = {**(record.properties if record else {}), **values}
    missing: dict[str, str] = {}
    for rule in rules_of(state, account_id, kind.name, CONDITIONAL):
        touched = record is None or {rule.property_name, rule.when_property} & values.keys()
        if touched and _applies(rule, will_be) and not will_be.get(rule.property_name):
            missing[rule.property_name] = "MISSING_CONDITIONAL_REQUIRED_PROPERTY"
    for rule in rules_of(state, account_id, kind.name, REQUIRED):
        if record is None and not will_be.get(rule.property_name):
            missing[rule.property_name] = "MISSING_REQUIRED_PROPERTY"
    if missing:
        raise ApiError(
            400,
            MESSAGE,
            category="VALIDATION_ERROR",
            errors=[
                {
                    "message": f'Property "{name}" is required',
                    "code": code,
                    "context": {"propertyName": [name]},
                }
                for name, code in missing.items()
            ],
        )


def _applies(rule: AdminRule, values: dict[str, str]) -> bool:
    value = values.get(rule.when_property, "")
    return value == rule.when_value if rule.when_value else value != ""


def broken_validations(state: SandboxState, account_id: int, kind: Kind, values: dict[str, str]) -> list[Refusal]:
    """The refusals of values that break a validation; which versions enforce them is a switch."""
    enforced = state.switches.property_validations_enforced
    if enforced == "never" or (enforced != "always" and not is_current_version()):
        return []
    refusals = []
    for rule in rules_of(state, account_id, kind.name, VALIDATION):
        value = values.get(rule.property_name, "")
        if value and not _obeys(rule, value):
            words = f"{rule.property_name} does not meet the validation rule {rule.rule_type}"
            refusals.append(Refusal(rule.property_name, BROKEN_VALIDATION, words))
    return refusals


def _obeys(rule: AdminRule, value: str) -> bool:
    first = rule.arguments[0]
    if rule.rule_type == "REGEX":
        return re.fullmatch(first, value) is not None
    if rule.rule_type.endswith("_LENGTH"):
        return len(value) >= float(first) if rule.rule_type == "MIN_LENGTH" else len(value) <= float(first)
    if rule.rule_type.endswith("_NUMBER"):
        try:
            number = float(value)
        except ValueError:
            return False
        return number >= float(first) if rule.rule_type == "MIN_NUMBER" else number <= float(first)
    domains = {domain.lower() for domain in rule.arguments}
    return (value.rpartition("@")[2].lower() in domains) is (rule.rule_type == "EMAIL_ALLOWED_DOMAINS")
