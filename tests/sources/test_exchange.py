"""One exchange with a scheduler's API over a socket: JSON, or one of our errors, whatever comes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from hubsync.errors import (
    SourceBusy,
    SourceError,
    SourceRefused,
    SourceRightMissing,
    SourceTokenRefused,
    SourceUnreachable,
)
from hubsync.net.deadline import Deadline
from hubsync.sources.client import Route
from hubsync.sources.exchange import Answer, JsonExchange, seconds_in
from tests.kit.http_server import Server, serve
from tests.kit.ports import free_port

__all__ = ["serve"]

TOKEN = "token-of-a-team"
Serve = Callable[..., Server]


def ask(server: Server, token: str = TOKEN, seconds: float = 5.0, method: str = "GET", **more: Any) -> Answer:
    return JsonExchange(Route(server.url)).ask(method, "/thing", token, Deadline.after(seconds), **more)


def refusal(server: Server, **more: Any) -> SourceError:
    with pytest.raises(SourceError) as refused:
        ask(server, **more)
    assert TOKEN not in f"{refused.value!r}{refused.value.message}{vars(refused.value)}"
    assert refused.value.__context__ is None
    return refused.value


def test_a_call_carries_the_token_and_json_both_ways(serve: Serve) -> None:
    server = serve(status=201, body=b'{"a": 1.50}', x_more="Yes")
    answer = ask(server, method="POST", query={"q": "a b&c"}, body={"name": "花子"})
    assert (answer.status, str(answer.content["a"]), answer.headers["x-more"]) == (201, "1.50", "Yes")
    (request,) = server.requests
    assert request.line == "POST /thing?q=a%20b%26c HTTP/1.1"
    assert (request.headers["authorization"], request.headers["content-type"]) == (
        f"Bearer {TOKEN}",
        "application/json",
    )
    assert json.loads(request.body) == {"name": "花子"}
    assert "1.50" not in repr(answer)


def test_each_call_has_a_connection_of_its_own(serve: Serve) -> None:
    """The other end was asked to close it, and may do so at any moment without a word."""
    server = serve()
    exchange = JsonExchange(Route(server.url))
    for _ in range(2):
        exchange.ask("GET", "/thing", TOKEN, Deadline.after(5))
    assert [(each.connection, each.headers["connection"]) for each in server.requests] == [
        (1, "close"),
        (2, "close"),
    ]


def test_a_vendor_may_want_the_token_and_other_headers_in_its_own_way(serve: Serve) -> None:
    server = serve()
    exchange = JsonExchange(
        Route(server.url), authorise=lambda token: {"x-api-key": token}, headers={"x-version": "1"}
    )
    exchange.ask("GET", "/thing", TOKEN, Deadline.after(5))
    headers = server.requests[0].headers
    assert (headers["x-api-key"], headers["x-version"], headers.get("authorization")) == (TOKEN, "1", None)


@pytest.mark.parametrize("status", [200, 204, 404, 409])
def test_success_and_what_is_no_fault_are_answers(serve: Serve, status: int) -> None:
    assert ask(serve(status=status, body=b"")).content is None
    answer = ask(serve(status=status, body=b'{"title": "x"}'))
    assert (answer.status, answer.content) == (status, None if status == 204 else {"title": "x"})


def test_a_client_says_which_other_statuses_are_answers(serve: Serve) -> None:
    moved = serve(status=302, body=b"<html>", location="/elsewhere")
    assert ask(moved, values=(302,)).status == 302
    assert isinstance(refusal(serve(status=404), values=()), SourceRefused)
    assert len(moved.requests) == 1  # it was not followed


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, SourceTokenRefused), (403, SourceRightMissing), (429, SourceBusy), (400, SourceRefused),
        (422, SourceRefused), (301, SourceUnreachable), (302, SourceUnreachable), (304, SourceUnreachable),
        (408, SourceUnreachable), (500, SourceUnreachable), (503, SourceUnreachable),
    ],
)  # fmt: skip
def test_a_refusal_is_one_of_our_errors(serve: Serve, status: int, error: type[SourceError]) -> None:
    for body in (b"", b'{"message": "no"}', b"<html>no</html>", b"[1]"):
        assert type(refusal(serve(status=status, body=body, location="/elsewhere"))) is error


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"title": "Permission Denied", "message": "Please\nupgrade  now."}, "Please upgrade now."),
        ({"error": {"code": "x", "message": "no right"}}, "no right"),
        ({"error": "no right"}, "no right"),
        ({"message": f"{TOKEN} may not"}, "… may not"),
        ({"message": "x" * 500}, "x" * 200),
        ({"message": "a\x00b\ud800"}, "ab"),
        ({"message": 5, "title": "Denied"}, "Denied"),
        ({"message": " "}, ""), ({}, ""), ([], ""), (None, ""),
    ],
)  # fmt: skip
def test_a_refusal_says_the_vendors_own_words_in_one_line(serve: Serve, body: Any, said: str) -> None:
    denied, wrong = (refusal(serve(status=status, body=json.dumps(body).encode())) for status in (403, 422))
    assert isinstance(denied, SourceRightMissing)
    assert isinstance(wrong, SourceRefused)
    assert (denied.missing, wrong.said) == (said, said)


@pytest.mark.parametrize(
    ("headers", "pause"),
    [
        ({}, 60), ({"retry_after": "7"}, 7), ({"x_ratelimit_reset": "13"}, 13), ({"retry_after": "0"}, 1),
        ({"retry_after": "7", "x_ratelimit_reset": "13"}, 7), ({"x_ratelimit_reset": "1790000000"}, 60),
        ({"retry_after": "Tue, 08 Dec 2026 01:00:00 GMT"}, 60), ({"retry_after": "-5"}, 60),
        ({"retry_after": "nan"}, 60), ({"retry_after": "inf"}, 60), ({"retry_after": "999999"}, 86_400),
    ],
)  # fmt: skip
def test_a_busy_source_says_how_long(serve: Serve, headers: dict[str, str], pause: float) -> None:
    busy = refusal(serve(status=429, body=b"{}", **headers))
    assert isinstance(busy, SourceBusy)
    assert busy.pause_seconds == pause


@pytest.mark.parametrize("body", [b"<html>", b"{", b'{"a":1,"a":2}', b"\xff", b"[" * 100_000, b"x" * 2_100_000])
def test_a_success_that_cannot_be_read_is_none(serve: Serve, body: bytes) -> None:
    assert isinstance(refusal(serve(status=200, body=body)), SourceUnreachable)


def test_a_refusal_too_large_to_read_speaks_for_itself(serve: Serve) -> None:
    large = b"x" * 2_100_000
    assert isinstance(refusal(serve(status=401, body=large)), SourceTokenRefused)
    assert isinstance(refusal(serve(status=404, body=large)), SourceUnreachable)


def test_nobody_there_and_no_time_are_said(serve: Serve) -> None:
    server = serve()
    assert "No time" in refusal(server, seconds=0).message
    assert server.requests == []
    with pytest.raises(SourceUnreachable, match="refused"):
        JsonExchange(Route(f"http://127.0.0.1:{free_port()}")).ask("GET", "/", TOKEN, Deadline.after(5))


@pytest.mark.parametrize("token", ["", " ", "a b", "a\nb", "é", "a\x00", "日本"])
def test_what_is_no_token_is_not_sent(serve: Serve, token: str) -> None:
    server = serve()
    with pytest.raises(SourceTokenRefused):
        ask(server, token=token)
    assert server.requests == []


@pytest.mark.parametrize("url", ["", "calendly.com", "ftp://a.example", "https://", "https://me:pw@a.example"])
def test_an_address_that_cannot_be_asked_is_a_mistake(url: str) -> None:
    with pytest.raises(ValueError, match="must be http"):
        JsonExchange(Route(url))


def test_whoever_may_not_send_does_not(serve: Serve) -> None:
    class Paused(Exception):
        pass

    def before_send() -> None:
        raise Paused

    server = serve()
    with pytest.raises(Paused):
        JsonExchange(Route(server.url, before_send=before_send)).ask("GET", "/", TOKEN, Deadline.after(5))
    assert server.requests == []


class Shape(BaseModel):
    name: str
    inner: list[int] = []


def test_an_answer_of_another_shape_is_none_and_is_not_repeated() -> None:
    assert Answer(200, {"name": "a", "more": 1}).read(Shape) == Shape(name="a")
    for content in (None, [], {"name": {"guest": "Hanako"}}, {"name": "a", "inner": ["Hanako"]}):
        with pytest.raises(SourceUnreachable) as unreadable:
            Answer(200, content).read(Shape)
        assert "Hanako" not in f"{unreadable.value!r}"
        assert unreadable.value.__context__ is None


@given(st.text(max_size=30))
def test_whatever_a_header_says_its_number_is_finite_or_none(text: str) -> None:
    number = seconds_in({"x": text}, "x")
    assert number is None or 0 <= number < float("inf")
