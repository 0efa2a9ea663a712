"""Whether a mail that was not confirmed has left: in doubt only after the mail itself, otherwise known."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
from flask import Flask

from hubsync.errors import MailNotSent
from hubsync.mail import MailSender
from tests.kit.mail_server import MailServer
from tests.kit.waiting import LONGEST
from tests.test_mail import mailing_app


class Stopped(Exception):
    """What a test's last moment raises."""


SILENT = 2.0
"""Seconds after which a server that says nothing is given up; what it says comes before, on a busy machine too."""


def fault_of(port: int, timeout: float = LONGEST) -> MailNotSent:
    app = mailing_app(port)
    with app.app_context(), pytest.raises(MailNotSent) as caught:
        MailSender(app, timeout=timeout).send("mika@acme.example", "Hello", "Good morning")
    return caught.value


@pytest.mark.parametrize(("rude", "reason"), [("hangs up", "hung_up"), ("is silent", "timeout")])
def test_a_server_that_has_the_mail_and_does_not_answer_may_have_accepted_it(rude: str, reason: str) -> None:
    with MailServer() as server:
        server.never_answers = rude
        fault = fault_of(server.port, SILENT if reason == "timeout" else LONGEST)
    assert (fault.perhaps_sent, fault.reason) == (True, reason)


@pytest.mark.parametrize("answer", ["451 4.3.0 later", "421 4.3.2 going down", "550 5.7.1 no", "554 never"])
def test_a_server_that_refuses_the_mail_has_not_accepted_it(answer: str) -> None:
    with MailServer(answer) as server:
        fault = fault_of(server.port)
    assert (fault.perhaps_sent, fault.reason) == (False, "refused")


@pytest.mark.parametrize("answer", ["354 go on", "two hundred and fifty", "250" + "x" * 9000])
def test_an_answer_to_the_mail_that_says_neither_yes_nor_no_leaves_it_in_doubt(answer: str) -> None:
    with talking([b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go on", answer.encode()]) as port:
        assert fault_of(port, SILENT).perhaps_sent


def test_a_server_that_refuses_the_mail_and_is_silent_then_has_not_accepted_it() -> None:
    with talking([b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go on", b"451 later"]) as port:
        assert not fault_of(port, SILENT).perhaps_sent


@pytest.mark.parametrize("heard", range(5))
def test_before_the_mail_itself_nothing_is_in_doubt(heard: int) -> None:
    with talking([b"220 hi", b"250 hi", b"250 ok", b"250 ok", b"354 go on"][:heard]) as port:
        assert not fault_of(port, 0.5).perhaps_sent


def test_the_last_moment_comes_when_the_recipients_are_accepted_and_can_still_end_it() -> None:
    """The mail does not leave, and what was raised is raised."""
    seen: list[int] = []
    with MailServer() as server:
        app = mailing_app(server.port)

        def last_moment() -> None:
            seen.append(len(server.mails))
            raise Stopped

        with app.app_context(), pytest.raises(Stopped):
            MailSender(app).send("mika@acme.example", "Hello", "Good morning", before_data=last_moment)
        assert (seen, server.mails) == ([0], [])


@pytest.mark.parametrize("refused", [True, False])
def test_the_last_moment_does_not_come_for_a_mail_that_cannot_be_handed_over(refused: bool) -> None:
    with MailServer() as server:
        server.refuses = ("mika@acme.example",) if refused else ()
        app = mailing_app(server.port if refused else free_port())
        with app.app_context(), pytest.raises(MailNotSent):
            MailSender(app).send("mika@acme.example", "Hello", "Good morning", before_data=pytest.fail)


def test_nobody_may_come_out_of_the_last_moment_with_an_open_transaction() -> None:
    opened: list[bool] = []

    def refuse_open_transaction() -> None:
        if opened:
            raise Stopped

    with MailServer() as server:
        app: Flask = mailing_app(server.port)
        post = MailSender(app, before_send=refuse_open_transaction)
        with app.app_context(), pytest.raises(Stopped):
            post.send("mika@acme.example", "Hello", "Good morning", before_data=lambda: opened.append(True))
        assert server.mails == []


def test_every_mail_says_that_no_person_wrote_it() -> None:
    with MailServer() as server:
        app = mailing_app(server.port)
        with app.app_context():
            MailSender(app).send("mika@acme.example", "Hello", "Good morning")
        assert server.mails[0]["Auto-Submitted"] == "auto-generated"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])


@contextmanager
def talking(answers: list[bytes]) -> Iterator[int]:
    """A server that says these lines, one for each thing it hears, and then nothing more."""
    over = threading.Event()

    def hear(line: socket.socket, until: bytes) -> None:
        heard = b""
        while not heard.endswith(until) and (piece := line.recv(4096)):
            heard += piece

    def serve(server: socket.socket) -> None:
        line, _address = server.accept()
        with line, suppress(OSError):
            for number, answer in enumerate(answers):
                if number:
                    hear(line, b"\r\n.\r\n" if answers[number - 1].startswith(b"354") else b"\r\n")
                line.sendall(answer + b"\r\n")
            over.wait(LONGEST)

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        yield int(server.getsockname()[1])
        over.set()
        thread.join()
