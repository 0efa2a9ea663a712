"""Texts about faults: the presets a person can choose, and a sentence for a fault in force."""

from typing import Any

from flask_babel import format_decimal, ngettext
from flask_babel import gettext as _

from hubspot_sandbox.faults import Fault
from hubspot_sandbox.marks import N_

#: What HubSpot answers here is not documented; hubspot_sandbox/README.md says where the codes come from.
FULL = {
    "status": "error",
    "message": "You have reached the limit of contacts for this account.",
    "category": "LIMIT_EXCEEDED",
}
SUSPENDED = {"status": "error", "message": "This account has been suspended.", "category": "ACCOUNT_SUSPENDED"}
ERASED = {
    "status": "error",
    "message": "Property values were not valid",
    "category": "VALIDATION_ERROR",
    "errors": [
        {
            "message": "This email address has been GDPR blacklisted",
            "code": "GDPR_BLACKLISTED_EMAIL",
            "context": {"propertyName": ["email"]},
        }
    ],
}
_CREATES = {"action": "status", "method": "POST", "path": "/crm/objects/", "except_path": "/search"}

#: (key, what goes wrong, what it shows, the fault), in the order of the page.
PRESETS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("down", N_("HubSpot is down"), N_("Every call answers 503"), {"action": "status", "status": 503}),
    (
        "broken",
        N_("HubSpot has an internal error"),
        N_("Every call answers 500"),
        {"action": "status", "status": 500},
    ),
    (
        "late",
        N_("Answers after 10 seconds"),
        N_("The work is done, but late"),
        {"action": "delay", "delay": 10.0},
    ),
    (
        "refused",
        N_("Connection dropped before the work"),
        N_("Nothing is written, nothing is answered"),
        {"action": "drop", "when": "before"},
    ),
    (
        "lost",
        N_("Connection dropped after the write"),
        N_("The record exists, but its answer never arrives"),
        {"action": "drop", "when": "after", "method": "POST", "path": "/crm/", "except_path": "/search"},
    ),
    (
        "burst",
        N_("Rate limit (ten seconds)"),
        N_("429 with the policy TEN_SECONDLY_ROLLING"),
        {"action": "status", "status": 429, "policy": "TEN_SECONDLY_ROLLING"},
    ),
    (
        "search",
        N_("Rate limit of the search"),
        N_("429 for searches only"),
        {"action": "status", "status": 429, "policy": "SECONDLY", "path": "/search"},
    ),
    (
        "daily",
        N_("Daily limit used up"),
        N_("429 with the policy DAILY"),
        {"action": "status", "status": 429, "policy": "DAILY"},
    ),
    (
        "revoked",
        N_("Access revoked"),
        N_("The app's tokens end at the next call; connecting again helps"),
        {"action": "revoke_tokens"},
    ),
    (
        "uninstalled",
        N_("App uninstalled"),
        N_("The app leaves the account at the next call"),
        {"action": "uninstall"},
    ),
    (
        "expired",
        N_("Access token expired early"),
        N_("401, as if the 30 minutes were over"),
        {"action": "status", "status": 401, "policy": "EXPIRED", "path": "/crm/"},
    ),
    (
        "forbidden",
        N_("A permission is missing"),
        N_("403"),
        {"action": "status", "status": 403, "path": "/crm/"},
    ),
    (
        "conflict",
        N_("A conflict without a contact"),
        N_("409 for a new contact, with no id in its answer"),
        {
            "action": "status",
            "status": 409,
            "method": "POST",
            "path": "/contacts",
            "body": {"status": "error", "message": "Contact already exists.", "category": "CONFLICT"},
        },
    ),
    ("full", N_("The account is full"), N_("402 for every new record"), {**_CREATES, "status": 402, "body": FULL}),
    (
        "contacts_full",
        N_("The account takes no more contacts"),
        N_("403 LIMIT_EXCEEDED for every new contact"),
        {**_CREATES, "status": 403, "path": "/contacts", "body": FULL},
    ),
    (
        "suspended",
        N_("The account is suspended"),
        N_("403 for every call"),
        {"action": "status", "status": 403, "body": SUSPENDED},
    ),
    (
        "erased",
        N_("This person was erased"),
        N_("400 GDPR_BLACKLISTED_EMAIL for a new contact"),
        {**_CREATES, "status": 400, "path": "/contacts", "body": ERASED},
    ),
    ("html", N_("HTML instead of JSON"), N_("200 with a web page"), {"action": "html", "status": 200}),
    ("slow", N_("A body that drips"), N_("One byte every half second"), {"action": "slow_body", "seconds": 0.5}),
    ("huge", N_("A body that never seems to end"), N_("20 MB instead of a record"), {"action": "huge_body"}),
    ("locked", N_("Record locked"), N_("423"), {"action": "status", "status": 423, "path": "/crm/"}),
    (
        "moving",
        N_("Account is moving"),
        N_("477 with Retry-After one hour"),
        {"action": "status", "status": 477, "retry_after": "3600"},
    ),
    (
        "token",
        N_("Token calls fail"),
        N_("503 for OAuth only"),
        {"action": "status", "status": 503, "path": "/oauth/"},
    ),
)

ACTION_WORDS = {
    "status": N_("Answer with a status"),
    "delay": N_("Answer late"),
    "drop": N_("Drop the connection"),
    "html": N_("Answer with a web page"),
    "slow_body": N_("Let the body drip"),
    "huge_body": N_("Send a huge body"),
    "redirect": N_("Redirect elsewhere"),
    "revoke_tokens": N_("Revoke the app's tokens"),
    "uninstall": N_("Uninstall the app"),
}


def said(fault: Fault) -> str:
    """What a fault does, in a phrase."""
    does = _what_it_does(fault)
    if fault.delay and fault.action != "delay":
        return _("%(does)s, after %(seconds)s s", does=does, seconds=_number(fault.delay))
    return does


def _what_it_does(fault: Fault) -> str:
    match fault.action:
        case "status" if fault.status == 429:
            return _("Answers %(status)s (%(policy)s)", status=fault.status, policy=fault.policy)
        case "status":
            return _("Answers %(status)s", status=fault.status)
        case "delay" if fault.hold:
            return _("Answers when it is told to")
        case "delay":
            return _("Answers after %(seconds)s s", seconds=_number(fault.delay))
        case "drop" if fault.when == "before":
            return _("Drops the connection before the work")
        case "drop":
            return _("Drops the connection after the work")
        case "html":
            return _("Answers %(status)s with a web page", status=fault.status)
        case "slow_body":
            return _("Sends one byte every %(seconds)s s", seconds=_number(fault.seconds))
        case "huge_body":
            return _("Sends %(size)s bytes", size=format_decimal(fault.size))
        case "redirect":
            return _("Redirects to %(address)s", address=fault.location or _("nowhere"))
        case "revoke_tokens":
            return _("Revokes the app's tokens")
        case "edit":
            return _("Has somebody change the record %(record)s by hand", record=fault.record)
    return _("Uninstalls the app")


def _number(value: float) -> str:
    return format_decimal(value, format="0.###")


def struck(fault: Fault) -> str:
    """Which calls a fault applies to, in a phrase."""
    calls = _("%(method)s calls", method=fault.method) if fault.method else _("any calls")
    parts = {"path": fault.path, "other": fault.except_path}
    if fault.path and fault.except_path:
        calls = _("%(calls)s with %(path)s in the path and without %(other)s", calls=calls, **parts)
    elif fault.path:
        calls = _("%(calls)s with %(path)s in the path", calls=calls, path=fault.path)
    elif fault.except_path:
        calls = _("%(calls)s without %(other)s in the path", calls=calls, other=fault.except_path)
    return _("%(calls)s, after %(number)s more", calls=calls, number=fault.skip) if fault.skip else calls


def times_left(fault: Fault) -> str:
    """How long a fault stays."""
    if fault.times is None:
        return _("until removed")
    return ngettext("once more", "%(num)s times more", fault.times - fault.used)
