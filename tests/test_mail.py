"""Mail goes out once, in time, to servers that prove who they are."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest
import trustme
from flask import Flask

from hubsync.errors import MailNotSent
from hubsync.mail import MailSender
from tests.kit.mail_server import MailServer
from tests.kit.waiting import LONGEST


def mailing_app(port: int, **more: object) -> Flask:
    app = Flask("mailing", root_path=".")
    usual = {"MAIL_SERVER": "localhost", "MAIL_PORT": port, "MAIL_DEFAULT_SENDER": "hubsync@acme.example"}
    app.config.from_mapping({**usual, **more})
    return app


def send(post: MailSender, app: Flask, subject: str = "Hello", to: str = "mika@acme.example") -> None:
    with app.app_context():
        post.send(to, subject, "Good morning", "<p>Good morning</p>")


def test_a_mail_arrives_as_text_and_html() -> None:
    with MailServer() as server:
        app = mailing_app(server.port)
        send(MailSender(app), app, subject="予約のお知らせ")
    (mail,) = server.mails
    assert mail["Subject"] == "予約のお知らせ"
    assert server.envelopes == [("hubsync@acme.example", ["mika@acme.example"])]
    assert mail.get_body(("plain",)).get_content().strip() == "Good morning"
    assert "<p>Good morning</p>" in mail.get_body(("html",)).get_content()


@pytest.mark.parametrize("line", ["x" * 999, "é" * 500, "= " * 600, "製品 " * 2_000])
def test_a_line_that_is_longer_than_servers_take_arrives_whole(line: str) -> None:
    with MailServer() as server:
        app = mailing_app(server.port)
        with app.app_context():
            MailSender(app).send("mika@acme.example", "Long", f"Before\n{line}\nafter", f"<p>{line}</p>")
    (mail,) = server.mails
    assert max(map(len, mail.as_bytes().splitlines())) <= 998
    for form, text in (("plain", f"Before\n{line}\nafter"), ("html", f"<p>{line}</p>")):
        part = mail.get_body((form,))
        assert part is not None
        assert part.get_content().splitlines() == text.splitlines()


def test_a_server_that_hangs_up_after_taking_the_mail_is_no_failure() -> None:
    with MailServer(hangs_up=True) as server:
        app = mailing_app(server.port)
        send(MailSender(app), app)
    assert len(server.mails) == 1


def test_a_refused_mail_is_not_sent() -> None:
    with MailServer("550 5.7.1 Not for mika@acme.example") as server:
        app = mailing_app(server.port)
        with pytest.raises(MailNotSent, match="answered 550") as caught:
            send(MailSender(app), app)
    assert "mika" not in caught.value.message
    assert (caught.value.reason, caught.value.answer) == ("refused", "550 5.7.1 Not for mika@acme.example")


def test_a_silent_server_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = mailing_app(silent.getsockname()[1])
        began = time.monotonic()
        with pytest.raises(MailNotSent):
            send(MailSender(app, timeout=0.3), app)
    assert time.monotonic() - began < LONGEST


@pytest.mark.parametrize("heard", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("pause", [None, 0.1])
def test_a_server_that_stops_or_drips_at_any_point_is_given_up_in_time(heard: int, pause: float | None) -> None:
    """After *heard* answers it says nothing more, or a never-ending line, a byte at a time."""
    answers = [b"220 hi\r\n", b"250 hi\r\n", b"250 ok\r\n", b"250 ok\r\n"][:heard]
    with listening(answers, pause) as port:
        app = mailing_app(port)
        began = time.monotonic()
        with pytest.raises(MailNotSent) as caught:
            send(MailSender(app, timeout=0.5), app)
        assert time.monotonic() - began < LONGEST
    assert caught.value.reason == "timeout"


@contextmanager
def listening(answers: list[bytes], pause: float | None) -> Iterator[int]:
    over = threading.Event()

    def serve(server: socket.socket) -> None:
        line, _address = server.accept()
        with line, suppress(OSError):
            for number, answer in enumerate(answers):
                if number:
                    line.recv(4096)
                line.sendall(answer)
            while not over.wait(pause):
                line.sendall(b"2")

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        yield int(server.getsockname()[1])
        over.set()
        thread.join()


def test_a_mail_that_went_out_leaves_no_thread_waiting() -> None:
    with MailServer() as server:
        app = mailing_app(server.port)
        before = set(threading.enumerate())  # some of them may end meanwhile
        send(MailSender(app, timeout=60), app)
        until = time.monotonic() + 5
        while set(threading.enumerate()) - before and time.monotonic() < until:
            time.sleep(0.01)
        assert set(threading.enumerate()) - before == set()


def test_no_server_is_a_mail_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    app = mailing_app(port)
    with pytest.raises(MailNotSent, match="cannot be used"):
        send(MailSender(app), app)


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_mail() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with MailServer(starttls=context) as server:
        app = mailing_app(server.port, MAIL_USE_TLS=True)
        with pytest.raises(MailNotSent):
            send(MailSender(app), app)
    assert server.mails == []


def test_a_server_whose_certificate_is_vouched_for_gets_the_mail_over_tls() -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with MailServer(starttls=context) as server:
        app = mailing_app(server.port, MAIL_USE_TLS=True)
        send(MailSender(app, trust=trust), app)
    assert len(server.mails) == 1


def test_a_server_that_offers_no_tls_gets_no_mail_when_tls_is_asked_for() -> None:
    with MailServer() as server:
        app = mailing_app(server.port, MAIL_USE_TLS=True)
        with pytest.raises(MailNotSent) as caught:
            send(MailSender(app), app)
    assert server.mails == []
    assert caught.value.reason == "not_offered"


@pytest.mark.parametrize("known", [True, False])
def test_tls_from_the_beginning_checks_the_certificate_too(known: bool) -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    trust = ssl.create_default_context()
    if known:
        authority.configure_trust(trust)
    with MailServer(tls=context) as server:
        app = mailing_app(server.port, MAIL_USE_SSL=True)
        if known:
            send(MailSender(app, trust=trust), app)
        else:
            with pytest.raises(MailNotSent) as caught:
                send(MailSender(app, trust=trust), app)
            assert caught.value.reason == "certificate"
    assert len(server.mails) == (1 if known else 0)


def test_a_certificate_for_another_host_gets_no_mail() -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("mail.other.example").configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with MailServer(starttls=context) as server:
        app = mailing_app(server.port, MAIL_USE_TLS=True)
        with pytest.raises(MailNotSent) as caught:
            send(MailSender(app, trust=trust), app)
    assert server.mails == []
    assert caught.value.reason == "certificate"


def test_an_address_that_the_server_cannot_take_is_a_mail_not_sent() -> None:
    with MailServer() as server:
        app = mailing_app(server.port)
        with pytest.raises(MailNotSent) as caught:
            send(MailSender(app), app, to="jürgen@acme.example")
    assert caught.value.reason == "address"


def test_the_dialogue_is_not_printed_in_debug_mode(capfd: pytest.CaptureFixture[str]) -> None:
    with MailServer() as server:
        app = mailing_app(server.port, DEBUG=True)
        send(MailSender(app), app)
    assert "mika@acme.example" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: mallory@evil.example", "Hello\nTo: mallory@evil.example"])
def test_a_line_break_in_the_subject_sends_nothing(subject: str) -> None:
    with MailServer() as server:
        app = mailing_app(server.port)
        with pytest.raises(MailNotSent, match="line break"):
            send(MailSender(app), app, subject=subject)
    assert server.mails == []


def test_a_mail_is_not_sent_while_something_forbids_it() -> None:
    def forbid() -> None:
        raise RuntimeError("a database transaction is open")

    with MailServer() as server:
        app = mailing_app(server.port)
        with pytest.raises(RuntimeError, match="transaction"):
            send(MailSender(app, before_send=forbid), app)
    assert server.mails == []
