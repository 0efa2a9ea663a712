"""Connections are kept and used again, and nothing of the environment gets a say."""

from __future__ import annotations

import logging
import socket
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor

import pytest

from hubsync.errors import AnswerLost, HubSpotUnreachable
from hubsync.hubspot.calls import Call
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path
from tests.kit.waiting import wait_until

READ = Call("GET", "/thing", writes=False)
WRITE = Call("POST", "/thing", {"name": "Acme"}, writes=True)


def soon() -> Deadline:
    return Deadline.after(30)


def test_calls_one_after_the_other_share_a_connection(serve, wire):
    server = serve()
    sender = wire(server.url)
    for _ in range(10):
        sender.send(READ, soon())
        sender.send(WRITE, soon())
    assert (len(server.requests), server.connections) == (20, 1)


def test_a_connection_is_used_again_after_failures_that_were_read(serve, wire):
    server = serve(status=429, body=b'{"policyName": "DAILY"}')
    sender = wire(server.url)
    for _ in range(5):
        sender.send(WRITE, soon())
    assert server.connections == 1


def test_threads_share_the_connections(serve, wire):
    server = serve()
    sender = wire(server.url)
    together = threading.Barrier(8)

    def ask(number: int) -> int:
        if number < 8:
            together.wait()
        return sender.send(READ, soon()).status

    with ThreadPoolExecutor(8) as threads:
        assert set(threads.map(ask, range(200))) == {200}
    assert len(server.requests) == 200
    assert server.connections <= 8


def test_a_connection_that_the_server_closed_while_it_was_kept_is_replaced(serve, wire, http_answer):
    server = serve(lambda sock, request: (sock.sendall(http_answer()) and None) or False)
    sender = wire(server.url)
    for _ in range(3):
        assert sender.send(WRITE, soon()).status == 200
        wait_until(server.has_closed_all)
    assert (len(server.requests), server.connections) == (3, 3)


@pytest.mark.parametrize(("call", "error"), [(READ, HubSpotUnreachable), (WRITE, AnswerLost)])
def test_a_kept_connection_that_dies_before_the_answer_is_not_tried_again(serve, wire, http_answer, call, error):
    def answer_once(sock: socket.socket, request: object) -> bool:
        if len(server.requests) == 1:
            sock.sendall(http_answer())
            return True
        return False

    server = serve(answer_once)
    sender = wire(server.url)
    sender.send(call, soon())
    with pytest.raises(error):
        sender.send(call, soon())
    assert (len(server.requests), server.connections) == (2, 1)


def test_a_connection_kept_too_long_is_not_used_again(serve, wire):
    for keep_seconds, connections in ((60.0, 1), (0.01, 2)):
        server = serve()
        sender = wire(server.url, keep_seconds=keep_seconds)
        sender.send(READ, soon())
        time.sleep(0.02)
        sender.send(READ, soon())
        assert server.connections == connections


def test_after_a_call_that_was_cut_the_next_one_gets_a_clean_connection(serve, wire, http_answer):
    def late_first(sock: socket.socket, request: object) -> None:
        if len(server.requests) == 1:
            sock.sendall(http_answer(200, b'{"answer": "one"}')[:-5])
            sock.recv(1)
        else:
            sock.sendall(http_answer(200, b'{"answer": "two"}'))

    server = serve(late_first)
    sender = wire(server.url)
    with pytest.raises(HubSpotUnreachable):
        sender.send(READ, Deadline.after(0.2))
    assert sender.send(READ, soon()).body == b'{"answer": "two"}'
    assert server.connections == 2


def test_nothing_was_sent_where_the_connection_is_refused(wire):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    with pytest.raises(HubSpotUnreachable, match="refused"):
        wire(f"http://127.0.0.1:{port}").send(WRITE, soon())


def test_nothing_was_sent_where_the_name_is_not_found(wire, monkeypatch):
    def unknown(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    with pytest.raises(HubSpotUnreachable, match="host name was not found"):
        wire("http://hubspot.test").send(WRITE, soon())


def test_netrc_does_not_replace_the_token(serve, wire, monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login mallory password secret\ndefault login mallory password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve()
    wire(server.url).send(READ, soon(), token="ours")
    wire(server.url).send(READ, soon())
    assert [request.headers.get("authorization") for request in server.requests] == ["Bearer ours", None]


def test_proxies_of_the_environment_are_not_used(serve, wire, monkeypatch):
    proxy, server = serve(), serve(body=b'{"straight": true}')
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, proxy.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    assert wire(server.url).send(READ, soon()).body == b'{"straight": true}'
    assert proxy.connections == 0


def test_a_cookie_that_was_set_is_not_sent_back(serve, wire):
    server = serve(set_cookie="session=1; Path=/")
    sender = wire(server.url)
    sender.send(READ, soon())
    sender.send(READ, soon())
    assert "cookie" not in server.requests[1].headers


EMAIL, TOKEN, NAME = "guest@example.com", "pat-na1-secret", "Ichiro"
SECRETS = (EMAIL, "guest%40example.com", TOKEN, NAME)


def test_no_token_address_or_answer_reaches_a_log_line_at_debug(serve, wire, caplog, http_answer):
    caplog.set_level(logging.DEBUG)
    odd_headers = http_answer(200, b"{}").replace(b"Whatever\r\n", b"Whatever\r\n odd: Ichiro\r\n bad\r\n")
    server = serve(lambda sock, request: sock.sendall(odd_headers))
    body = {"firstname": NAME}
    call = Call("POST", path("contacts", EMAIL), body, query={"q": NAME}, writes=True)
    wire(server.url).send(call, soon(), token=TOKEN)
    logging.getLogger("urllib3.poolmanager").debug("urllib3 may speak")
    assert "urllib3 may speak" in caplog.text
    assert not [secret for secret in SECRETS if secret in caplog.text]


@pytest.mark.parametrize("writes", [True, False])
def test_an_error_shows_nothing_of_the_request_even_in_its_traceback(serve, wire, writes):
    server = serve(lambda sock, request: False)
    call = Call("POST", path("contacts", EMAIL), {"firstname": NAME}, writes=writes)
    with pytest.raises((AnswerLost, HubSpotUnreachable)) as caught:
        wire(server.url).send(call, soon(), token=TOKEN)
    fault = caught.value
    assert (fault.__cause__, fault.__context__) == (None, None)
    assert not [secret for secret in SECRETS if secret in "".join(traceback.format_exception(fault))]
    assert not [secret for secret in SECRETS if secret in repr(call)]
