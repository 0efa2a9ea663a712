"""Mails that strangers ask for are looked up, counted and sent after the answer, for every address alike."""

from __future__ import annotations

import threading

from flask import Flask
from sqlalchemy import event

from hubsync.services.signin import links
from hubsync.services.signin.mail_limits import FROM_NETWORK, Requester
from hubsync.services.signin.mails import THREAD_NAME
from hubsync.services.teams import members
from hubsync.store import db
from tests.kit.mail_server import MailServer
from tests.kit.waiting import LONGEST

MIKA = "mika@acme.example"


def wait() -> None:
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join()


def test_who_asks_for_nobody_hinders_nobody(app: Flask, smtp: MailServer) -> None:
    with app.test_request_context(), app.app_context():
        members.create_team("Acme", MIKA, "premium")
        for number in range(FROM_NETWORK + 5):
            links.ask_for_link(f"nobody{number}@acme.example", Requester("203.0.113.7"))
            wait()
        assert smtp.mails == []
        links.ask_for_link(MIKA, Requester("203.0.113.7"))
        wait()
    assert [mail["To"] for mail in smtp.mails] == [MIKA]


def test_time_tells_nothing(app: Flask) -> None:
    """A known address costs a look-up, a row and a mail more, but none of it before the answer."""
    here, answered = threading.get_ident(), threading.Event()
    before: dict[str, list[str]] = {MIKA: [], "nobody@acme.example": []}

    def execute(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if threading.get_ident() == here:
            before[email].append(statement)
        elif not answered.wait(LONGEST):
            before[email].append("the answer waits for what another thread does")

    with app.test_request_context(), app.app_context():
        members.create_team("Acme", MIKA, "premium")
        event.listen(db.engine, "before_cursor_execute", execute)
        for email in before:
            answered.clear()
            links.ask_for_link(email, Requester("203.0.113.7"))
            answered.set()
            wait()
        event.remove(db.engine, "before_cursor_execute", execute)
    known, unknown = before.values()
    assert known == unknown
