"""What the wire sends, and what it takes for an answer."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Callable
from urllib.parse import unquote

import pytest

from hubsync.errors import AccessExpired, AnswerLost, HubSpotUnreachable
from hubsync.hubspot.calls import Call
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path

READ = Call("GET", "/thing", writes=False)
WRITE = Call("POST", "/thing", {"name": "Acme"}, writes=True)


def soon() -> Deadline:
    return Deadline.after(30)


def test_a_call_arrives_as_it_was_said(serve, wire):
    server = serve(status=201, body=b'{"id": "7"}', x_note="kept")
    call = Call("POST", "/crm", {"name": "株式会社"}, query={"a": "1 & 2"}, writes=True)
    answer = wire(server.url).send(call, soon(), token="pat-na1-secret")
    assert (answer.status, answer.body, answer.headers["x-note"]) == (201, b'{"id": "7"}', "kept")
    (request,) = server.requests
    assert request.line == "POST /crm?a=1%20%26%202 HTTP/1.1"
    assert request.body.decode() == '{"name":"株式会社"}'
    assert request.headers["authorization"] == "Bearer pat-na1-secret"
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("HubSync/")


def test_a_form_goes_in_the_body_and_without_a_token_there_is_no_authorization(serve, wire):
    server = serve()
    wire(server.url).send(Call("POST", "/token", form={"code": "a&b=c"}, writes=False), soon())
    (request,) = server.requests
    assert request.body == b"code=a%26b%3Dc"
    assert request.headers["content-type"] == "application/x-www-form-urlencoded"
    assert "authorization" not in request.headers


def test_half_a_surrogate_pair_in_a_guests_answer_does_not_stop_the_call(serve, wire):
    server = serve()
    wire(server.url).send(Call("POST", "/crm", {"name": "a\ud83db"}, writes=True), soon())
    assert server.requests[0].body == b'{"name":"a?b"}'


@pytest.mark.parametrize(
    "email", ["a+b@example.com", "o'neil/x@example.com", "a%40b@example.com", "д@example.com"]
)
def test_an_email_address_stays_one_part_of_the_path(serve, wire, email):
    server = serve()
    wire(server.url).send(Call("GET", path("contacts", email), writes=False), soon())
    target = server.requests[0].line.split(" ")[1]
    assert target.count("/") == 2
    assert unquote(target.removeprefix("/contacts/")) == email


@pytest.mark.parametrize("part", ["", ".", ".."])
def test_a_path_cannot_be_led_elsewhere(part):
    with pytest.raises(ValueError, match="path"):
        path("crm", part)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_handed_back_and_nothing_reaches_the_other_server(serve, wire, status):
    other = serve()
    server = serve(status=status, body=b"", location=f"{other.url}/stolen")
    answer = wire(server.url).send(WRITE, soon(), token="secret")
    assert answer.status == status
    assert other.connections == 0
    assert len(server.requests) == 1


def test_a_call_may_allow_a_larger_answer(serve, wire):
    server = serve(body=gzip.compress(b" " * 3_000_000), content_encoding="gzip")
    large = Call("GET", "/properties", writes=False, cap_bytes=8_000_000)
    assert len(wire(server.url).send(large, soon()).body) == 3_000_000
    with pytest.raises(HubSpotUnreachable):
        wire(server.url).send(READ, soon())


@pytest.mark.parametrize(("call", "error"), [(READ, HubSpotUnreachable), (WRITE, AnswerLost)])
@pytest.mark.parametrize(
    "answer",
    [
        b'HTTP/1.1 201 Created\r\nContent-Length: 500\r\n\r\n{"id":',
        b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"id":\r\n',
        b"HTTP/1.1 201 Created\r\nContent-Length: 4\r\nContent-Encoding: gzip\r\n\r\nrubb",
        b"this is not HTTP\r\n\r\n",
        b"",
    ],
    ids=["cut", "cut chunk", "bad gzip", "no HTTP", "nothing"],
)
def test_a_success_that_cannot_be_read_whole_is_no_answer(serve, wire, call, error, answer):
    server = serve(then_close(answer))
    with pytest.raises(error):
        wire(server.url).send(call, soon())
    assert len(server.requests) == 1


def test_the_status_of_a_failure_counts_although_its_body_is_cut(serve, wire):
    server = serve(then_close(b"HTTP/1.1 403 No\r\nContent-Length: 500\r\n\r\n{"))
    answer = wire(server.url).send(WRITE, soon())
    assert (answer.status, answer.body) == (403, b"")


def test_a_400_without_its_body_changed_nothing_and_is_asked_again(serve, wire):
    server = serve(then_close(b"HTTP/1.1 400 No\r\nContent-Length: 500\r\n\r\n{"))
    with pytest.raises(HubSpotUnreachable):
        wire(server.url).send(WRITE, soon())


def test_a_connection_reset_after_the_request_loses_the_answer_of_a_write(serve, wire):
    def reset(sock: socket.socket, request: object) -> bool:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
        return False

    server = serve(reset)
    with pytest.raises(AnswerLost, match="broke off"):
        wire(server.url).send(WRITE, soon())
    assert len(server.requests) == 1


@pytest.mark.parametrize("token", ["two words", "line\r\nX-Evil: 1", "ключ", "nul\0"])
def test_a_token_that_can_be_none_is_not_sent(serve, wire, token):
    server = serve()
    with pytest.raises(AccessExpired) as caught:
        wire(server.url).send(READ, soon(), token=token)
    assert token not in str(caught.value)
    assert server.connections == 0


def test_before_send_runs_before_every_call_and_can_hold_it_back(serve, wire):
    server = serve()
    calls: list[str] = []

    def forbid_the_third() -> None:
        calls.append("asked")
        if len(calls) == 3:
            raise AssertionError("a transaction is open")

    sender = wire(server.url, before_send=forbid_the_third)
    sender.send(READ, soon())
    sender.send(READ, soon())
    with pytest.raises(AssertionError, match="transaction"):
        sender.send(READ, soon())
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "url", ["ftp://hubspot.test", "hubspot.test", "https://user:pass@hubspot.test", "https://"]
)
def test_an_address_that_cannot_be_sent_to_is_refused_at_once(wire, url):
    with pytest.raises(ValueError, match="HubSpot's address"):
        wire(url)


def then_close(answer: bytes) -> Callable[..., bool]:
    def script(sock: socket.socket, request: object) -> bool:
        sock.sendall(answer)
        return False

    return script
