"""How long a call to HubSpot may take; `tests/net` proves that no exchange takes longer than it may."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import ClassVar

import pytest

from hubsync.errors import AnswerLost, HubSpotUnreachable
from hubsync.hubspot.calls import Call
from hubsync.net.deadline import Deadline
from tests.kit.http_server import drip, http, say_nothing

READ = Call("GET", "/thing", writes=False)
WRITE = Call("POST", "/thing", {"name": "Acme"}, writes=True)
SOON = 15.0
"""Seconds: what is cut is over by then on a busy machine too, and what is not goes on for longer."""


def test_a_call_ends_after_its_own_limit_although_the_deadline_is_far(serve, wire):
    server = serve(say_nothing)
    started = time.monotonic()
    with pytest.raises(HubSpotUnreachable):
        wire(server.url, call_seconds=0.3).send(READ, Deadline.after(60))
    assert time.monotonic() - started < SOON


@pytest.mark.parametrize(("call", "fault"), [(READ, HubSpotUnreachable), (WRITE, AnswerLost)])
@pytest.mark.parametrize("answer", [say_nothing, drip(http(200, b"{}", x_padding="x" * 600))])
def test_a_call_ends_at_the_deadline_although_its_own_limit_is_far(serve, wire, call, fault, answer):
    server = serve(answer)
    started = time.monotonic()
    with pytest.raises(fault):
        wire(server.url, call_seconds=60).send(call, Deadline.after(0.3))
    assert time.monotonic() - started < SOON


@pytest.mark.slow
def test_the_usual_limit_of_a_call_is_five_seconds(serve, wire):
    server = serve(say_nothing)
    started = time.monotonic()
    with pytest.raises(HubSpotUnreachable):
        wire(server.url).send(READ, Deadline.after(60))
    assert 4.5 < time.monotonic() - started < 5 + SOON


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
