"""Search filters: their validation, and whether a record passes one.

Values compare without regard to case, except those of enumerations and the values of IN and NOT_IN, which
must be given in lower case for strings.
https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""

import re
from collections.abc import Callable
from typing import Any

from hubspot_sandbox.api_errors import ApiError
from hubspot_sandbox.crm.definitions import Definition
from hubspot_sandbox.crm.values import milliseconds_of
from hubspot_sandbox.switches import Switches

WITHOUT_VALUE = ("HAS_PROPERTY", "NOT_HAS_PROPERTY")
WITH_VALUES = ("IN", "NOT_IN")
WITH_VALUE = ("LT", "LTE", "GT", "GTE", "EQ", "NEQ", "BETWEEN", "CONTAINS_TOKEN", "NOT_CONTAINS_TOKEN")

Values = dict[str, str]


def check_filter(wanted: Any, known: dict[str, Definition]) -> None:
    """Raise ApiError 400 when a filter is not one HubSpot understands."""
    if not isinstance(wanted, dict):
        raise search_refused("a filter must be an object")
    name, operator = wanted.get("propertyName"), wanted.get("operator")
    if operator not in WITHOUT_VALUE + WITH_VALUES + WITH_VALUE:
        raise search_refused(f"{operator} is not a search operator")
    if not isinstance(name, str) or name not in known or known[name].get("archived"):
        raise search_refused(f"Property {name} does not exist")
    given = {field for field in ("value", "values", "highValue") if wanted.get(field) is not None}
    if operator in WITHOUT_VALUE and given:
        raise search_refused(f"{operator} takes no value")
    if operator in WITH_VALUES and not isinstance(wanted.get("values"), list):
        raise search_refused(f"{operator} needs a list of values")
    if operator in WITH_VALUE and "value" not in given:
        raise search_refused(f"{operator} needs a value")
    if operator == "BETWEEN" and "highValue" not in given:
        raise search_refused("BETWEEN needs a highValue")
    _check_quotation_marks(name, wanted)


def _check_quotation_marks(name: str, wanted: dict[str, Any]) -> None:
    """https://github.com/HubSpot/hubspot-api-nodejs/issues/555"""
    values = [wanted.get("value"), wanted.get("highValue"), *(wanted.get("values") or [])]
    if any(str(value).count('"') % 2 for value in values if value is not None):
        raise search_refused(f"the value for {name} has an odd number of quotation marks")


def search_refused(reason: str) -> ApiError:
    """The 400 for a search that cannot be run."""
    return ApiError(
        400,
        f"There was a problem with the request: {reason}",
        category="VALIDATION_ERROR",
        errors=[{"message": reason}],
    )


def passes(values: Values, wanted: dict[str, Any], known: dict[str, Definition], switches: Switches) -> bool:
    """Whether a record with *values* passes one checked filter."""
    name, operator = wanted["propertyName"], wanted["operator"]
    definition, have = known[name], values.get(name)
    if operator in WITHOUT_VALUE:
        return (have is not None) is (operator == "HAS_PROPERTY")
    if operator in ("NEQ", "NOT_IN", "NOT_CONTAINS_TOKEN"):
        positive = {"NEQ": "EQ", "NOT_IN": "IN", "NOT_CONTAINS_TOKEN": "CONTAINS_TOKEN"}[operator]
        return not passes(values, {**wanted, "operator": positive}, known, switches)
    return any(
        _one_passes(text, operator, wanted, definition) for text in _seen_values(values, name, operator, switches)
    )


def _seen_values(values: Values, name: str, operator: str, switches: Switches) -> list[str]:
    """The values a filter on *name* looks at; EQ may see the additional e-mails and domains (a switch)."""
    have = [values[name]] if name in values else []
    additional = {
        "email": ("hs_additional_emails", switches.search_sees_additional_emails),
        "domain": ("hs_additional_domains", switches.search_sees_additional_domains),
    }
    if name in additional and operator in ("EQ", "IN"):
        further, seen = additional[name]
        if seen:
            have += [part.strip() for part in values.get(further, "").split(";") if part.strip()]
    return have


def _one_passes(have: str, operator: str, wanted: dict[str, Any], definition: Definition) -> bool:
    if operator == "IN":
        return _is_in(have, [str(value) for value in wanted["values"]], definition)
    value = str(wanted["value"])
    if operator == "CONTAINS_TOKEN":
        return _contains_token(have, value)
    if operator == "EQ":
        return bool(_comparable(have, definition) == _comparable(value, definition))
    left, right = _comparable(have, definition), _comparable(value, definition)
    if type(left) is not type(right):
        return False
    if operator == "BETWEEN":
        high = _comparable(str(wanted["highValue"]), definition)
        return type(high) is type(left) and bool(right <= left <= high)
    compare: dict[str, Callable[[Any, Any], bool]] = {
        "LT": lambda a, b: a < b,
        "LTE": lambda a, b: a <= b,
        "GT": lambda a, b: a > b,
        "GTE": lambda a, b: a >= b,
    }
    return compare[operator](left, right)


def _is_in(have: str, values: list[str], definition: Definition) -> bool:
    if definition["type"] == "string":
        return have.lower() in values
    if definition["type"] == "enumeration":
        return any(choice in values for choice in have.split(";"))
    return _comparable(have, definition) in [_comparable(value, definition) for value in values]


def _comparable(text: str, definition: Definition) -> Any:
    kind = definition["type"]
    if kind == "number":
        try:
            return float(text)
        except ValueError:
            return text
    if kind in ("date", "datetime"):
        moment = milliseconds_of(text)
        return text if moment is None else moment
    return text if kind == "enumeration" else text.strip().lower()


def sort_key(value: str, definition: Definition) -> tuple[float, str]:
    """A key by which values of one property sort: numbers and moments by size, the rest as text."""
    comparable = _comparable(value, definition)
    if isinstance(comparable, (int, float)):
        return comparable, ""
    return (float("-inf"), comparable.lower())


def _contains_token(have: str, wanted: str) -> bool:
    pattern = re.escape(wanted.strip().lower()).replace(r"\*", r"\S*")
    return re.search(rf"(?<!\w){pattern}(?!\w)", have.lower()) is not None
