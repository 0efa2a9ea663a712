"""What a 400 means: values, properties that the account requires, rights, a record that is gone, or anything.

A 400 changes nothing: one bad value refuses the whole record.
https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from __future__ import annotations

import json
import re
from typing import Any

from hubsync.errors import (
    HubSpotError,
    PermissionMissing,
    RecordGone,
    RecordRefused,
    RequiredPropertyMissing,
    ValuesRefused,
)
from hubsync.hubspot.bodies import Json, listed, word, words
from hubsync.hubspot.calls import Call

#: https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement
REQUIRED_CODES = frozenset({"MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY"})

_RIGHT_MISSING = re.compile(r"Missing '([A-Za-z ]{1,60})' permission")


def understand_refusal(call: Call, body: Json, named: str, facts: dict[str, Any]) -> HubSpotError:
    """Return the error that a 400 with *body* stands for; *named* begins its message, *facts* go with it.

    A missing required property comes before refused values, because leaving rows out cannot mend it. Where the
    body names no property, nothing is guessed: RecordRefused.
    """
    message = str(body.get("message"))
    faults = _faults(body, message)
    required = {name: None for code, names in faults if code in REQUIRED_CODES for name in names}
    if any(code in REQUIRED_CODES for code, _ in faults) or word(body.get("category")) in REQUIRED_CODES:
        tail = f": {', '.join(required)}" if required else ""
        words_ = f"{named}: the account requires more properties{tail}."
        return RequiredPropertyMissing(words_, required=tuple(required), **facts)
    if refused := {name: code for code, names in faults for name in names}:
        pairs = ", ".join(f"{name} ({code})" for name, code in refused.items())
        return ValuesRefused(f"{named}: it does not take the values of {pairs}.", refused=refused, **facts)
    if right := _RIGHT_MISSING.search(message):
        return PermissionMissing(f"{named}: the right to {right.group(1)} is missing.", **facts)
    if call.names and _speaks_of(body, call.names):
        return RecordGone(f"{named}: the record {call.names} that was referred to does not exist.", **facts)
    return RecordRefused(f"{named}: the request was refused.", **facts)


def _speaks_of(body: Json, record_id: str) -> bool:
    """Say whether the body mentions the record; how HubSpot words this is not documented, so any place counts."""
    whole = re.compile(rf"(?<![\d-]){re.escape(record_id)}(?!\d)")
    for each in [body, *listed(body, "errors")]:
        context = each.get("context")
        values = context.values() if isinstance(context, dict) else ()
        if whole.search(str(each.get("message"))) or any(record_id in words(value) for value in values):
            return True
    return False


def _faults(body: Json, message: str) -> list[tuple[str, tuple[str, ...]]]:
    """Return (code, names of properties) for every fault the body tells, in either of its forms."""
    found = []
    for each in listed(body, "errors"):
        context = each.get("context")
        names = words(context.get("propertyName")) if isinstance(context, dict) else ()
        found.append((word(each.get("code")) or "INVALID", names))
    if not any(names for _, names in found):
        found += _inside(message)
    return found


def _inside(message: str) -> list[tuple[str, tuple[str, ...]]]:
    """Read the JSON list that older services write into the message: ``…were not valid: [{…}]``."""
    start = message.find("[{")
    if start < 0:
        return []
    try:
        inside, _ = json.JSONDecoder().raw_decode(message, start)
    except (ValueError, RecursionError):
        return []
    faults = [each for each in inside if isinstance(each, dict)]
    return [(word(each.get("error")) or "INVALID", words(each.get("name"))) for each in faults]
