"""Answers of the API: errors and lists in Calendly's form, and the headers that tell of its limits."""

import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from flask import Response, jsonify, make_response, request

from scheduler_sandbox.calendly.account import Account, Switches
from scheduler_sandbox.calendly.records import API

TITLES = {
    400: "Invalid Argument",
    401: "Unauthenticated",
    403: "Permission Denied",
    404: "Resource Not Found",
    409: "Already Exists",
    429: "Too Many Requests",
}
NOT_ALLOWED = "You do not have permission to access this resource."


class Refusal(Exception):
    """An answer that ends a call; *details* are pairs of parameter and message."""

    def __init__(self, status: int, message: str, details: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__(message)
        self.status, self.message, self.details = status, message, details


def answer_refusal(refusal: Refusal) -> Response:
    """The refusal as Calendly writes it."""
    said: dict[str, Any] = {"title": TITLES[refusal.status], "message": refusal.message}
    if refusal.details:
        said["details"] = [{"parameter": name, "message": message} for name, message in refusal.details]
    return make_response(jsonify(said), refusal.status)


def invalid(*details: tuple[str, str]) -> Refusal:
    """400 for parameters."""
    return Refusal(400, "The supplied parameters are invalid.", details)


def answer_page(items: Sequence[Any], switches: Switches, show: Callable[[Any], dict[str, Any]]) -> Response:
    """The page of *items* that ``count`` and ``page_token`` ask for."""
    count = _number("count", 20, 1, 100)
    size = min(count, switches.most_per_page)
    begin = _place(request.args.get("page_token", ""))
    page = items[begin : begin + size]
    tokens = {"next": begin + size, "previous": max(0, begin - size)}
    shown = {
        "next": f"page-{tokens['next']}" if begin + size < len(items) else None,
        "previous": f"page-{tokens['previous']}" if begin else None,
    }
    pagination: dict[str, Any] = {"count": len(page)}
    for name, token in shown.items():
        query = urlencode({**request.args, "page_token": token or ""})
        pagination[f"{name}_page"] = f"{API}{request.path}?{query}" if token else None
        pagination[f"{name}_page_token"] = token
    return jsonify(collection=[show(each) for each in page], pagination=pagination)


class Limits:
    """How many calls of the running minute are left."""

    def __init__(self, account: Account) -> None:
        self._account = account

    def count(self) -> None:
        """Count a call; raises Refusal when it is one too many, or the switches say so."""
        with self._account.lock:
            account, minute = self._account, int(time.time() // 60)
            account.minute, account.calls = minute, (account.calls + 1 if minute == account.minute else 1)
            if account.switches.busy or account.calls > account.switches.calls_a_minute:
                raise Refusal(429, "Too many requests")

    def write(self, response: Response) -> Response:
        """Give *response* the headers of the limits."""
        with self._account.lock:
            switches = self._account.switches
            reset = switches.busy.pop(0) if response.status_code == 429 and switches.busy else self._seconds()
            left = max(0, switches.calls_a_minute - self._account.calls)
            response.headers["X-RateLimit-Limit"] = str(switches.calls_a_minute)
            response.headers["X-RateLimit-Remaining"] = str(left)
            response.headers["X-RateLimit-Reset"] = str(reset)
        return response

    def _seconds(self) -> int:
        return 60 - int(time.time() % 60)


def _number(name: str, usual: int, least: int, most: int) -> int:
    text = request.args.get(name, str(usual))
    if not text.isdecimal() or not least <= int(text) <= most:
        raise invalid((name, f"must be between {least} and {most}"))
    return int(text)


def _place(token: str) -> int:
    number = token.removeprefix("page-")
    if token and not (token.startswith("page-") and number.isdecimal()):
        raise invalid(("page_token", "is invalid"))
    return int(number or 0)
