"""HubSync is killed at every step of its work with a booking source; nothing is lost, nothing is doubled."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from hubsync.services import now
from tests.crash.driver import Run, ask, program
from tests.kit.databases import Looking
from tests.kit.diary import DiaryServer, diary_served
from tests.kit.settings import make_settings

LEASES_ENDED = 125.0
FIND, SUBSCRIBE, UNSUBSCRIBE = "GET /subscriptions/", "POST /subscriptions", "DELETE /subscriptions/"
MOST = 60


@dataclass
class SystemUnderTest:
    """The system under test: HubSync in a program of its own, the source, and the time that has passed."""

    diary: DiaryServer
    product: subprocess.Popen[str]
    database: Looking
    later: float = 0.0

    def run(self, *commands: str, kill_at: int | None = None) -> Run:
        """HubSync starts, does *commands*, and is killed at boundary number *kill_at* unless it ended before."""
        self.later += LEASES_ENDED
        order = {"kill_at": kill_at, "later": self.later, "commands": commands}
        told = json.loads(ask(self.product, json.dumps(order)))
        assert told["mistakes"] == [], "\n".join(told["mistakes"])
        return Run(told["killed"], [each.rstrip("0123456789") for each in told["passed"]])

    def read(self, query: str) -> list[tuple[Any, ...]]:
        return self.database.rows(query)

    def is_connected(self) -> bool:
        return self.read("SELECT intent FROM source_accounts") == [("subscribe",)]

    def assert_that_there_is_one_subscription(self) -> None:
        """The source has one, and it is the one that HubSync knows, for the address that the endpoint has."""
        ((token, known, former),) = self.read(
            "SELECT token, subscription_id, former_id FROM source_accounts JOIN intake_endpoints "
            "ON intake_endpoints.id = endpoint_id"
        )
        has = {each["id"]: each["address"].rpartition("/")[2] for each in self.diary.subscriptions.values()}
        assert (has, former) == ({known: token}, "")


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory, own_database: Mapping[str, str]) -> Iterator[SystemUnderTest]:
    folder = tmp_path_factory.mktemp("sources")
    with diary_served() as diary:
        settings = make_settings(SOURCE_API_URLS=f"diary={diary.url}", **own_database)
        given = {"settings": settings, "instance_path": str(folder / "instance")}
        diary.book(1)  # for the work that it does before all runs
        with program("tests.crash.source_process", json.dumps(given)) as product:
            assert product.stdout is not None
            assert product.stdout.readline() == "ready\n"
            diary.reset()
            yield SystemUnderTest(diary, product, Looking(settings["SQLALCHEMY_DATABASE_URI"]))


pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def boundaries(system: SystemUnderTest, *commands: str) -> Iterator[Run]:
    """A run that does *commands*, killed at each of its boundaries in turn, until one comes to its end."""
    passed: set[str] = set()
    for number in range(1, MOST):
        run = system.run(*commands, kill_at=number)
        yield run
        if not run.killed:
            assert set(run.passed) <= passed, "some boundary was left out"
            return
        passed.add(run.passed[-1])
    raise AssertionError("it never came to its end")


def test_connecting_leaves_one_subscription(system: SystemUnderTest) -> None:
    for run in boundaries(system, "connect"):
        system.run("due")
        if not system.is_connected():
            assert run.killed
            assert system.diary.subscriptions == {}, "it was asked before that was written down"
            system.run("connect")
        system.assert_that_there_is_one_subscription()
        system.run("disable", "due")
        assert system.diary.subscriptions == {}
    assert any(SUBSCRIBE in each for each in run.passed)


def test_disabling_leaves_none(system: SystemUnderTest) -> None:
    system.run("connect")
    for run in boundaries(system, "disable"):
        system.run("due")
        if system.is_connected():
            assert run.killed
            system.run("disable")
        assert (system.diary.subscriptions, system.read("SELECT id FROM source_accounts")) == ({}, [])
        assert system.read("SELECT id FROM intake_endpoints WHERE disabled_at IS NULL") == []
        system.run("connect")
    assert any(UNSUBSCRIBE in each for each in run.passed)


def test_a_new_secret_leaves_the_new_subscription_alone(system: SystemUnderTest) -> None:
    system.run("connect")
    runs = []
    for run in boundaries(system, "renew"):
        runs.append(run)
        system.run("due")
        system.assert_that_there_is_one_subscription()
    assert all(any(each in step for step in runs[-1].passed) for each in (SUBSCRIBE, UNSUBSCRIBE))


def test_a_renewal_of_what_ended_leaves_one_subscription_and_is_recorded_once(system: SystemUnderTest) -> None:
    system.run("connect")
    renewed = len(system.read("SELECT id FROM audit_entries WHERE action = 'source_renewed'"))
    for number in range(1, MOST):
        system.diary.subscriptions.clear()
        system.later += 86_400
        run = system.run("due", kill_at=number)
        system.run("due")
        system.assert_that_there_is_one_subscription()
        renewed += 1
        assert len(system.read("SELECT id FROM audit_entries WHERE action = 'source_renewed'")) == renewed
        if not run.killed:
            break
    assert any(FIND in each for each in run.passed)


def test_a_comparison_finds_each_booking_once(system: SystemUnderTest) -> None:
    system.run("connect", "due")
    booked = 0
    for number in range(1, MOST):
        system.diary.bookings.clear()
        for each in range(4):
            system.diary.book(
                4 * number + each, start=(now() + timedelta(seconds=system.later, days=2)).isoformat()
            )
        booked += 4
        run = system.run("compare", kill_at=number)
        for _ in range(3):
            system.run("due")
        if run.killed and len(run.passed) == 1:
            system.run("compare")  # nobody had written down that it was asked for
        rows = system.read(
            "SELECT external_id, by_comparison FROM bookings JOIN deliveries ON bookings.id = booking_id"
        )
        assert len(rows) == len(set(rows)) == booked, f"killed at {number}: {run.passed[-3:]}"
        assert all(by_comparison for _, by_comparison in rows)
        assert system.read("SELECT found_in_all, state FROM source_comparisons") == [(booked, "resting")]
        if not run.killed:
            break
    assert not run.killed
    assert number > 20
