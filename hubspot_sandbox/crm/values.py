"""Validation of property values; each refusal has HubSpot's code and words where they are known.

https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide
https://developers.hubspot.com/docs/api-reference/error-handling
"""

import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import idna

from hubspot_sandbox.switches import Switches

LONGEST_STRING = 65_536
_NUMBER = re.compile(r"-?([0-9]+(\.[0-9]*)?|\.[0-9]+)")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@((?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]{2,})"
)
_DAY_MS = 86_400_000
# HubSpot knows the real list of top-level domains; these are the made-up ones that guests and tests write.
_NO_TOP_LEVEL_DOMAIN = frozenset(
    {
        "con",
        "cmo",
        "ocm",
        "vom",
        "xom",
        "comm",
        "coom",
        "cpm",
        "nett",
        "ogr",
        "orgg",
        "example",
        "test",
        "invalid",
        "localhost",
        "local",
        "lan",
        "internal",
        "intranet",
        "corp",
        "home",
        "domain",
        "mail",
    }
)


@dataclass(frozen=True)
class Refusal:
    """Why one value of a record is refused."""

    name: str
    code: str
    message: str


def refusal_of(definition: dict[str, Any] | None, name: str, value: str, switches: Switches) -> Refusal | None:
    """Why *value* (a string; empty clears the property) cannot be written, or None when it can."""
    if definition is None or definition.get("archived"):
        return Refusal(name, "PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if definition.get("calculated"):
        return Refusal(name, "READ_ONLY_VALUE", f'"{name}" is a calculated property; its value cannot be set.')
    if (definition.get("modificationMetadata") or {}).get("readOnlyValue"):
        return Refusal(name, "READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
    if value == "":
        return None
    if name == "email" and not is_email(value, switches.international_emails):
        return Refusal(name, "INVALID_EMAIL", f"Email address {value} is invalid")
    return _refusal_by_type(definition, name, value, switches)


def _refusal_by_type(definition: dict[str, Any], name: str, value: str, switches: Switches) -> Refusal | None:
    kind = definition["type"]
    if kind == "string" and len(value) > LONGEST_STRING:
        words = f"{name} is too long: at most {LONGEST_STRING} characters are allowed"
        return Refusal(name, "PROPERTY_VALUE_TOO_LONG", words)
    if kind == "number" and not _NUMBER.fullmatch(value.strip()):
        if switches.number_error_code == "INVALID_LONG":
            return Refusal(name, "INVALID_LONG", f"{value} was not a valid long.")
        return Refusal(name, "INVALID_INTEGER", f"{name} was not a valid number")
    if kind == "enumeration":
        return _refused_option(definition, name, value)
    if kind == "bool" and value not in ("true", "false"):
        return Refusal(name, "INVALID_OPTION", f"{value} was not one of the allowed options: [true, false]")
    if kind == "date":
        return _refused_date(name, value)
    if kind == "datetime" and milliseconds_of(value) is None:
        return Refusal(name, "INVALID_LONG", f"{value} was not a valid long.")
    return None


def _refused_option(definition: dict[str, Any], name: str, value: str) -> Refusal | None:
    if definition.get("externalOptions"):
        return None
    allowed = [option["value"] for option in definition["options"]]
    several = definition["fieldType"] == "checkbox"
    chosen = [part for part in value.split(";") if part] if several else [value]
    for choice in chosen:
        if choice not in allowed:
            listed = ", ".join(allowed)
            return Refusal(name, "INVALID_OPTION", f"{choice} was not one of the allowed options: [{listed}]")
    return None


def _refused_date(name: str, value: str) -> Refusal | None:
    moment = milliseconds_of(value)
    if moment is None:
        return Refusal(name, "INVALID_LONG", f"{value} was not a valid long.")
    if moment % _DAY_MS:
        return Refusal(name, "INVALID_DATE", f"{value} is not midnight UTC")
    return None


def milliseconds_of(value: str) -> int | None:
    """Milliseconds since 1970 of a date, an ISO 8601 moment or a number of milliseconds; None if it is none."""
    text = value.strip()
    if re.fullmatch(r"-?[0-9]{5,16}", text):
        return int(text)
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return (date.fromisoformat(text).toordinal() - date(1970, 1, 1).toordinal()) * _DAY_MS
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return round(moment.timestamp() * 1000) if moment.tzinfo is not None else None


def is_email(value: str, international: str) -> bool:
    """Whether HubSpot takes the address: plausible form and no made-up top-level domain.

    *international* is the form in which it takes domains in other letters (`Switches.international_emails`).
    """
    local, _at, domain = value.strip().rpartition("@")
    own_letters = not domain.isascii()
    if own_letters or "xn--" in domain.lower():
        if international not in ("both", "own_letters" if own_letters else "a_labels"):
            return False
        try:
            domain = idna.encode(domain, uts46=True).decode("ascii")
        except idna.IDNAError:
            return False
    found = _EMAIL.fullmatch(f"{local}@{domain}")
    if found is None or ".." in value or value.startswith("."):
        return False
    top = found[1].rpartition(".")[2].lower()
    if top in _NO_TOP_LEVEL_DOMAIN:
        return False
    return top.isalpha() or top.startswith("xn--")
