"""A new version is looked for where a setting says, once a day, and told to administrators without a noise."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.config.environment import SettingsRefused, read_settings
from hubsync.services import now
from hubsync.services.operations.backups import product_version
from hubsync.services.operations.new_version import look_when_due
from tests.kit.browser import Browser
from tests.kit.http_server import Server, reply
from tests.kit.page import words
from tests.kit.settings import make_settings
from tests.kit.world import World, world

SETTINGS = "/teams/acme/settings"
NEWER = b'{"tag_name": "v999.1.0", "html_url": "https://code.example/999"}'


@pytest.fixture(scope="module")
def releases() -> Iterator[Server]:
    """Where HUBSYNC_RELEASES_URL leads; a test says what is answered."""
    server = Server(reply())
    yield server
    server.close()


@pytest.fixture
def given(releases: Server) -> dict[str, str]:
    releases.requests.clear()
    return {"RELEASES_URL": f"{releases.url}/latest"}


@pytest.fixture
def team(app: Flask) -> World:
    return world(app, people=("owner", "member"), connected=None)


def look(app: Flask) -> list[str]:
    with app.app_context():
        return look_when_due()


def test_administrators_are_told_of_a_newer_one(app: Flask, team: World, releases: Server) -> None:
    releases.script = reply(body=NEWER)
    assert look(app) == ["HubSync 999.1.0 is there."]
    page = Browser(app, signed_in=team.sessions["owner"]).open(SETTINGS)
    assert f"HubSync 999.1.0 is there; this is {product_version()}. What is new" in words(page)
    assert page.select_one('a[href="https://code.example/999"]')["rel"] == "noreferrer"
    member = Browser(app, signed_in=team.sessions["member"]).open("/account")
    assert "999.1.0" not in words(member)


def test_it_is_asked_once_a_day_and_told_nothing_of_who_asks(app: Flask, team: World, releases: Server) -> None:
    releases.script = reply(body=NEWER)
    with time_machine.travel(now(), tick=False) as clock:
        assert [bool(look(app)) for _ in range(3)] == [True, False, False]
        clock.shift(timedelta(hours=23))
        assert look(app) == []
        clock.shift(timedelta(hours=2))
        assert look(app)
        clock.shift(timedelta(days=-100))  # the clock was set back
        assert look(app)
    assert len(releases.requests) == 3
    assert set(releases.requests[0].headers) <= {
        *("host", "user-agent", "accept", "accept-encoding", "connection")
    }


@pytest.mark.parametrize(
    "answer",
    [
        reply(body=b"<html>"),
        reply(status=404),
        reply(status=302, location="http://127.0.0.1:9/"),
        reply(body=b'{"version": "' + b"1" * 300_000 + b'"}'),
        reply(body=b"[" * 100_000),
        lambda sock, request: False,
    ],
    ids=["no JSON", "not there", "elsewhere", "huge", "deep", "broken off"],
)
def test_no_answer_says_nothing(
    app: Flask,
    team: World,
    releases: Server,
    answer: Callable[..., bool | None],
    caplog: pytest.LogCaptureFixture,
) -> None:
    releases.script = answer
    assert look(app) == []
    assert look(app) == [], "it is not asked again at once"
    assert len(releases.requests) == 1
    assert [each.message for each in caplog.records if each.levelno >= logging.INFO] == []
    assert "is there" not in words(Browser(app, signed_in=team.sessions["owner"]).open(SETTINGS))


@pytest.mark.parametrize("given", [{}])
def test_out_of_the_box_nobody_is_asked_and_nothing_is_said(app: Flask, team: World, releases: Server) -> None:
    releases.requests.clear()
    assert look(app) == []
    assert releases.requests == []
    assert "is there;" not in words(Browser(app, signed_in=team.sessions["owner"]).open(SETTINGS))


def test_only_a_guarded_address_is_taken() -> None:
    with pytest.raises(SettingsRefused, match="HUBSYNC_RELEASES_URL must begin with https://"):
        read_settings({**make_settings(), "RELEASES_URL": "http://code.example/latest"})
