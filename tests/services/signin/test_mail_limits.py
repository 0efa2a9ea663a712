"""Limits on mails that strangers ask for: enough for an office, counted by all, used up for nobody else."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.services import now
from hubsync.services.signin.known_browsers import KnownBrowser, new_browser, read_mark
from hubsync.services.signin.mail_limits import (
    FROM_KNOWN_BROWSER,
    FROM_NETWORK,
    FROM_NETWORK_FOR_NOBODY,
    TO_MAILBOX,
    Requester,
    allow,
)
from hubsync.store import db
from hubsync.store.limits import CountedAct

HERE, THERE = Requester("203.0.113.7"), Requester("203.0.113.8")
BOB = 7


@pytest.fixture
def running(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app


def ask(asker: Requester, email: str = "bob@beta.test", person_id: int | None = BOB) -> bool:
    return allow(asker, "signin_link", email, is_somebodys=person_id is not None, person_id=person_id)


def many(asker: Requester, number: int, person_id: int | None = BOB) -> int:
    """Ask for mails to *number* addresses; how many are sent."""
    return sum(ask(asker, f"person{each}@acme.test", person_id) for each in range(number))


def test_one_address_has_so_many_turns_and_others_are_not_hindered(
    running: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert many(HERE, FROM_NETWORK + 3) == FROM_NETWORK
    assert ask(THERE)
    assert ask(Requester(None), "unknown@acme.test")
    assert ask(Requester("nonsense"), "nonsense@acme.test")
    assert "More mails are asked for than are sent from one network address." in caplog.text
    assert "203.0.113.7" not in caplog.text
    assert "acme.test" not in caplog.text


def test_turns_come_back_after_ten_minutes(running: Flask) -> None:
    many(HERE, FROM_NETWORK)
    with time_machine.travel(now() + timedelta(minutes=9, seconds=50)):
        assert not ask(HERE)
    with time_machine.travel(now() + timedelta(minutes=10, seconds=1)):
        assert ask(HERE)
        assert db.session.query(CountedAct).count() == 2, "what is no longer counted is not kept"


@pytest.mark.parametrize(
    ("first", "second", "is_one"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("203.0.113.7", "203.0.113.6", False),
        (None, "nonsense", True),
    ],
)
def test_a_household_of_ipv6_is_one_asker(running: Flask, first: str | None, second: str, is_one: bool) -> None:
    many(Requester(first), FROM_NETWORK)
    assert ask(Requester(second)) != is_one


def test_addresses_that_nobody_has_are_counted_more_strictly_and_use_up_nothing(
    running: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    assert many(HERE, FROM_NETWORK_FOR_NOBODY, None) == 0
    assert caplog.text == ""
    many(HERE, 100, None)
    assert "to addresses that nobody has" in caplog.text
    assert db.session.query(CountedAct).count() == FROM_NETWORK_FOR_NOBODY
    assert many(HERE, FROM_NETWORK) == FROM_NETWORK, "who has an account behind that address is not kept out"


def test_a_browser_that_was_signed_in_is_not_kept_out_by_its_neighbours(running: Flask) -> None:
    many(HERE, 100)
    many(HERE, 100, None)
    known = Requester(HERE.address, new_browser().with_person(BOB))
    assert not ask(HERE)
    assert ask(known)
    assert many(known, 100) == FROM_KNOWN_BROWSER - 1, "it has a limit of its own"
    assert not ask(Requester(THERE.address, known.browser)), "wherever it is carried"


def test_a_thousand_asks_for_bob_keep_bob_out_nowhere_that_he_was_signed_in(running: Flask) -> None:
    asked = [ask(Requester(f"198.51.100.{number % 250}")) for number in range(60)]
    assert asked.count(True) == TO_MAILBOX, "his mailbox is not filled"
    colleague = Requester("192.0.2.1", new_browser().with_person(BOB + 1))
    assert not ask(colleague), "a colleague's browser is a stranger's to bob's mailbox"
    for browser in (new_browser(), new_browser().with_person(BOB + 1)):
        own = Requester("198.51.100.1", browser.with_person(BOB))
        assert [ask(own) for _ in range(TO_MAILBOX + 2)] == [True] * TO_MAILBOX + [False] * 2


def test_kinds_of_mail_do_not_use_each_other_up(running: Flask) -> None:
    for number in range(TO_MAILBOX):
        ask(Requester(f"198.51.100.{number}"))
    assert not ask(THERE)
    assert allow(THERE, "confirm_identity", "bob@beta.test", is_somebodys=True, person_id=BOB)


def test_the_database_holds_no_network_address_and_no_mailbox(running: Flask) -> None:
    ask(HERE)
    kept = {row.counted_as for row in db.session.query(CountedAct)}
    texts = ("203.0.113.7", "203.0.113.7/32", "network 203.0.113.7/32", "bob@beta.test")
    plain = {hashlib.sha256(text.encode()).hexdigest() for text in texts}
    assert {len(each) for each in kept} == {64}
    assert not kept & plain, "so few addresses could be tried out, hence the key"


def test_the_mark_names_nobody_and_is_taken_from_us_only(running: Flask) -> None:
    browser = new_browser().with_person(BOB).with_person(8)
    mark = browser.sign()
    assert read_mark(mark) == browser
    assert browser.knows(BOB)
    assert browser.knows(8)
    assert not browser.knows(9)
    assert not KnownBrowser("another id", browser.people).knows(BOB), "the hashes are of this browser"
    for forged in ("", "x", mark[:-1], mark[1:], mark.upper(), f"{mark}.x", "\ud800", "é" * 50):
        assert read_mark(forged) is None
    with time_machine.travel(now() + timedelta(days=401)):
        assert read_mark(mark) is None


def test_a_browser_remembers_its_last_people_only(running: Flask) -> None:
    browser = new_browser()
    for person_id in range(30):
        browser = browser.with_person(person_id)
    browser = browser.with_person(25)
    assert [person_id for person_id in range(30) if browser.knows(person_id)] == list(range(22, 30))
    assert len(browser.sign()) < 600
