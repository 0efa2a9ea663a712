"""The server's end of a connection, to a client that reads when it likes."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from hubsync.server.client_socket import UNSENT_AT_MOST, ClientSocket

ANSWER = b"0123456789abcdef" * 1_048_576


class Hurried(ClientSocket):
    seconds_for_half = 0.1


@pytest.fixture
def pair() -> Iterator[tuple[ClientSocket, socket.socket]]:
    accepted, client = socket.socketpair()
    with Hurried(accepted) as server, client:
        client.settimeout(60)
        yield server, client


def test_what_the_client_does_not_take_is_kept_and_sent_in_order(
    pair: tuple[ClientSocket, socket.socket],
) -> None:
    server, client = pair
    server.sendall(ANSWER[:1_000_000])
    server.sendall(ANSWER[1_000_000:2_000_000])
    kept, heard = len(server.unsent), b""
    while len(heard) < 2_000_000:
        heard += client.recv(1_048_576)
        server.push()
    assert 1_000_000 < kept < UNSENT_AT_MOST
    assert heard == ANSWER[:2_000_000]


def test_a_larger_answer_waits_for_its_reader_and_keeps_a_part_alone(
    pair: tuple[ClientSocket, socket.socket],
) -> None:
    server, client = pair
    heard = bytearray()

    def read() -> None:
        while piece := client.recv(1_048_576):
            heard.extend(piece)

    reading = threading.Thread(target=read)
    reading.start()
    for begin in range(0, len(ANSWER), 8_192):
        server.sendall(ANSWER[begin : begin + 8_192])
        assert len(server.unsent) <= UNSENT_AT_MOST
    while server.unsent:
        server.push()
    server.shutdown(socket.SHUT_WR)
    reading.join()
    assert heard == ANSWER


def test_a_larger_answer_is_given_up_where_nobody_reads(pair: tuple[ClientSocket, socket.socket]) -> None:
    server, _client = pair
    with pytest.raises(BrokenPipeError):
        for begin in range(0, len(ANSWER), 8_192):
            server.sendall(ANSWER[begin : begin + 8_192])
    assert not server.unsent


def test_threads_read_what_they_were_handed_and_then_its_end(pair: tuple[ClientSocket, socket.socket]) -> None:
    server, client = pair
    client.sendall(b"the next request")
    server.hand(b"one request")
    assert [server.recv(3), server.recv(100), server.recv(100)] == [b"one", b" request", b""]
    assert server.hear() == b"the next request"
    with pytest.raises(BlockingIOError):
        server.hear()
