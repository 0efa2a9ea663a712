"""The process is killed with SIGKILL at every step boundary; nothing is lost, nothing is doubled."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from tests.crash.books import assert_that_nothing_is_lost_or_doubled
from tests.crash.play import Life, Play, playing
from tests.crash.stories import DUE, LEASES_ENDED, WAYS, NewCompany, Notice

PAUSES = (LEASES_ENDED, LEASES_ENDED, 400.0, 2400.0, 9000.0)
KILLS_OF_RECOVERY = itertools.cycle(range(1, 30, 3))
BOUNDARIES = {
    *("commit", "committed", "mail", "mail sent", "mail answered"),
    *(
        f"{when} POST {path}"
        for when in ("call", "sent", "answered")
        for path in (
            "/crm/objects/2026-09/companies/search",
            "/crm/objects/2026-09/companies",
            "/crm/objects/2026-09/contacts",
            "/oauth/2026-09/token",
        )
    ),
}


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    with playing(tmp_path) as started:
        yield started


def kill_at_each(play: Play, way: NewCompany, numbers: Iterable[int]) -> set[str]:
    """Kill a life on this way at each boundary of *numbers*, until one comes to its end; return where it was."""
    way.begin(play)
    killed_at = set()
    for number in numbers:
        play.let_pass(LEASES_ENDED)
        life = play.live(*way.prepare(play, number), kill_at=number, sleep=way.sleep)
        recover(play, way, number, life)
        if not life.killed:
            assert set(life.passed) <= killed_at, "some boundary was left out"
            break
        killed_at.add(life.passed[-1])
    return killed_at


def recover(play: Play, way: NewCompany, number: int, killed: Life) -> None:
    """The process is started again at once, works, is killed in the middle of that, and then works undisturbed."""
    play.let_pass(way.at_once)
    play.live(*play.send_again(way.team), *play.book(*way.colleague(number)), hurried=True)
    lives = [killed]
    for pause in PAUSES:
        play.let_pass(pause)
        kill_at = next(KILLS_OF_RECOVERY) if len(lives) == 1 else None
        lives.append(play.live(*way.mend(play), DUE, kill_at=kill_at))
        if not lives[-1].killed and not play.open_deliveries(way.team):
            break
    assert play.open_deliveries(way.team) == {}, f"{way.name}, killed at {number}: {killed.passed[-2:]}"
    way.look(play, number, lives)


@pytest.mark.slow
def test_some_kills_lose_nothing_and_double_nothing(play: Play) -> None:
    kill_at_each(play, NewCompany(), range(2, 20, 3))
    kill_at_each(play, Notice(), (3, 5))
    assert play.kills >= 12
    assert_that_nothing_is_lost_or_doubled(play)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_kills_at_every_step_boundary_of_200_bookings_lose_nothing_and_double_nothing(play: Play) -> None:
    killed_at: set[str] = set()
    for way in WAYS:
        killed_at |= kill_at_each(play, way(), way.boundaries)
    assert BOUNDARIES - killed_at == set()
    assert len(play.booked) >= 200
    assert_that_nothing_is_lost_or_doubled(play)
