"""The server that shows an app to browsers and others leaves nothing behind when a test ends."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from typing import Any

from tests.kit.listening import listening

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"


class Answer:
    """One byte and no more until *goes_on*."""

    def __init__(self) -> None:
        self.goes_on, self.closed = threading.Event(), 0

    def __call__(self, environ: Any, start_response: Any) -> Answer:
        start_response("200 OK", [("Content-Length", "1")])
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield b"x"
        assert self.goes_on.wait(60)

    def close(self) -> None:
        self.closed += 1


def ask(port: int) -> socket.socket:
    """A connection on which the answer has begun."""
    connection = socket.create_connection(("127.0.0.1", port), timeout=60)
    connection.sendall(REQUEST)
    received = b""
    while not received.endswith(b"x"):
        received += connection.recv(1000)
    return connection


def test_an_answer_whose_reader_has_gone_is_closed() -> None:
    answer = Answer()
    with listening(answer) as port:
        connection = ask(port)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()  # at once, as a browser that goes on to another page
        answer.goes_on.set()
    assert answer.closed == 1


def test_the_end_waits_for_answers_and_for_nobody_who_asks_nothing() -> None:
    answer = Answer()
    with listening(answer) as port:
        asked_nothing = socket.create_connection(("127.0.0.1", port))
        connection = ask(port)
        threading.Thread(target=go_on_after_the_end_of, args=(asked_nothing, answer)).start()
    assert answer.closed == 1
    for each in (connection, asked_nothing):
        each.close()


def go_on_after_the_end_of(connection: socket.socket, answer: Answer) -> None:
    assert connection.recv(1) == b""
    answer.goes_on.set()
