"""One deadline covers the whole call, whatever the other end does."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import ClassVar

import pytest

from hubsync.errors import AnswerLost, HubSpotUnreachable
from hubsync.hubspot.calls import Call
from hubsync.net.deadline import Deadline

READ = Call("GET", "/thing", writes=False)
WRITE = Call("POST", "/thing", {"name": "Acme"}, writes=True)


@contextmanager
def over_within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def drip(answer: bytes, at_once: int = 0) -> Callable[..., None]:
    """Send *answer* a byte every 50 ms, the first *at_once* bytes in one piece."""

    def script(sock: socket.socket, request: object) -> None:
        sock.sendall(answer[:at_once])
        for index in range(at_once, len(answer)):
            time.sleep(0.05)
            sock.sendall(answer[index : index + 1])

    return script


def say_nothing(sock: socket.socket, request: object) -> None:
    sock.recv(1)  # until the client gives up


@pytest.mark.parametrize(("call", "error"), [(READ, HubSpotUnreachable), (WRITE, AnswerLost)])
def test_a_body_that_drips_in_is_cut_at_the_deadline(serve, wire, http_answer, call, error):
    answer = http_answer(200, b'{"id": "' + b"1" * 500 + b'"}')
    server = serve(drip(answer, at_once=answer.index(b"\r\n\r\n") + 10))
    with over_within(1.0), pytest.raises(error, match="too long"):
        wire(server.url).send(call, Deadline.after(0.5))


@pytest.mark.parametrize(("call", "error"), [(READ, HubSpotUnreachable), (WRITE, AnswerLost)])
def test_headers_that_drip_in_are_cut_at_the_deadline(serve, wire, http_answer, call, error):
    server = serve(drip(http_answer(200, b"{}", x_padding="x" * 300)))
    with over_within(1.0), pytest.raises(error, match="too long"):
        wire(server.url).send(call, Deadline.after(0.5))


def test_a_chunked_body_that_drips_in_is_cut_at_the_deadline(serve, wire):
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    server = serve(drip(head + b"1\r\n \r\n" * 300, at_once=len(head)))
    with over_within(1.0), pytest.raises(HubSpotUnreachable, match="too long"):
        wire(server.url).send(READ, Deadline.after(0.5))


def test_an_endless_flood_of_continue_is_cut_at_the_deadline(serve, wire):
    def flood(sock: socket.socket, request: object) -> None:
        while True:
            sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 100)

    with over_within(1.0), pytest.raises(AnswerLost):
        wire(serve(flood).url).send(WRITE, Deadline.after(0.5))


@pytest.mark.parametrize(("call", "error"), [(READ, HubSpotUnreachable), (WRITE, AnswerLost)])
def test_silence_after_the_request_ends_at_the_deadline(serve, wire, call, error):
    server = serve(say_nothing)
    with over_within(0.8), pytest.raises(error, match="too long"):
        wire(server.url).send(call, Deadline.after(0.3))


def test_a_request_that_nobody_reads_ends_at_the_deadline(wire):
    listener = socket.create_server(("127.0.0.1", 0))
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_096)
    big = Call("POST", "/thing", {"name": "x" * 20_000_000}, writes=True)
    with listener, over_within(3), pytest.raises(AnswerLost, match="too long"):
        wire(f"http://127.0.0.1:{listener.getsockname()[1]}").send(big, Deadline.after(1.5))


def test_a_tls_handshake_that_drips_is_cut_and_nothing_was_sent(wire):
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
        with over_within(1.0), pytest.raises(HubSpotUnreachable, match="too long"):
            wire(f"https://127.0.0.1:{listener.getsockname()[1]}").send(WRITE, Deadline.after(0.5))
        thread.join(5)


def test_a_call_ends_after_its_own_limit_although_the_deadline_is_far(serve, wire):
    server = serve(say_nothing)
    with over_within(0.8), pytest.raises(HubSpotUnreachable):
        wire(server.url, call_seconds=0.3).send(READ, Deadline.after(60))


@pytest.mark.slow
def test_the_usual_limit_of_a_call_is_five_seconds(serve, wire):
    server = serve(say_nothing)
    started = time.monotonic()
    with pytest.raises(HubSpotUnreachable):
        wire(server.url).send(READ, Deadline.after(60))
    assert 4.5 < time.monotonic() - started < 5.5


def test_with_no_time_left_nothing_is_sent(serve, wire):
    server = serve()
    with pytest.raises(HubSpotUnreachable, match="No time"):
        wire(server.url).send(WRITE, Deadline.after(0))
    assert server.connections == 0


class PassesMeanwhile(Deadline):
    """There is time left at the first look, and none at the second."""

    looks: ClassVar[Iterator[float]] = iter((0.01,))

    def left(self):
        return next(self.looks, 0.0)


def test_time_that_runs_out_just_before_the_call_is_no_mistake_of_ours(serve, wire):
    server = serve()
    with pytest.raises(HubSpotUnreachable):
        wire(server.url).send(WRITE, PassesMeanwhile(0.0))
    assert server.requests == []


def test_a_resolver_that_does_not_answer_ends_at_the_deadline(serve, wire, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(5) and [])
    with over_within(0.8), pytest.raises(HubSpotUnreachable, match="too long"):
        wire("http://hubspot.test").send(WRITE, Deadline.after(0.3))
    release.set()


def test_an_address_that_does_not_answer_leaves_time_for_the_next_one(serve, wire, monkeypatch):
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
        with over_within(2.0):
            answer = wire(f"http://hubspot.test:{server.port}").send(READ, Deadline.after(1.5))
    finally:
        for sock in (dead, *waiting):
            sock.close()
    assert answer.body == b'{"id": "1"}'


def test_a_deadline_is_the_sooner_of_two():
    far, near = Deadline.after(60), Deadline.after(1)
    assert near.within(60) == near
    assert far.within(1).left() <= 1
    assert Deadline.after(-1).left() == 0.0
