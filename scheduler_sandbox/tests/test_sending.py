"""Deliveries over real sockets: what the receiver answers decides whether they come again."""

import socket
import threading
from collections.abc import Iterator
from itertools import count

import pytest
from flask import Flask, Response

from scheduler_sandbox.sending import Attempt, Sender, Verdict, take_2xx
from scheduler_sandbox.server import SchedulerServer


class Receiver:
    """Answers with one status after the other, the last one for ever."""

    def __init__(self) -> None:
        self.statuses = [200]
        app = Flask("receiver")
        app.add_url_rule("/in", "take", self.take, methods=["POST"])
        self.server = SchedulerServer(app, Sender()).start()
        self.address = f"{self.server.url}/in"

    def take(self) -> Response:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return Response(f"answer {status}", status, {"Location": "/elsewhere"} if status < 400 else {})


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.server.stop()


@pytest.fixture
def sender() -> Iterator[Sender]:
    made = Sender(pauses=(0.0, 0.0))
    yield made
    made.stop()


def no_headers(body: bytes) -> dict[str, str]:
    return {}


def test_a_delivery_that_is_taken_comes_once(receiver: Receiver, sender: Sender) -> None:
    delivery = sender.send(receiver.address, b'{"a":1}', lambda body: {"X-Length": str(len(body))}).wait()
    assert (delivery.outcome, delivery.status, delivery.attempts[0].body) == (
        Verdict.DELIVERED,
        200,
        b"answer 200",
    )
    (asked,) = receiver.server.requests
    assert (asked.method, asked.path, asked.body, asked.headers["x-length"], asked.status) == (
        *("POST", "/in", b'{"a":1}', "7", 200),
    )
    assert sender.deliveries == [delivery]


@pytest.mark.parametrize("status", [302, 308, 401, 404, 500, 503])
def test_one_that_is_not_comes_again_until_the_pauses_are_used_up(
    receiver: Receiver, sender: Sender, status: int
) -> None:
    numbers = count(1)
    receiver.statuses = [status]
    delivery = sender.send(receiver.address, b"{}", lambda body: {"X-Number": str(next(numbers))}).wait()
    assert (delivery.outcome, [each.status for each in delivery.attempts]) == (Verdict.GIVE_UP, [status] * 3)
    assert [(each.path, each.headers["x-number"]) for each in receiver.server.requests] == [
        *(("/in", "1"), ("/in", "2"), ("/in", "3")),
    ]


def test_it_is_repeated_no_longer_once_it_is_taken_or_the_vendor_gives_up(
    receiver: Receiver, sender: Sender
) -> None:
    receiver.statuses = [503, 200]
    assert [each.status for each in sender.send(receiver.address, b"{}", no_headers).wait().attempts] == [503, 200]

    def judge(attempt: Attempt) -> Verdict:
        return Verdict.GIVE_UP if attempt.status == 410 else take_2xx(attempt)

    receiver.statuses = [410]
    given_up = sender.send(receiver.address, b"{}", no_headers, judge=judge).wait()
    assert (given_up.outcome, len(given_up.attempts)) == (Verdict.GIVE_UP, 1)


def test_nobody_there_and_nobody_answering_are_attempts_without_a_status(sender: Sender) -> None:
    sender.seconds = 0.05
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}/in"
        assert sender.send(address, b"{}", no_headers).wait().attempts[0].failure == "ReadTimeout"
    assert [each.failure for each in sender.send(address, b"{}", no_headers).wait().attempts] == [
        "ConnectionError"
    ] * 3


def test_stopping_ends_the_pauses(receiver: Receiver) -> None:
    sender = Sender(pauses=(3_600.0,))
    receiver.statuses = [503]
    delivery = sender.send(receiver.address, b"{}", no_headers)
    assert delivery.wait_for_attempt().status == 503
    assert delivery.outcome is None
    sender.stop()
    assert (delivery.wait().outcome, len(delivery.attempts)) == (Verdict.GIVE_UP, 1)


def test_those_that_share_a_barrier_go_off_together(receiver: Receiver, sender: Sender) -> None:
    at = threading.Barrier(3)
    first, second = (sender.send(receiver.address, b"{}", no_headers, at=at) for _ in range(2))
    assert (first.attempts, second.attempts) == ([], [])
    at.wait(60)
    assert (first.wait().status, second.wait().status) == (200, 200)
