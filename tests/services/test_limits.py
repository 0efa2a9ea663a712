"""Limits on what strangers may do: exact about when the next is let in, and of no cost to whoever is kept out."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.services import now
from hubsync.services.limits import Limit, take_turns
from hubsync.store import db
from hubsync.store.limits import CountedAct
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
