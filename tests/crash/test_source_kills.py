"""HubSync is killed at every step of its work with a booking source; nothing is lost, nothing is doubled."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from hubsync.services import now
from tests.crash.driver import Life, ask, program
from tests.kit.diary import DiaryServer, diary_served
from tests.kit.settings import make_settings

LEASES_ENDED = 125.0
FIND, SUBSCRIBE, UNSUBSCRIBE = "GET /subscriptions/", "POST /subscriptions", "DELETE /subscriptions/"
MOST = 60


@dataclass
class Play:
    """HubSync in a program of its own, the source, and the time that has passed."""

    diary: DiaryServer
    lives: subprocess.Popen[str]
    database: Path
    later: float = 0.0

    def live(self, *commands: str, kill_at: int | None = None) -> Life:
        """HubSync starts, does *commands*, and is killed at boundary number *kill_at* unless it ended before."""
        self.later += LEASES_ENDED
        order = {"kill_at": kill_at, "later": self.later, "commands": commands}
        told = json.loads(ask(self.lives, json.dumps(order)))
        assert told["mistakes"] == [], "\n".join(told["mistakes"])
        return Life(told["killed"], [each.rstrip("0123456789") for each in told["passed"]])

    def read(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.database)) as database:
            return list(database.execute(query))

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
def play(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Play]:
    folder = tmp_path_factory.mktemp("sources")
    with diary_served() as diary:
        settings = make_settings(
            SOURCE_API_URLS=f"diary={diary.url}", SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder / 'hubsync.sqlite3'}"
        )
        given = {"settings": settings, "instance_path": str(folder / "instance")}
        with program("tests.crash.source_process", json.dumps(given)) as lives:
            assert lives.stdout is not None
            assert lives.stdout.readline() == "ready\n"
            yield Play(diary, lives, folder / "hubsync.sqlite3")


pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def boundaries(play: Play, *commands: str) -> Iterator[Life]:
    """A life that does *commands*, killed at each of its boundaries in turn, until one comes to its end."""
    passed: set[str] = set()
    for number in range(1, MOST):
        life = play.live(*commands, kill_at=number)
        yield life
        if not life.killed:
            assert set(life.passed) <= passed, "some boundary was left out"
            return
        passed.add(life.passed[-1])
    raise AssertionError("it never came to its end")


def test_connecting_leaves_one_subscription(play: Play) -> None:
    for life in boundaries(play, "connect"):
        play.live("due")
        if not play.is_connected():
            assert life.killed
            assert play.diary.subscriptions == {}, "it was asked before that was written down"
            play.live("connect")
        play.assert_that_there_is_one_subscription()
        play.live("disable", "due")
        assert play.diary.subscriptions == {}
    assert any(SUBSCRIBE in each for each in life.passed)


def test_disabling_leaves_none(play: Play) -> None:
    play.live("connect")
    for life in boundaries(play, "disable"):
        play.live("due")
        if play.is_connected():
            assert life.killed
            play.live("disable")
        assert (play.diary.subscriptions, play.read("SELECT id FROM source_accounts")) == ({}, [])
        assert play.read("SELECT id FROM intake_endpoints WHERE disabled_at IS NULL") == []
        play.live("connect")
    assert any(UNSUBSCRIBE in each for each in life.passed)


def test_a_new_secret_leaves_the_new_subscription_alone(play: Play) -> None:
    play.live("connect")
    lives = []
    for life in boundaries(play, "renew"):
        lives.append(life)
        play.live("due")
        play.assert_that_there_is_one_subscription()
    assert {SUBSCRIBE, UNSUBSCRIBE} <= {each.partition(" ")[2] for each in lives[-1].passed}


def test_a_renewal_of_what_ended_leaves_one_subscription_and_is_recorded_once(play: Play) -> None:
    play.live("connect")
    renewed = len(play.read("SELECT id FROM audit_entries WHERE action = 'source_renewed'"))
    for number in range(1, MOST):
        play.diary.subscriptions.clear()
        play.later += 86_400
        life = play.live("due", kill_at=number)
        play.live("due")
        play.assert_that_there_is_one_subscription()
        renewed += 1
        assert len(play.read("SELECT id FROM audit_entries WHERE action = 'source_renewed'")) == renewed
        if not life.killed:
            break
    assert any(FIND in each for each in life.passed)


def test_a_comparison_finds_each_booking_once(play: Play) -> None:
    play.live("connect", "due")
    booked = 0
    for number in range(1, MOST):
        play.diary.bookings.clear()
        for each in range(4):
            play.diary.book(4 * number + each, start=(now() + timedelta(seconds=play.later, days=2)).isoformat())
        booked += 4
        life = play.live("compare", kill_at=number)
        for _ in range(3):
            play.live("due")
        if life.killed and len(life.passed) == 1:
            play.live("compare")  # nobody had written down that it was asked for
        rows = play.read(
            "SELECT external_id, by_comparison FROM bookings JOIN deliveries ON bookings.id = booking_id"
        )
        assert len(rows) == len(set(rows)) == booked, f"killed at {number}: {life.passed[-3:]}"
        assert all(by_comparison for _, by_comparison in rows)
        assert play.read("SELECT found_in_all, state FROM source_comparisons") == [(booked, "resting")]
        if not life.killed:
            break
    assert not life.killed
    assert number > 20
