"""One deadline covers the whole exchange, whatever the other end does and whoever asks."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from hubsync.net.deadline import Deadline
from tests.kit.http_server import Server, drip, http, read_request, say_nothing
from tests.net.conftest import Asker

pytestmark = pytest.mark.slow  # each case waits for its deadline in real time

SOON = 10.0
"""Seconds: what is cut after one second is over by then on a busy machine too, and the rest goes on for longer."""

Serve = Callable[..., Server]


@contextmanager
def over_within(seconds: float) -> Iterator[None]:
    """In that time, and without a thread that goes on."""
    mine, started = set(threading.enumerate()), time.monotonic()
    yield
    assert time.monotonic() - started < seconds
    while left := [each.name for each in set(threading.enumerate()) - mine if "_serve" not in each.name]:
        assert time.monotonic() - started < seconds, left
        time.sleep(0.01)


def test_a_body_that_drips_in_is_cut(serve: Serve, asker: Asker) -> None:
    answer = http(200, b'{"id": "' + b"1" * 500 + b'"}')
    server = serve(drip(answer, at_once=answer.index(b"\r\n\r\n") + 10))
    with over_within(SOON), pytest.raises(asker.lost, match="too long"):
        asker.send(server.url, 1.0)


def test_headers_that_drip_in_are_cut(serve: Serve, asker: Asker) -> None:
    server = serve(drip(http(200, b"{}", x_padding="x" * 300)))
    with over_within(SOON), pytest.raises(asker.lost, match="too long"):
        asker.send(server.url, 1.0)


def test_a_chunked_body_that_drips_in_is_cut(serve: Serve, asker: Asker) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serve(drip(head + b"1\r\n \r\n" * 300, at_once=len(head)))
    with over_within(SOON), pytest.raises(asker.lost, match="too long"):
        asker.send(server.url, 1.0)


def test_an_endless_flood_of_continue_is_cut(serve: Serve, asker: Asker) -> None:
    def flood(sock: socket.socket, request: object) -> None:
        while True:
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    server = serve(flood)
    with over_within(SOON), pytest.raises(asker.lost):
        asker.send(server.url, 1.0)


def test_silence_after_the_request_is_cut(serve: Serve, asker: Asker) -> None:
    server = serve(say_nothing)
    with over_within(SOON), pytest.raises(asker.lost, match="too long"):
        asker.send(server.url, 1.0)


def test_a_request_that_nobody_reads_is_cut(sender: Asker) -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    with listener, over_within(3 + SOON), pytest.raises(sender.lost, match="too long"):
        sender.send(f"http://127.0.0.1:{listener.getsockname()[1]}", 3.0, size=10_000_000)


def test_a_tls_handshake_that_drips_is_cut_and_nothing_was_sent(asker: Asker) -> None:
    listener = socket.create_server(("127.0.0.1", 0))

    def shake_slowly() -> None:
        sock, _ = listener.accept()
        with sock:
            sock.recv(65_536)
            try:
                sock.sendall(b"\x16\x03\x03\x40\x00")
                while True:
                    time.sleep(0.05)
                    sock.sendall(b"\x00")
            except OSError:
                return

    thread = threading.Thread(target=shake_slowly, daemon=True)
    thread.start()
    with listener:
        with over_within(SOON), pytest.raises(asker.unreachable, match="too long"):
            asker.send(f"https://127.0.0.1:{listener.getsockname()[1]}", 1.0)
        thread.join(60)


def test_an_answer_over_tls_that_drips_is_cut(serve: Serve, asker: Asker, certified: tuple) -> None:
    def endless(sock: socket.socket, request: object) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            time.sleep(0.05)
            sock.sendall(b"x")

    context, bundle = certified
    server = serve(endless, context=context)
    with over_within(SOON), pytest.raises(asker.lost, match="too long"):
        asker.send(server.host_url, 1.0, ca_bundle=bundle)


def test_a_slow_handshake_may_use_all_the_time_that_is_left(asker: Asker, certified: tuple, monkeypatch) -> None:
    context, bundle = certified
    listener = socket.create_server(("127.0.0.1", 0))
    address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", listener.getsockname())
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address, address, address])

    def shake_late() -> None:
        sock, _ = listener.accept()
        time.sleep(2.5)  # more than a third of the time that there is
        with context.wrap_socket(sock, server_side=True) as shaken:
            read_request(shaken, 1)
            shaken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}")

    thread = threading.Thread(target=shake_late, daemon=True)
    thread.start()
    with listener:
        assert asker.send("https://localhost", 7.0, ca_bundle=bundle) == b"{}"
        thread.join(60)


@pytest.mark.parametrize(
    ("answer", "reason", "seconds"),
    [
        (b"HTTP/1.1 407 No\r\n\r\n", "proxy refused", SOON),
        (b"HTTP/1.1 200 O", "too long", 1.0),
        (b"HTTP/1.1 502 No\r\n\r\n", "proxy refused", SOON),
    ],
)
def test_nothing_was_sent_where_the_proxy_makes_no_tunnel(
    serve: Serve, asker: Asker, answer: bytes, reason: str, seconds: float
) -> None:
    def refuse(sock: socket.socket, request: object) -> None:
        sock.sendall(answer)
        sock.recv(1)

    proxy = serve(refuse)
    with over_within(SOON), pytest.raises(asker.unreachable, match=reason):
        asker.send("https://far.test", seconds, https_proxy=proxy.url)


def test_a_resolver_that_does_not_answer_is_left_alone(asker: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(60) and [])
    started = time.monotonic()
    with pytest.raises(asker.unreachable, match="too long"):
        asker.send("http://far.test", 0.3)
    assert time.monotonic() - started < SOON
    release.set()


def test_an_address_that_does_not_answer_leaves_time_for_the_next_one(
    serve: Serve, asker: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(body=b'{"id": "1"}')
    dead = socket.socket()
    dead.bind(("127.0.0.2", server.port))
    dead.listen(0)
    waiting = [socket.socket() for _ in range(4)]  # a full backlog: the kernel drops what comes next
    for sock in waiting:
        sock.setblocking(False)
        sock.connect_ex(dead.getsockname())
    both = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", address)
        for address in (dead.getsockname(), ("127.0.0.1", server.port))
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: both)
    try:
        with over_within(SOON):
            assert asker.send(f"http://far.test:{server.port}", 4.0) == b'{"id": "1"}'
    finally:
        for sock in (dead, *waiting):
            sock.close()


def test_a_deadline_is_the_sooner_of_two() -> None:
    far, near = Deadline.after(60), Deadline.after(1)
    assert near.within(60) == near
    assert far.within(1).left() <= 1
    assert Deadline.after(-1).left() == 0.0
