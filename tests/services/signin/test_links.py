from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from hubsync.errors import LinkSpent, Refused
from hubsync.services import now
from hubsync.services.people import sessions
from hubsync.services.signin import links
from hubsync.services.signin.mail_limits import TO_MAILBOX, Requester
from hubsync.services.teams import members
from hubsync.store import db
from hubsync.store.people import PersonSession, SigninLink
from tests.kit.mail_server import MailServer

MIKA = "mika@acme.example"


@pytest.fixture
def installed(app: Flask) -> Flask:
    with app.app_context():
        members.create_team("Acme", MIKA, "premium")
    return app


def token_of(link: str) -> str:
    return link.rsplit("/", 1)[-1]


def session_for(email: str = MIKA) -> str:
    return links.redeem(token_of(links.make_link(email)))


def test_a_link_signs_in_once(installed: Flask) -> None:
    with installed.app_context():
        token = token_of(links.make_link("  Mika@ACME.example "))
        person = sessions.find_signed_in(links.redeem(token))
        assert person is not None
        assert person.email == MIKA
        with pytest.raises(LinkSpent):
            links.redeem(token)


def test_the_first_browser_tells_the_time_zone_and_later_ones_do_not_change_it(installed: Flask) -> None:
    with installed.app_context():
        for told, kept in (("Nowhere/Land", "UTC"), ("Asia/Tokyo", "Asia/Tokyo"), ("Europe/Berlin", "Asia/Tokyo")):
            token = links.redeem(token_of(links.make_link(MIKA)), told)
            person = sessions.find_signed_in(token)
            assert person is not None
            assert person.time_zone == kept


def test_a_link_is_worth_nothing_after_ten_minutes(installed: Flask) -> None:
    with installed.app_context():
        token = token_of(links.make_link(MIKA))
        with time_machine.travel(now() + timedelta(minutes=10, seconds=1)), pytest.raises(LinkSpent):
            links.redeem(token)


def test_of_two_at_once_one_signs_in(installed: Flask) -> None:
    with installed.app_context():
        token = token_of(links.make_link(MIKA))
    outcomes: list[str] = []
    ready = threading.Barrier(4)

    def redeem() -> None:
        with installed.app_context():
            ready.wait()
            try:
                links.redeem(token)
                outcomes.append("in")
            except LinkSpent:
                outcomes.append("spent")

    threads = [threading.Thread(target=redeem) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["in", "spent", "spent", "spent"]


def test_a_link_for_nobody_is_refused(installed: Flask) -> None:
    with installed.app_context(), pytest.raises(Refused):
        links.make_link("nobody@acme.example")


def test_the_database_holds_neither_the_link_nor_the_session(installed: Flask) -> None:
    with installed.app_context():
        token = token_of(links.make_link(MIKA))
        session = links.redeem(token)
        kept = [row.token_hash for row in db.session.query(SigninLink)]
        kept += [row.token_hash for row in db.session.query(PersonSession)]
        assert len(kept) == 2
        assert not {token, session} & set(kept)


def test_a_session_ends_after_twelve_idle_hours(installed: Flask) -> None:
    with installed.app_context():
        session = session_for()
        began = now()
        with time_machine.travel(began + timedelta(hours=11)):
            assert sessions.find_signed_in(session) is not None
        with time_machine.travel(began + timedelta(hours=22)):
            assert sessions.find_signed_in(session) is not None, "the visit at 11 hours counts"
        with time_machine.travel(began + timedelta(hours=35)):
            assert sessions.find_signed_in(session) is None


def test_a_session_ends_after_seven_days_however_busy(installed: Flask) -> None:
    with installed.app_context():
        session = session_for()
        began = now()
        for hour in range(0, 7 * 24, 10):
            with time_machine.travel(began + timedelta(hours=hour)):
                assert sessions.find_signed_in(session) is not None
        with time_machine.travel(began + timedelta(days=7, seconds=1)):
            assert sessions.find_signed_in(session) is None


def test_signing_out_ends_this_session_only(installed: Flask) -> None:
    with installed.app_context():
        here, elsewhere = session_for(), session_for()
        sessions.sign_out(here)
        assert sessions.find_signed_in(here) is None
        assert sessions.find_signed_in(elsewhere) is not None


def test_a_person_is_mailed_a_link_that_works(installed: Flask, smtp: MailServer) -> None:
    with installed.test_request_context(), installed.app_context():
        links.ask_for_link("MIKA@acme.example", Requester())
    (mail,) = smtp.wait_for_mail()
    assert mail["To"] == MIKA
    line = next(line for line in mail.get_content().splitlines() if "/signin/link/" in line)
    assert line.startswith("http://localhost:8000/signin/link/")
    with installed.app_context():
        assert sessions.find_signed_in(links.redeem(token_of(line))) is not None


def test_a_stranger_is_mailed_nothing(installed: Flask, smtp: MailServer) -> None:
    with installed.test_request_context(), installed.app_context():
        links.ask_for_link("stranger@evil.example", Requester())
        links.ask_for_link(MIKA, Requester())
    assert [mail["To"] for mail in smtp.wait_for_mail()] == [MIKA]


def test_nobody_can_fill_anothers_mailbox(installed: Flask, smtp: MailServer) -> None:
    for _ in range(TO_MAILBOX + 3):
        with installed.test_request_context(), installed.app_context():
            links.ask_for_link(MIKA, Requester())
        for thread in threading.enumerate():
            if thread.name == links.THREAD_NAME:
                thread.join()
    assert len(smtp.mails) == TO_MAILBOX


def test_a_mail_that_fails_says_so_in_the_log_without_the_address(
    installed: Flask, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.answer = "550 5.7.1 no"
    with installed.test_request_context(), installed.app_context():
        links.ask_for_link(MIKA, Requester())
    for thread in threading.enumerate():
        if thread.name == links.THREAD_NAME:
            thread.join()
    told = "\n".join(each.getMessage() for each in caplog.records if each.name.startswith("hubsync"))
    assert "could not be sent" in told
    assert MIKA not in told
    assert "/signin/link/" not in told
