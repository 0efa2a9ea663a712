"""Gateway to a booking source's API: one JSON exchange in bounded time and size, its answer judged in one way.

What a client gets is parsed JSON; everything else is one of `hubsync/errors/sources`. No message repeats the
token, the address of a call, or more of the vendor's words than one line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlsplit

import requests
from pydantic import BaseModel, ValidationError

from hubsync.domain.values import clean_text
from hubsync.errors import (
    BodyUnreadable,
    SourceBusy,
    SourceError,
    SourceRefused,
    SourceRightMissing,
    SourceTokenRefused,
    SourceUnreachable,
)
from hubsync.net.adapter import BoundedAdapter, Failure
from hubsync.net.deadline import Deadline
from hubsync.net.targets import target
from hubsync.sources.client import Route
from hubsync.sources.strict_json import load_json

CALL_SECONDS = 10.0
LARGEST_ANSWER = 2_000_000
USUAL_PAUSE = 60.0
LONGEST_PAUSE = 86_400.0
LONGEST_SAID = 200

_USER_AGENT = "HubSync/1.0"
_PAUSES = ("retry-after", "x-ratelimit-reset", "ratelimit-reset")
_LATEST_PAUSE = 10_000_000.0
"""Seconds; what is more is a point in time, which is no pause."""
_SAYING = ("message", "error_description", "detail", "error", "title")
_MADE_OF = TypeVar("_MADE_OF", bound=BaseModel)

Authorise = Callable[[str], Mapping[str, str]]
"""(token) to the headers that carry it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the source answered; *content* is its JSON, None where it sent none. Header names are in lower case."""

    status: int
    content: Any = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    def read(self, model: type[_MADE_OF]) -> _MADE_OF:
        """*content* as *model*; raises SourceUnreachable where it is something else."""
        try:
            return model.model_validate(self.content)
        except ValidationError as invalid:
            places = sorted({".".join(map(str, each["loc"])) or "the body" for each in _faults(invalid)})
        raise SourceUnreachable(f"Its answer cannot be read: {', '.join(places)[:LONGEST_SAID]}.")


def bearer(token: str) -> dict[str, str]:
    """The header of most vendors."""
    return {"Authorization": f"Bearer {token}"}


class JsonExchange:
    """Asks one vendor's API over one *route*, from any thread.

    *authorise* makes the headers that carry the token; *headers* go with every call. Raises ValueError for an
    address that cannot be asked.
    """

    def __init__(
        self, route: Route, *, authorise: Authorise = bearer, headers: Mapping[str, str] | None = None
    ) -> None:
        url = urlsplit(route.base_url)
        if url.scheme not in {"http", "https"} or not url.hostname or url.username is not None:
            raise ValueError("a source's address must be http or https and a host name, without a user name")
        self._base_url = route.base_url.rstrip("/")
        self._authorise = authorise
        self._headers = dict(headers or {})
        self._adapter = BoundedAdapter(
            https_proxy=route.https_proxy,
            ca_bundle=route.ca_bundle,
            before_send=route.before_send,
            keep_seconds=0.0,  # each call has a connection of its own, which the other end was asked to close
        )

    def ask(
        self,
        method: str,
        path: str,
        token: str,
        deadline: Deadline,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        values: Collection[int] = (404, 409),
    ) -> Answer:
        """Ask once, before *deadline*; `hubsync/net/targets.path` makes a *path* of parts from elsewhere.

        2xx and *values* are answers; the content of the latter is None unless it is JSON. Raises
        SourceTokenRefused (401), SourceRightMissing (403), SourceBusy (429, with its pause), SourceRefused (any
        other 4xx), and SourceUnreachable for the rest: a redirect, a 5xx, a page, no JSON, too much, too late,
        nobody there.
        """
        if not (token.isascii() and token.isprintable()) or " " in token or not token:
            raise SourceTokenRefused("The token has characters in it that no token has, or is empty.")
        deadline = deadline.within(CALL_SECONDS)
        if deadline.left() <= 0:
            raise SourceUnreachable("No time was left to ask it.")
        request = self._prepare(method, path, token, query, body)
        answer = self._adapter.exchange(request, deadline, LARGEST_ANSWER)
        judged = _without_body(answer, values) if isinstance(answer, Failure) else _judge(answer, token, values)
        if isinstance(judged, SourceError):
            raise judged
        return judged

    def _prepare(
        self, method: str, path: str, token: str, query: Mapping[str, str] | None, body: Any
    ) -> requests.PreparedRequest:
        headers = {
            "User-Agent": _USER_AGENT,
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "Connection": "close",  # a client lives as long as one piece of work, and nobody closes it
            **self._headers,
            **self._authorise(token),
        }
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        url = self._base_url + target(path, query)
        return requests.Request(method, url, headers, data=data).prepare()


def _judge(answer: requests.Response, token: str, values: Collection[int]) -> Answer | SourceError:
    status = answer.status_code
    headers = {name.lower(): value for name, value in answer.headers.items()}
    try:
        content = load_json(answer.content) if answer.content.strip() else None
    except BodyUnreadable:
        content = None
        if 200 <= status < 300:
            return SourceUnreachable("It answered with something that is no JSON.")
    if 200 <= status < 300 or status in values:
        return Answer(status, content, headers)
    return _refusal(status, headers, _said(content, token))


def _without_body(failure: Failure, values: Collection[int]) -> Answer | SourceError:
    """What there is to say where no whole answer came: a refusal speaks for itself, a success does not."""
    status = failure.status
    if status is None:
        return SourceUnreachable(f"It could not be reached: {failure.reason}.")
    if status in values or 200 <= status < 300:
        return SourceUnreachable(f"Its answer could not be read: {failure.reason}.")
    return _refusal(status, {name.lower(): value for name, value in failure.headers.items()}, "")


def _refusal(status: int, headers: Mapping[str, str], said: str) -> SourceError:
    if status == 401:
        return SourceTokenRefused("The token was not accepted.")
    if status == 403:
        return SourceRightMissing("The token lacks a right.", missing=said)
    if status == 429:
        return SourceBusy("It asks for fewer calls.", pause_seconds=_pause(headers))
    if 400 <= status < 500 and status != 408:
        return SourceRefused(f"It refused the call with {status}.", said=said)
    return SourceUnreachable(f"It answered {status}.")


def _pause(headers: Mapping[str, str]) -> float:
    """The seconds that a 429 asks for; a date, a point in time or nonsense counts as a minute."""
    for name in _PAUSES:
        seconds = seconds_in(headers, name)
        if seconds is not None and seconds < _LATEST_PAUSE:
            return min(max(seconds, 1.0), LONGEST_PAUSE)
    return USUAL_PAUSE


def seconds_in(headers: Mapping[str, str], name: str) -> float | None:
    """The number in header *name*, None where there is none that is neither negative nor endless."""
    try:
        number = float(headers.get(name, ""))
    except ValueError:
        return None
    return number if 0 <= number < float("inf") else None


def _said(content: Any, token: str) -> str:
    """The vendor's own words in one line, without the token, should they repeat it."""
    for name in _SAYING:
        said = content.get(name) if isinstance(content, Mapping) else None
        if isinstance(said, Mapping):
            said = said.get("message")
        if isinstance(said, str) and said.strip():
            return " ".join(clean_text(said).replace(token, "…").split())[:LONGEST_SAID]
    return ""


def _faults(invalid: ValidationError) -> Any:
    return invalid.errors(include_url=False, include_context=False, include_input=False)
