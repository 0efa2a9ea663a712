"""Gateway to servers of calendars: one request, in bounded time and size, and never into one's own network.

Everything that is no answer as asked is one of `hubsync/errors/feeds`. None of them says "empty": whoever is not
let in, or told to come back later, does not know when somebody is busy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import requests

from hubsync.errors import (
    FeedAddressInvalid,
    FeedAddressPrivate,
    FeedBusy,
    FeedCutOff,
    FeedError,
    FeedIsWebPage,
    FeedNotFound,
    FeedRedirected,
    FeedRefused,
    FeedServerFault,
    FeedTooLarge,
    FeedTooSlow,
    FeedUnreachable,
    Obstacle,
)
from hubsync.feeds.addresses import follow
from hubsync.feeds.reading import LARGEST_BYTES, MOST_REDIRECTS, SECONDS, Route
from hubsync.net.adapter import BoundedAdapter, Failure
from hubsync.net.deadline import Deadline

USUAL_PAUSE = 900.0
LONGEST_PAUSE = 86_400.0
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a server. *headers* may hold a password."""

    method: str
    address: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: *address* is where in the end, header names are in lower case."""

    status: int
    address: str = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


class Exchange:
    """Asks over one *route*, from any thread; each request has a connection of its own.

    Hosts of one's own network are asked directly: the proxy is the way to the internet.
    """

    def __init__(self, route: Route) -> None:
        self._route = route
        self._direct = self._adapter(None)
        self._outward = self._adapter(route.https_proxy)

    def _adapter(self, https_proxy: str | None) -> BoundedAdapter:
        return BoundedAdapter(
            https_proxy=https_proxy,
            ca_bundle=self._route.ca_bundle,
            before_send=self._route.before_send,
            keep_seconds=0.0,
            allows=self._route.exceptions.allows,
        )

    def ask(self, request: Request, deadline: Deadline, *, wanted: tuple[int, ...]) -> Answer:
        """The answer to *request*, of one of the *wanted* statuses, within SECONDS and *deadline*.

        Up to MOST_REDIRECTS are followed on the same host. Raises FeedError.
        """
        deadline = deadline.within(SECONDS)
        address = request.address
        for _ in range(MOST_REDIRECTS + 1):
            answer = self._ask_once(request, address, deadline)
            if answer.status not in _REDIRECTS or not answer.headers.get("location"):
                break
            address = follow(address, answer.headers["location"], self._route)
        else:
            raise FeedRedirected("It leads on and on.")
        if answer.status not in wanted:
            raise _refusal(answer)
        return answer

    def _ask_once(self, request: Request, address: str, deadline: Deadline) -> Answer:
        if deadline.left() <= 0:
            raise FeedTooSlow("No time was left to ask it.")
        headers = {
            "User-Agent": self._route.user_agent,
            "Accept-Encoding": "gzip",
            "Connection": "close",
            **request.headers,
        }
        try:
            prepared = requests.Request(request.method, address, headers, data=request.body).prepare()
        except (requests.RequestException, ValueError):
            raise FeedAddressInvalid("The address is no web address.") from None
        is_own = self._route.exceptions.names(urlsplit(address).hostname or "")
        adapter = self._direct if is_own else self._outward
        outcome = adapter.exchange(prepared, deadline, LARGEST_BYTES)
        if isinstance(outcome, Failure):
            fault = _fault(outcome)
            raise fault
        lower = {name.lower(): value for name, value in outcome.headers.items()}
        return Answer(outcome.status_code, address, lower, outcome.content)


def is_web_page(answer: Answer) -> bool:
    """Whether a page for people came, whatever it calls itself."""
    kind = answer.headers.get("content-type", "").partition(";")[0].strip().lower()
    begin = answer.content[:500].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return begin.startswith((b"<!doctype html", b"<html")) or (
        kind in {"text/html", "application/xhtml+xml"} and not begin.startswith(b"begin:vcalendar")
    )


def _fault(failure: Failure) -> FeedError:
    """Why no whole answer came; a refusal speaks for itself without its body."""
    if failure.status is not None and failure.status >= 400:
        lower = {name.lower(): value for name, value in failure.headers.items()}
        return _refusal(Answer(failure.status, "", lower, b""))
    match failure.obstacle:
        case Obstacle.ADDRESS_REFUSED:
            return FeedAddressPrivate("The address does not lead to the open internet.")
        case Obstacle.TOO_LARGE:
            return FeedTooLarge("It is larger than 5 MB.")
        case Obstacle.TOO_SLOW:
            return FeedTooSlow("No whole answer came in time.")
    if failure.status is not None:
        return FeedCutOff(f"Its answer could not be read: {failure.reason}.")
    return FeedUnreachable(f"It could not be reached: {failure.reason}.")


def _refusal(answer: Answer) -> FeedError:
    status = answer.status
    if status == 429:
        return FeedBusy("It asks for fewer requests.", pause_seconds=_pause(answer.headers) or USUAL_PAUSE)
    if status in {401, 403}:
        return FeedRefused("It does not let HubSync in.")
    if status in {404, 410}:
        return FeedNotFound("Nothing is at this address.")
    if status >= 500:
        return FeedServerFault(f"It answered {status}.", pause_seconds=_pause(answer.headers))
    if is_web_page(answer):
        return FeedIsWebPage("It is a web page.")
    return FeedServerFault(f"It answered {status}.")


def _pause(headers: Mapping[str, str]) -> float | None:
    """The seconds that Retry-After asks for, as a number or a date; None without one that makes sense."""
    said = headers.get("retry-after", "").strip()
    if said.isascii() and said.isdigit():
        return min(float(said[:9]), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(said)
    except (ValueError, OverflowError):  # the latter for a year or an offset of many digits
        return None
    if until.tzinfo is None:
        until = until.replace(tzinfo=UTC)
    return min(max((until - datetime.now(UTC)).total_seconds(), 0.0), LONGEST_PAUSE)
