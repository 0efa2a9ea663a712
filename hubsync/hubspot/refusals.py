"""Interpretation of refusals: values, required properties, rights, a record that is gone or exists already.

A 400 changes nothing: one bad value refuses the whole record.
https://developers.hubspot.com/docs/api-reference/latest/crm/using-object-apis
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from hubsync.errors import (
    ContactExists,
    DetailCode,
    HubSpotError,
    PermissionMissing,
    RecordConflict,
    RecordGone,
    RecordRefused,
    RequiredPropertyMissing,
    ValuesRefused,
    tell,
)
from hubsync.hubspot.bodies import Json, listed, record_id, text, words
from hubsync.hubspot.calls import Call
from hubsync.hubspot.complaints import Complaint, codes_of, read_complaints
from hubsync.hubspot.meanings import IDENTITY, NO_PERMISSION, refused_for_good, sent_properties

#: https://developers.hubspot.com/changelog/crm-api-write-validation-enforcement
REQUIRED_CODES = frozenset({"MISSING_REQUIRED_PROPERTY", "MISSING_CONDITIONAL_REQUIRED_PROPERTY"})

_RIGHT_MISSING = re.compile(r"Missing '([A-Za-z ]{1,60})' permission")
#: ``Contact already exists. Existing ID: 551`` since 2021, https://github.com/HubSpot/hubspot-api-php/issues/59
_EXISTING_ID = re.compile(
    r"""\bexisting\s+(?:contact\s+|object\s+|record\s+)?v?id\b[\s:=#"'(]{0,4}([0-9]{1,20})(?![0-9])""",
    re.IGNORECASE,
)
_ID_KEYS = ("existingId", "existingObjectId", "existingContactId", "existingRecordId", "vid")


def understand_refusal(call: Call, body: Json, answered: str, facts: dict[str, Any]) -> HubSpotError:
    """Return the error that a 400 with *body* stands for; *answered* is the status as people
    read it, *facts* go with it.

    A missing required property comes before refused values, because leaving rows out cannot mend it. Where the
    body names no property, nothing is guessed: RecordRefused.
    """
    complaints = read_complaints(body)
    required = [name for each in complaints if each.code in REQUIRED_CODES for name in each.names]
    if required or REQUIRED_CODES & {*codes_of(body)}:
        names = ", ".join(dict.fromkeys(required))
        code = DetailCode.REQUIRES_NAMED if names else DetailCode.REQUIRES_MORE
        detail = tell(code, answer=answered, properties=names)
        return RequiredPropertyMissing(detail, required=tuple(dict.fromkeys(required)), **facts)
    if refused := _refused(call, complaints):
        return _values_refused(answered, refused, facts)
    if right := _RIGHT_MISSING.search(text(body.get("message")) or ""):
        return PermissionMissing(tell(DetailCode.RIGHT_MISSING, answer=answered, right=right.group(1)), **facts)
    if call.names and _speaks_of(body, call.names):
        return RecordGone(tell(DetailCode.REFERRED_GONE, answer=answered, record=call.names), **facts)
    return RecordRefused(tell(DetailCode.REFUSED, answer=answered), **facts)


def understand_permission(call: Call, body: Json, answered: str, facts: dict[str, Any]) -> HubSpotError:
    """Return the error that a 403 stands for: properties that may not be written, or a scope that is missing."""
    scopes = _scopes(body)
    refused = _refused(call, read_complaints(body)) if call.writes and not scopes else {}
    if refused := {name: code for name, code in refused.items() if name in sent_properties(call)}:
        return _values_refused(answered, {name: _closed(code) for name, code in refused.items()}, facts)
    code = DetailCode.PERMISSIONS_NAMED if scopes else DetailCode.PERMISSION_MISSING
    return PermissionMissing(tell(code, answer=answered, scopes=", ".join(scopes)), scopes=scopes, **facts)


def understand_conflict(call: Call, body: Json, answered: str, facts: dict[str, Any]) -> HubSpotError:
    """Return the error that a 409 with *body* stands for.

    One that names properties other than the e-mail address refuses their values, which another record has. On the
    create of a contact it says else that the contact exists, with its id where the body tells one. Any other
    conflict is with something that happens at the same time, and passes.
    """
    sent = sent_properties(call)
    refused = _refused(call, read_complaints(body))
    others = {name: refused[name] for name in refused if name != IDENTITY and (not sent or name in sent)}
    if others:
        return _values_refused(answered, others, facts)
    if call.writes and call.path.rstrip("/").endswith("/contacts"):
        detail = tell(DetailCode.CONTACT_EXISTS, answer=answered)
        return ContactExists(detail, contact_id=_existing_id(body), **facts)
    return RecordConflict(tell(DetailCode.CONFLICT, answer=answered), **facts)


def _scopes(body: Json) -> tuple[str, ...]:
    contexts = [body.get("context"), *(each.get("context") for each in listed(body, "errors"))]
    scopes: list[str] = []
    for context in contexts:
        if isinstance(context, dict):
            scopes += words(context.get("requiredGranularScopes"))
    return tuple(dict.fromkeys(scopes))


def _closed(code: str) -> str:
    """A 403 about a property refuses it for want of a permission, whatever its code is."""
    return code if refused_for_good(code) else NO_PERMISSION


def _values_refused(answered: str, refused: dict[str, str], facts: dict[str, Any]) -> ValuesRefused:
    pairs = ", ".join(f"{name} ({code})" for name, code in refused.items())
    for_good = [name for name, code in refused.items() if refused_for_good(code)]
    detail = tell(DetailCode.VALUES_NOT_TAKEN, answer=answered, properties=pairs)
    return ValuesRefused(detail, refused=refused, for_good=for_good, **facts)


def _refused(call: Call, complaints: Iterable[Complaint]) -> dict[str, str]:
    """The properties that are complained of, with the code; the place of a fault counts if it is one we sent."""
    sent = sent_properties(call)
    refused: dict[str, str] = {}
    for each in complaints:
        for name in (*each.names, *([each.place] if each.place in sent else [])):
            refused.setdefault(name, each.code)
    return refused


def _existing_id(body: Json) -> str | None:
    """The id of the contact that a 409 names, in whichever of HubSpot's forms; None where it names none.

    https://github.com/PipedreamHQ/pipedream/issues/11236 has the one with ``identityProfile``.
    """
    profile = body.get("identityProfile")
    holders = [body, *listed(body, "errors"), *([profile] if isinstance(profile, dict) else [])]
    holders += [context for each in holders if isinstance(context := each.get("context"), dict)]
    for each in holders:
        for value in (each.get(key) for key in _ID_KEYS):
            found = _positive(value[0] if isinstance(value, list) and value else value)
            if found:
                return found
        ids = _EXISTING_ID.findall(text(each.get("message")) or "")
        if ids and (found := _positive(ids[-1])):
            return found
    return None


def _positive(value: object) -> str | None:
    number = record_id(value)
    return number if number is not None and int(number) > 0 else None


def _speaks_of(body: Json, called: str) -> bool:
    """Say whether the body mentions the record; how HubSpot words this is not documented, so any place counts."""
    whole = re.compile(rf"(?<![\d-]){re.escape(called)}(?!\d)")
    for each in [body, *listed(body, "errors")]:
        context = each.get("context")
        values = context.values() if isinstance(context, dict) else ()
        if whole.search(str(each.get("message"))) or any(called in words(value) for value in values):
            return True
    return False
