"""Mails with a link go through the outbox: at once, again when the server was away, never with a dead link."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from hubsync.domain.mails import MailKind
from hubsync.services import now
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.services.people import sessions
from hubsync.services.signin import links, one_time_links
from hubsync.services.signin.mail_limits import Requester
from hubsync.services.teams import members
from hubsync.store import db, end_read, write_transaction
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import SigninLink
from tests.kit.clock import later
from tests.kit.mail_server import MailServer

MIKA = "mika@acme.example"


@pytest.fixture
def installed(app: Flask) -> Any:
    with app.test_request_context(), app.app_context():
        members.create_team("Acme", MIKA, "premium")
        yield app


def ask(email: str = MIKA) -> None:
    """Ask for a link, and wait for what happens behind the answer."""
    links.ask_for_link(email, Requester())
    for thread in threading.enumerate():
        if thread.name == links.THREAD_NAME:
            thread.join()


def stored() -> OutboxMail | None:
    row = db.session.query(OutboxMail).populate_existing().one_or_none()
    end_read()
    return row


def token_in(smtp: MailServer) -> str:
    return str(smtp.mails[-1].get_content().split("/signin/link/")[1].split()[0])


def test_a_link_leaves_without_the_background_and_nothing_of_it_is_kept(installed: Any, smtp: MailServer) -> None:
    ask()
    assert len(smtp.mails) == 1
    row = stored()
    assert row is not None
    assert (row.kind, row.content_sealed, row.sent_at is not None) == (MailKind.SIGNIN_LINK, "", True)
    assert token_in(smtp) not in row.key


def test_for_an_address_that_nobody_has_nothing_is_written_down(installed: Any) -> None:
    ask("nobody@acme.example")
    assert stored() is None


def test_a_link_that_did_not_leave_is_sealed_and_sent_when_the_server_is_back(
    installed: Any, smtp: MailServer
) -> None:
    smtp.answer = "451 later"
    ask()
    row = stored()
    assert row is not None
    assert row.content_sealed != ""
    assert not any(word in row.content_sealed + row.key for word in (MIKA, "/signin/link/"))
    smtp.answer = "250 OK"
    with later(minutes=2):
        assert [kind for _, kind in send_mails()] == [MailKind.SIGNIN_LINK]
        assert sessions.find_signed_in(links.redeem(token_in(smtp))) is not None


def test_a_link_that_is_too_old_is_not_sent(installed: Any, smtp: MailServer) -> None:
    smtp.answer = "451 later"
    ask()
    smtp.answer = "250 OK"
    with later(minutes=10, seconds=1):
        assert (send_mails(), smtp.mails) == ([], [])
    row = stored()
    assert row is not None
    assert (row.settled_at is not None, row.content_sealed) == (True, "")


def test_a_link_that_is_dead_by_now_is_not_sent(installed: Any, smtp: MailServer) -> None:
    smtp.answer = "451 later"
    ask()
    with write_transaction() as session:
        session.query(SigninLink).update({"used_at": now()})
    smtp.answer = "250 OK"
    with later(minutes=2):
        assert (send_mails(), smtp.mails, stored()) == ([], [], None)


def test_the_mail_is_of_use_for_as_long_as_its_link(installed: Any) -> None:
    ask()
    row = stored()
    assert row is not None
    assert row.not_after is not None
    assert abs(row.not_after - row.created_at - one_time_links.LINK_LIFE) < timedelta(seconds=1)
