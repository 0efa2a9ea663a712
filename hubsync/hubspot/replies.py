"""Interpretation of responses: the JSON, or the right error.

The status decides first, then the body: HubSpot names what it refuses in ``errors``, older services in JSON
inside ``message``. https://developers.hubspot.com/docs/api-reference/error-handling
HubSpot's own messages repeat guests' values, so none of their words goes into ours: only statuses, categories,
names of properties and scopes, and the correlation id, each checked to look like one. HubSpot's sentences go along
as `errors.HubSpotMessage`, for the page of the delivery alone.
"""

from __future__ import annotations

import re
from typing import Any

from hubsync.errors import (
    AccessExpired,
    AnswerLost,
    DetailCode,
    HubSpotBusy,
    HubSpotError,
    HubSpotMessage,
    RateLimited,
    RecordGone,
    RecordRefused,
    tell,
)
from hubsync.hubspot.bodies import Json, read_object, word
from hubsync.hubspot.calls import Answer, Call
from hubsync.hubspot.complaints import said_in
from hubsync.hubspot.meanings import known_refusal
from hubsync.hubspot.refusals import understand_conflict, understand_permission, understand_refusal

#: "seek help from HubSpot's support", https://developers.hubspot.com/docs/api-reference/error-handling
SUPPORT_HAS_TO_ACT = frozenset({522, 525, 526})
#: The request was not dealt with, and sending it again later may help.
NOT_NOW = frozenset({408, 421, 423, 425, 477})
#: "wait at least 2 seconds", same page
LOCKED_SECONDS = 2.0
BURST_SECONDS = 10.0
SEARCH_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 86_400.0


def understand(call: Call, answer: Answer) -> Json:
    """Return the JSON object of a success, ``{}`` for a 204, or raise what the answer means.

    Raises AnswerLost for a write whose success cannot be read and for one answered with 5xx, HubSpotBusy for
    what passes, and the errors of `hubsync.errors` that fit the other refusals.
    """
    body = read_object(answer.body)
    if 200 <= answer.status < 300:
        if answer.status == 204:
            return {}
        if body is None:
            raise unreadable(call, answer)
        return body
    fault = _refusal(call, answer, body or {})
    fault.said = HubSpotMessage(said_in(body or {}))
    raise fault


def unreadable(call: Call, answer: Answer) -> HubSpotError:
    """Return the error for a success without the content that was promised."""
    detail = tell(DetailCode.UNDOCUMENTED, answer=answer.status)
    if call.writes:
        return AnswerLost(detail, status=answer.status)
    return HubSpotBusy(detail, status=answer.status)


def passing(call: Call, answer: Answer, about: dict[str, Any]) -> HubSpotError | None:
    """Return the error for an answer that says nothing about the request itself, None for any other.

    A redirect counts as passing, and so does an HTML page with a 4xx: both come from something between HubSpot
    and us (a proxy, a sign-in page of the network, a wrong address in the settings), not from the API.
    """
    status = answer.status
    if status == 429:
        return _too_many(call, answer, about)
    if status in NOT_NOW:
        least = LOCKED_SECONDS if status == 423 else None
        wait = _asked_wait(answer) or least
        return HubSpotBusy(tell(DetailCode.NOT_NOW, answer=status), retry_after=wait, **about)
    if status < 200 or 300 <= status < 400:
        return HubSpotBusy(tell(DetailCode.SENT_ELSEWHERE, answer=status), **about)
    if status >= 500:
        code = DetailCode.SUPPORT_HAS_TO_ACT if status in SUPPORT_HAS_TO_ACT else DetailCode.FAULT
        kind = AnswerLost if call.writes else HubSpotBusy
        return kind(tell(code, answer=status), retry_after=_asked_wait(answer), **about)
    if _is_page(answer):
        return HubSpotBusy(tell(DetailCode.WEB_PAGE, answer=status), **about)
    return None


def about(answer: Answer, body: Json) -> dict[str, Any]:
    """Return status, category and correlation id, as every error carries them."""
    return {
        "status": answer.status,
        "category": word(body.get("category")) or word(body.get("errorType")),
        "correlation_id": word(body.get("correlationId")) or word(answer.headers.get("x-hubspot-correlation-id")),
    }


def _refusal(call: Call, answer: Answer, body: Json) -> HubSpotError:
    facts = about(answer, body)
    status, category = answer.status, facts["category"]
    answered = f"{status} ({category})" if category else str(status)
    from_the_api = 400 <= status < 500 and status != 429 and not _is_page(answer)
    if from_the_api and (known := known_refusal(call, status, body, answered, facts)) is not None:
        return known
    if (fault := passing(call, answer, facts)) is not None:
        return fault
    if status == 401:
        return AccessExpired(tell(DetailCode.TOKEN_NOT_ACCEPTED, answer=answered), **facts)
    if status == 403:
        return understand_permission(call, body, answered, facts)
    if status == 404:
        return RecordGone(tell(DetailCode.RECORD_GONE, answer=answered), **facts)
    if status == 409:
        return understand_conflict(call, body, answered, facts)
    if status in (400, 422):
        return understand_refusal(call, body, answered, facts)
    return RecordRefused(tell(DetailCode.REFUSED, answer=answered), **facts)


def _too_many(call: Call, answer: Answer, facts: dict[str, Any]) -> RateLimited:
    """https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines

    ``Retry-After`` is not documented on a 429, so without it: ten seconds for the ten-second limit, one for
    search's; nothing for the daily one, which ends at midnight where the account is.
    """
    body = read_object(answer.body) or {}
    message = str(body.get("message")).lower()
    policy = word(body.get("policyName"))
    if policy is None:
        search = "secondly limit" in message or call.path.endswith("/search")
        policy = "DAILY" if "daily limit" in message else "SECONDLY" if search else "TEN_SECONDLY_ROLLING"
    wait = _asked_wait(answer)
    if wait is None and not policy.startswith("DAILY"):
        wait = SEARCH_SECONDS if policy.startswith("SECONDLY") else BURST_SECONDS
    return RateLimited(
        tell(DetailCode.LIMIT_REACHED, answer=429, limit=policy), policy=policy, retry_after=wait, **facts
    )


def _asked_wait(answer: Answer) -> float | None:
    """Return the seconds of ``Retry-After``, at most a day; None without, and for the form with a date."""
    asked = answer.headers.get("retry-after", "").strip()
    if not re.fullmatch(r"\d{1,9}(\.\d{1,3})?", asked, re.ASCII):
        return None
    return min(float(asked), LONGEST_WAIT_SECONDS)


def _is_page(answer: Answer) -> bool:
    return "html" in answer.headers.get("content-type", "").lower() or answer.body.lstrip()[:1] == b"<"
