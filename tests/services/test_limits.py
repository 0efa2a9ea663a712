"""Limits on what strangers may do: exact about when the next is let in, and of no cost to whoever is kept out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import event

from hubsync.services import now
from hubsync.services.limits import FullLimit, Limit, network_of, take_turns
from hubsync.store import db
from hubsync.store.limits import CountedAct
from tests.kit.at_one_instant import at_once
from tests.kit.free_times import NOW

MINUTE = timedelta(minutes=1)


@pytest.fixture
def clock(app: Flask) -> Iterator[time_machine.Traveller]:
    with app.app_context(), time_machine.travel(NOW, tick=False) as clock:
        yield clock


def test_whoever_is_refused_is_told_to_the_second_when_the_next_is_let_in(clock: time_machine.Traveller) -> None:
    limit = Limit("somebody", 2, MINUTE)
    assert take_turns("test", [limit]) is None
    clock.shift(20)
    assert take_turns("test", [limit]) is None
    clock.shift(10)
    full = take_turns("test", [limit])
    assert full is not None
    assert full.again_in == timedelta(seconds=30)
    assert take_turns("another purpose", [limit]) is None
    clock.shift(31)
    assert take_turns("test", [limit]) is None
    assert take_turns("test", [limit]) is not None


def test_of_several_limits_a_full_one_uses_up_none_of_the_others(clock: time_machine.Traveller) -> None:
    wide, narrow = Limit("wide", 2), Limit("narrow", 1)
    assert take_turns("test", [wide, narrow]) is None
    full = take_turns("test", [wide, narrow])
    assert full is not None
    assert full.limit is narrow
    assert take_turns("test", [wide]) is None


def test_what_was_counted_before_a_clock_was_set_back_keeps_nobody_out(clock: time_machine.Traveller) -> None:
    limit = Limit("somebody", 1)
    assert take_turns("test", [limit]) is None
    clock.move_to(now() - timedelta(hours=1))
    assert take_turns("test", [limit]) is None
    assert db.session.query(CountedAct).count() == 1, "what lies ahead is not kept for a year either"


def test_who_looked_before_somebody_else_was_counted_is_not_let_in_beside_them(
    app: Flask, clock: time_machine.Traveller
) -> None:
    limit, counted = Limit("somebody", 1), []

    def let_another_in(connection: object) -> None:
        if not counted:  # whoever came first has looked, and nothing is counted yet
            counted.append("another")
            counted[:] = at_once(app, [lambda: take_turns("test", [limit])])

    event.listen(db.engine, "commit", let_another_in)
    try:
        full = take_turns("test", [limit])
    finally:
        event.remove(db.engine, "commit", let_another_in)
    assert counted == [None], "the other one was let in"
    assert isinstance(full, FullLimit)


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.7", "203.0.113.7/32"),
        ("::ffff:203.0.113.7", "203.0.113.7/32"),
        ("64:ff9b::203.0.113.7", "203.0.113.7/32"),
        ("2002:cb00:7107:1::1", "203.0.113.7/32"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("203.0.113.7:50123", "203.0.113.7/32"),
        ("[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_what_is_one_network_is_counted_as_one(address: str, network: str) -> None:
    assert network_of(address) == network
