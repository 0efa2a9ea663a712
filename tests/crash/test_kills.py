"""The process is killed with SIGKILL at every step boundary; nothing is lost, nothing is doubled."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pytest

from tests.crash.driver import Life, Play, playing
from tests.crash.invariants import assert_that_nothing_is_lost_or_doubled
from tests.crash.scenarios import COMPANY, CONTACT, DUE, LEASES_ENDED, RENEWAL, SEARCH, WAYS, NewCompany

PAUSES = (LEASES_ENDED, LEASES_ENDED, 400.0, 2400.0, 9000.0)
CALLS = (SEARCH, COMPANY, CONTACT, RENEWAL)
BOUNDARIES = {"commit", "committed", "mail", "mail sent", "mail answered"}.union(*CALLS)


@pytest.fixture(scope="module")
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    """One installation for all ways that a worker tries: each has teams, companies and guests of its own."""
    with playing(tmp_path_factory.mktemp("play")) as started:
        yield started


def kill_at_each(play: Play, way: NewCompany) -> set[str]:
    """Kill a life on this way at each of its boundaries, until one comes to its end; return where it was."""
    way.begin(play)
    killed_at = set()
    kills_of_recovery = itertools.cycle(range(1, 30, 3))
    for number in way.boundaries:
        play.let_pass(LEASES_ENDED)
        life = play.live(*way.prepare(play, number), kill_at=number, sleep=way.sleep)
        recover(play, way, number, life, next(kills_of_recovery))
        if not life.killed:
            assert set(life.passed) <= killed_at, "some boundary was left out"
            break
        killed_at.add(life.passed[-1])
    return killed_at


def recover(play: Play, way: NewCompany, number: int, killed: Life, kill_at: int) -> None:
    """The process is started again at once, works, is killed in the middle of that, and then works undisturbed."""
    play.let_pass(way.at_once)
    play.live(*play.send_again(way.team), *play.book(*way.colleague(number)), hurried=True)
    lives = [killed]
    for pause in PAUSES:
        play.let_pass(pause)
        lives.append(play.live(*way.mend(play), DUE, kill_at=kill_at if len(lives) == 1 else None))
        if not lives[-1].killed and not play.open_deliveries(way.team):
            break
    assert play.open_deliveries(way.team) == {}, f"{way.name}, killed at {number}: {killed.passed[-2:]}"
    way.look(play, number, lives)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_kills_at_every_step_boundary_lose_nothing_and_double_nothing(play: Play, way: type[NewCompany]) -> None:
    booked = len(play.booked)
    killed_at = kill_at_each(play, way())
    assert way.reached - killed_at == set()
    assert len(play.booked) - booked >= way.bookings
    assert_that_nothing_is_lost_or_doubled(play)


def test_the_ways_together_reach_every_boundary_and_make_200_bookings() -> None:
    assert BOUNDARIES - set().union(*(way.reached for way in WAYS)) == set()
    assert sum(way.bookings for way in WAYS) >= 200
