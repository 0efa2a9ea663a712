"""The process is killed with SIGKILL at every step boundary; nothing is lost, nothing is doubled."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

import pytest

from tests.crash.driver import Run, SystemUnderTest, started_system
from tests.crash.invariants import assert_that_nothing_is_lost_or_doubled
from tests.crash.records import RememberedCompany
from tests.crash.scenarios import WAYS
from tests.crash.ways import COMPANY, CONTACT, DUE, LEASES_ENDED, RENEWAL, SEARCH, NewCompany
from tests.kit.apps import folder_of_apps

PAUSES = (LEASES_ENDED, LEASES_ENDED, 400.0, 2400.0, 9000.0)
CALLS = (SEARCH, COMPANY, CONTACT, RENEWAL)
BOUNDARIES = {"commit", "committed", "mail", "mail sent", "mail answered"}.union(*CALLS)


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, own_database: Mapping[str, str]) -> Iterator[SystemUnderTest]:
    """One installation for all ways that a worker tries: each has teams, companies and guests of its own."""
    on_disk = tmp_path_factory.mktemp("system")
    with folder_of_apps(on_disk) as folder, started_system(folder, own_database) as started:
        yield started


def kill_at_each(system: SystemUnderTest, way: NewCompany) -> set[str]:
    """Kill a run on this way at each of its boundaries, until one comes to its end; return where it was."""
    way.begin(system)
    killed_at = set()
    kills_of_recovery = itertools.cycle(range(1, 30, 3))
    for number in way.boundaries:
        system.let_pass(LEASES_ENDED)
        run = system.run(*way.prepare(system, number), kill_at=number, sleep=way.sleep)
        recover(system, way, number, run, next(kills_of_recovery))
        if not run.killed:
            assert set(run.passed) <= killed_at, "some boundary was left out"
            break
        killed_at.add(run.passed[-1])
    return killed_at


def recover(system: SystemUnderTest, way: NewCompany, number: int, killed: Run, kill_at: int) -> None:
    """The process is started again at once, works, is killed in the middle of that, and then works undisturbed."""
    system.let_pass(way.at_once)
    system.run(*system.send_again(way.team), *system.book(*way.colleague(number)), hurried=True)
    runs = [killed]
    for pause in PAUSES:
        system.let_pass(pause)
        runs.append(system.run(*way.mend(system), DUE, kill_at=kill_at if len(runs) == 1 else None))
        if not runs[-1].killed and not system.open_deliveries(way.team):
            break
    assert system.open_deliveries(way.team) == {}, f"{way.name}, killed at {number}: {killed.passed[-2:]}"
    way.look(system, number, runs)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)
def test_kills_at_every_step_boundary_lose_nothing_and_double_nothing(
    system: SystemUnderTest, way: type[NewCompany]
) -> None:
    prove(system, way)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("own_database", ["postgresql"], indirect=True)
def test_nor_do_they_on_postgresql(system: SystemUnderTest) -> None:
    """A posting; where all tests run on PostgreSQL, every way is tried there."""
    prove(system, RememberedCompany)


def prove(system: SystemUnderTest, way: type[NewCompany]) -> None:
    booked = len(system.booked)
    killed_at = kill_at_each(system, way())
    assert way.reached - killed_at == set()
    assert len(system.booked) - booked >= way.bookings
    assert_that_nothing_is_lost_or_doubled(system)


def test_the_ways_together_reach_every_boundary_and_make_200_bookings() -> None:
    assert BOUNDARIES - set().union(*(way.reached for way in WAYS)) == set()
    assert sum(way.bookings for way in WAYS) >= 200
