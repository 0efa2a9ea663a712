"""Texts about faults: the presets a person can choose, and a sentence for a fault in force."""

from typing import Any

from hubspot_sandbox.faults import Fault

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
    ("down", "HubSpot is down", "Every call answers 503", {"action": "status", "status": 503}),
    ("broken", "HubSpot has an internal error", "Every call answers 500", {"action": "status", "status": 500}),
    (
        "late",
        "Answers after 10 seconds",
        "The work is done, but late",
        {"action": "delay", "delay": 10.0},
    ),
    (
        "refused",
        "Connection dropped before the work",
        "Nothing is written, nothing is answered",
        {"action": "drop", "when": "before"},
    ),
    (
        "lost",
        "Connection dropped after the write",
        "The record exists, but its answer never arrives",
        {"action": "drop", "when": "after", "method": "POST", "path": "/crm/", "except_path": "/search"},
    ),
    (
        "burst",
        "Rate limit (ten seconds)",
        "429 with the policy TEN_SECONDLY_ROLLING",
        {"action": "status", "status": 429, "policy": "TEN_SECONDLY_ROLLING"},
    ),
    (
        "search",
        "Rate limit of the search",
        "429 for searches only",
        {"action": "status", "status": 429, "policy": "SECONDLY", "path": "/search"},
    ),
    (
        "daily",
        "Daily limit used up",
        "429 with the policy DAILY",
        {"action": "status", "status": 429, "policy": "DAILY"},
    ),
    (
        "revoked",
        "Access revoked",
        "The app's tokens end at the next call; connecting again helps",
        {"action": "revoke_tokens"},
    ),
    ("uninstalled", "App uninstalled", "The app leaves the account at the next call", {"action": "uninstall"}),
    (
        "expired",
        "Access token expired early",
        "401, as if the 30 minutes were over",
        {"action": "status", "status": 401, "policy": "EXPIRED", "path": "/crm/"},
    ),
    (
        "forbidden",
        "A permission is missing",
        "403",
        {"action": "status", "status": 403, "path": "/crm/"},
    ),
    (
        "conflict",
        "A conflict without a contact",
        "409 for a new contact, with no id in its answer",
        {
            "action": "status",
            "status": 409,
            "method": "POST",
            "path": "/contacts",
            "body": {"status": "error", "message": "Contact already exists.", "category": "CONFLICT"},
        },
    ),
    ("full", "The account is full", "402 for every new record", {**_CREATES, "status": 402, "body": FULL}),
    (
        "contacts_full",
        "The account takes no more contacts",
        "403 LIMIT_EXCEEDED for every new contact",
        {**_CREATES, "status": 403, "path": "/contacts", "body": FULL},
    ),
    (
        "suspended",
        "The account is suspended",
        "403 for every call",
        {"action": "status", "status": 403, "body": SUSPENDED},
    ),
    (
        "erased",
        "This person was erased",
        "400 GDPR_BLACKLISTED_EMAIL for a new contact",
        {**_CREATES, "status": 400, "path": "/contacts", "body": ERASED},
    ),
    ("html", "HTML instead of JSON", "200 with a web page", {"action": "html", "status": 200}),
    ("slow", "A body that drips", "One byte every half second", {"action": "slow_body", "seconds": 0.5}),
    ("huge", "A body that never seems to end", "20 MB instead of a record", {"action": "huge_body"}),
    ("locked", "Record locked", "423", {"action": "status", "status": 423, "path": "/crm/"}),
    (
        "moving",
        "Account is moving",
        "477 with Retry-After one hour",
        {"action": "status", "status": 477, "retry_after": "3600"},
    ),
    (
        "token",
        "Token calls fail",
        "503 for OAuth only",
        {"action": "status", "status": 503, "path": "/oauth/"},
    ),
)

ACTION_WORDS = {
    "status": "Answer with a status",
    "delay": "Answer late",
    "drop": "Drop the connection",
    "html": "Answer with a web page",
    "slow_body": "Let the body drip",
    "huge_body": "Send a huge body",
    "redirect": "Redirect elsewhere",
    "revoke_tokens": "Revoke the app's tokens",
    "uninstall": "Uninstall the app",
}


def said(fault: Fault) -> str:
    """What a fault does, in a phrase."""
    does = {
        "status": f"answers {fault.status}" + (f" ({fault.policy})" if fault.status == 429 else ""),
        "delay": "answers when it is told to" if fault.hold else f"answers after {fault.delay:g} s",
        "drop": f"drops the connection {fault.when} the work",
        "html": f"answers {fault.status} with a web page",
        "slow_body": f"sends one byte every {fault.seconds:g} s",
        "huge_body": f"sends {fault.size:,} bytes",
        "redirect": f"redirects to {fault.location or 'nowhere'}",
        "revoke_tokens": "revokes the app's tokens",
        "uninstall": "uninstalls the app",
    }[fault.action]
    late = f", after {fault.delay:g} s" if fault.delay and fault.action != "delay" else ""
    return does[0].upper() + does[1:] + late


def struck(fault: Fault) -> str:
    """Which calls a fault applies to, in a phrase."""
    which = f"{fault.method or 'any'} calls"
    if fault.path:
        which += f" with {fault.path} in the path"
    if fault.except_path:
        which += f" and without {fault.except_path}"
    return which if fault.skip == 0 else f"{which}, after {fault.skip} more"


def times_left(fault: Fault) -> str:
    """How long a fault stays."""
    if fault.times is None:
        return "until removed"
    left = fault.times - fault.used
    return "once more" if left == 1 else f"{left} times more"
