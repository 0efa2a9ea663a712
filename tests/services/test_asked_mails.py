"""Mails that strangers ask for: as many from one network address as an office needs, counted by all processes."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from statistics import median

import pytest
import time_machine
from flask import Flask

from hubsync.services import asked_mails, now, signing_in, teams
from hubsync.services.asked_mails import MAILS_AT_ONCE, THREAD_NAME
from hubsync.store import db
from hubsync.store.people import MailAsk
from tests.mailing import MailServer

MIKA = "mika@acme.example"


@pytest.fixture
def asked(app: Flask) -> Iterator[list[str]]:
    """Whose turns came, by the name each was asked under."""
    with app.test_request_context(), app.app_context():
        yield []


def ask(asked: list[str], name: str, asked_from: str | None) -> None:
    asked_mails.answer_later(lambda: asked.append(name), asked_from)
    wait()


def wait() -> None:
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join()


def test_one_address_has_so_many_turns_and_others_are_not_hindered(
    asked: list[str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    for _ in range(MAILS_AT_ONCE + 3):
        ask(asked, "a", "203.0.113.7")
    assert asked.count("a") == MAILS_AT_ONCE
    ask(asked, "b", "203.0.113.8")
    ask(asked, "unknown", None)
    ask(asked, "nonsense", "nonsense")
    assert asked[MAILS_AT_ONCE:] == ["b", "unknown", "nonsense"]
    assert "More mails are asked for" in caplog.text
    assert "203.0.113.7" not in caplog.text


def test_turns_come_back_after_ten_minutes(asked: list[str]) -> None:
    for _ in range(MAILS_AT_ONCE + 1):
        ask(asked, "a", "203.0.113.7")
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1)):
        ask(asked, "later", "203.0.113.7")
        assert db.session.query(MailAsk).count() == 1, "what is no longer counted is not kept"
    assert asked[-1] == "later"


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("203.0.113.7", "203.0.113.6", False),
    ],
)
def test_a_household_of_ipv6_is_one_asker(asked: list[str], first: str, second: str, is_one: bool) -> None:
    for _ in range(MAILS_AT_ONCE):
        ask(asked, "first", first)
    ask(asked, "second", second)
    assert ("second" not in asked) == is_one


def test_the_database_holds_no_network_address(asked: list[str]) -> None:
    ask(asked, "a", "203.0.113.7")
    (row,) = db.session.query(MailAsk)
    assert len(row.asked_from) == 64
    import hashlib

    plain = {hashlib.sha256(text.encode()).hexdigest() for text in ("203.0.113.7", "203.0.113.7/32")}
    assert row.asked_from not in plain, "so few addresses could be tried out, hence the key"


def test_sign_in_links_are_counted_known_or_not(app: Flask, smtp: MailServer) -> None:
    with app.test_request_context(), app.app_context():
        teams.found_team("Acme", MIKA, "premium")
        for _ in range(MAILS_AT_ONCE):
            signing_in.ask_for_link("nobody@acme.example", "203.0.113.7")
            wait()
        signing_in.ask_for_link(MIKA, "203.0.113.7")
        wait()
        assert smtp.mails == []
        signing_in.ask_for_link(MIKA, "203.0.113.8")
        wait()
    assert [mail["To"] for mail in smtp.mails] == [MIKA]


def test_time_tells_nothing(app: Flask, smtp: MailServer) -> None:
    """A known address costs a look-up, a row and a mail more, but none of it before the answer."""
    taken: dict[str, list[float]] = {MIKA: [], "nobody@acme.example": []}
    with app.test_request_context(), app.app_context():
        teams.found_team("Acme", MIKA, "premium")
        for turn in range(20):
            for email, times in taken.items():
                began = time.perf_counter()
                signing_in.ask_for_link(email, f"203.0.113.{turn}")
                times.append(time.perf_counter() - began)
                wait()
    known, unknown = (median(times) for times in taken.values())
    assert abs(known - unknown) < 0.010
