"""Mails that strangers ask for are looked up, counted and sent after the answer, for every address alike."""

from __future__ import annotations

import threading
import time
from statistics import median

from flask import Flask

from hubsync.services.signin import links
from hubsync.services.signin.mail_limits import FROM_NETWORK, Requester
from hubsync.services.signin.mails import THREAD_NAME
from hubsync.services.teams import members
from tests.kit.mail_server import MailServer

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


def test_time_tells_nothing(app: Flask, smtp: MailServer) -> None:
    """A known address costs a look-up, a row and a mail more, but none of it before the answer."""
    taken: dict[str, list[float]] = {MIKA: [], "nobody@acme.example": []}
    with app.test_request_context(), app.app_context():
        members.create_team("Acme", MIKA, "premium")
        for turn in range(20):
            for email, times in taken.items():
                began = time.perf_counter()
                links.ask_for_link(email, Requester(f"203.0.113.{turn}"))
                times.append(time.perf_counter() - began)
                wait()
    known, unknown = (median(times) for times in taken.values())
    assert abs(known - unknown) < 0.010
