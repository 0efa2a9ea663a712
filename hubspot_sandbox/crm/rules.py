"""The rules that an account's administrators set for records, and each rule as a sentence.

https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement
https://developers.hubspot.com/docs/api-reference/latest/crm/property-validations/guide
"""

import re
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _

from hubspot_sandbox.crm.definitions import all_definitions, is_live
from hubspot_sandbox.entities import AdminRule
from hubspot_sandbox.marks import N_
from hubspot_sandbox.state import SandboxState

REQUIRED, CONDITIONAL, VALIDATION = "required", "conditional", "validation"
KINDS = (REQUIRED, CONDITIONAL, VALIDATION)
#: The rule types of HubSpot's list that the sandbox enforces, with what their argument is.
RULE_TYPES = {
    "REGEX": N_("a regular expression that the whole value matches"),
    "MIN_LENGTH": N_("the least number of characters"),
    "MAX_LENGTH": N_("the greatest number of characters"),
    "MIN_NUMBER": N_("the least number"),
    "MAX_NUMBER": N_("the greatest number"),
    "EMAIL_ALLOWED_DOMAINS": N_("domains, separated by commas"),
    "EMAIL_BLOCKED_DOMAINS": N_("domains, separated by commas"),
}


class InvalidRule(ValueError):
    """A rule that makes no sense, with a sentence; *field* is what to mend."""

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def rules_of(state: SandboxState, account_id: int, object_type: str, kind: str) -> list[AdminRule]:
    """The rules of one kind about contacts or companies, oldest first."""
    wanted = (account_id, object_type, kind)
    with state.lock:
        return [rule for rule in state.admin_rules if (rule.account_id, rule.object_type, rule.kind) == wanted]


def add_rule(state: SandboxState, account_id: int, wanted: Mapping[str, Any]) -> AdminRule:
    """A rule from its fields; raises InvalidRule. A validation replaces the one of its type on its property."""
    kind, object_type = wanted.get("kind"), wanted.get("object")
    if kind not in KINDS:
        raise InvalidRule(_("kind must be one of %(kinds)s.", kinds=", ".join(KINDS)), "kind")
    if object_type not in ("contacts", "companies"):
        raise InvalidRule(_("object must be contacts or companies."), "object")
    rule = AdminRule(account_id, 0, kind, object_type, _property(state, account_id, wanted, "property"))
    if kind == CONDITIONAL:
        rule.when_property = _property(state, account_id, wanted, "when_property")
        rule.when_value = str(wanted.get("when_value") or "")
        if rule.when_property == rule.property_name:
            raise InvalidRule(_("A property cannot depend on itself."), "when_property")
    if kind == VALIDATION:
        rule.rule_type, rule.arguments = _checked_validation(wanted)
    with state.lock:
        for old in rules_of(state, account_id, object_type, kind):
            if _about(old) == _about(rule):
                state.admin_rules.remove(old.number)
        rule.number = max((one.number for one in state.admin_rules), default=0) + 1
        return state.admin_rules.put(rule)


def _about(rule: AdminRule) -> tuple[str, ...]:
    return rule.property_name, rule.when_property, rule.when_value, rule.rule_type


def _property(state: SandboxState, account_id: int, wanted: Mapping[str, Any], field: str) -> str:
    name = str(wanted.get(field) or "").strip()
    definition = all_definitions(state, account_id, wanted["object"]).get(name)
    if definition is None or not is_live(definition):
        if wanted["object"] == "contacts":
            raise InvalidRule(_("Contacts have no property “%(name)s”.", name=name), field)
        raise InvalidRule(_("Companies have no property “%(name)s”.", name=name), field)
    return name


def _checked_validation(wanted: Mapping[str, Any]) -> tuple[str, list[str]]:
    rule_type, arguments = wanted.get("rule_type"), wanted.get("arguments")
    if rule_type not in RULE_TYPES:
        raise InvalidRule(_("rule_type must be one of %(types)s.", types=", ".join(RULE_TYPES)), "rule_type")
    wrong = _("arguments must be %(what)s.", what=_(RULE_TYPES[rule_type]))
    if not isinstance(arguments, list) or not all(isinstance(one, str) and one.strip() for one in arguments):
        raise InvalidRule(wrong, "arguments")
    if not arguments or (len(arguments) > 1 and not rule_type.endswith("DOMAINS")):
        raise InvalidRule(wrong, "arguments")
    try:
        if rule_type == "REGEX":
            re.compile(arguments[0])
        elif not rule_type.endswith("DOMAINS"):
            float(arguments[0])
    except (re.error, ValueError):
        raise InvalidRule(wrong, "arguments") from None
    return rule_type, [one.strip() for one in arguments]


def in_words(rule: AdminRule) -> str:
    """The rule as a sentence, with internal names."""
    values = {
        "record": _("contact") if rule.object_type == "contacts" else _("company"),
        "property": rule.property_name,
    }
    if rule.kind == REQUIRED:
        return _("A new %(record)s needs %(property)s.", **values)
    if rule.kind == CONDITIONAL:
        values |= {"other": rule.when_property, "value": rule.when_value}
        if rule.when_value:
            return _("A %(record)s needs %(property)s when %(other)s is “%(value)s”.", **values)
        return _("A %(record)s needs %(property)s when %(other)s has a value.", **values)
    demand = f"{rule.rule_type} {', '.join(rule.arguments)}"
    return _("%(property)s of a %(record)s: %(demand)s.", demand=demand, **values)
