"""The responses that faults put in place of the real ones, with HubSpot's bodies.

https://developers.hubspot.com/docs/api-reference/error-handling
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus

from hubspot_sandbox.api_errors import (
    ApiError,
    credentials_not_found,
    not_found,
    scopes_missing,
    token_expired,
)
from hubspot_sandbox.faults import Fault
from hubspot_sandbox.limits import limit_reached

#: Statuses HubSpot uses and the standard does not know.
_WORDS = {
    477: "Account Migration",
    521: "Web Server Is Down",
    522: "Connection Timed Out",
    523: "Origin Is Unreachable",
    524: "A Timeout Occurred",
    525: "SSL Handshake Failed",
    526: "Invalid SSL Certificate",
}

_MESSAGES = {
    423: "This resource is currently locked. Please try again shortly.",
    477: "This account is currently being migrated between data hosting locations.",
    500: "internal error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "The request timed out.",
}

_STANDARD = {status.value for status in HTTPStatus}


@dataclass
class RawResponse:
    """A response to send; *pieces* instead of *body* when it is sent slowly."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes
    pieces: Iterator[bytes] | None = None

    @property
    def status_line(self) -> str:
        """Such as "404 Not Found"."""
        words = _WORDS.get(self.status)
        if words is None:
            words = HTTPStatus(self.status).phrase if self.status in _STANDARD else "Unknown"
        return f"{self.status} {words}"


def replaces_work(fault: Fault) -> bool:
    """Whether the fault answers instead of the handler, so that nothing is written."""
    return fault.when == "before" and fault.action in ("status", "drop", "html", "redirect")


def apply_fault(fault: Fault, real: RawResponse) -> RawResponse:
    """The answer the client gets in place of the *real* one."""
    if fault.action == "status":
        return _error(fault)
    if fault.action == "html":
        page = f"<!DOCTYPE html><html><head><title>{fault.status}</title></head><body><h1>HubSpot</h1></body>"
        return _plain(fault.status, page.encode(), "text/html; charset=utf-8")
    if fault.action == "redirect":
        answer = _plain(fault.status, b"", "text/plain")
        answer.headers.append(("Location", fault.location))
        return answer
    if fault.action == "slow_body":
        return RawResponse(real.status, real.headers, real.body, _dripping(real.body, fault.seconds))
    if fault.action == "huge_body":
        headers = [pair for pair in real.headers if pair[0].lower() != "content-length"]
        return RawResponse(real.status, headers, b"", _padded(real.body, fault.size))
    return real


def _error(fault: Fault) -> RawResponse:
    problem = _problem(fault)
    answer = _plain(fault.status, json.dumps(problem.body).encode(), "application/json")
    answer.headers.extend(problem.headers.items())
    return answer


def _problem(fault: Fault) -> ApiError:
    headers = {"Retry-After": fault.retry_after} if fault.retry_after is not None else {}
    if fault.status == 429:
        return limit_reached(fault.policy, fault.retry_after)
    made: ApiError
    if fault.status == 401:
        expired = fault.policy == "EXPIRED"
        made = token_expired(75, "2022-06-21T10:37:52.040Z") if expired else credentials_not_found()
    elif fault.status == 403:
        made = scopes_missing(["crm.objects.contacts.write"])
    elif fault.status == 404:
        made = not_found()
    elif fault.status == 409:
        made = ApiError(409, "Contact already exists. Existing ID: 551", category="CONFLICT")
    else:
        made = ApiError(fault.status, _MESSAGES.get(fault.status, "There was a problem with the request."))
    if fault.body is not None:
        made.body = fault.body
    made.headers.update(headers)
    return made


def _plain(status: int, body: bytes, content_type: str) -> RawResponse:
    return RawResponse(status, [("Content-Type", content_type), ("Content-Length", str(len(body)))], body)


def _dripping(body: bytes, seconds: float) -> Iterator[bytes]:
    """One byte after another with a pause between: no single read ever times out."""
    for position in range(len(body)):
        yield body[position : position + 1]
        time.sleep(seconds)


def _padded(body: bytes, size: int) -> Iterator[bytes]:
    """The body, made long with spaces that JSON allows, so that only a size limit stops a reader."""
    yield body
    left, block = size - len(body), b" " * 65_536
    while left > 0:
        yield block[: min(left, len(block))]
        left -= len(block)
