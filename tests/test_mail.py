"""Mail goes out once, in time, to servers that prove who they are."""

from __future__ import annotations

import socket
import ssl
import time

import pytest
import trustme
from flask import Flask

from hubsync.errors import MailNotSent
from hubsync.mail import Post
from tests.mailing import MailServer


def mailing_app(port: int, **more: object) -> Flask:
    app = Flask("mailing", root_path=".")
    usual = {"MAIL_SERVER": "localhost", "MAIL_PORT": port, "MAIL_DEFAULT_SENDER": "hubsync@acme.example"}
    app.config.from_mapping({**usual, **more})
    return app


def send(post: Post, app: Flask, subject: str = "Hello", to: str = "mika@acme.example") -> None:
    with app.app_context():
        post.send(to, subject, "Good morning", "<p>Good morning</p>")


def test_a_mail_arrives_as_text_and_html() -> None:
    with MailServer() as server:
        app = mailing_app(server.port)
        send(Post(app), app, subject="予約のお知らせ")
    (mail,) = server.mails
    assert mail["Subject"] == "予約のお知らせ"
    assert server.envelopes == [("hubsync@acme.example", ["mika@acme.example"])]
    assert mail.get_body(("plain",)).get_content().strip() == "Good morning"
    assert "<p>Good morning</p>" in mail.get_body(("html",)).get_content()


def test_a_server_that_hangs_up_after_taking_the_mail_is_no_failure() -> None:
    with MailServer(hangs_up=True) as server:
        app = mailing_app(server.port)
        send(Post(app), app)
    assert len(server.mails) == 1


def test_a_refused_mail_is_not_sent() -> None:
    with MailServer("550 5.7.1 Not for mika@acme.example") as server:
        app = mailing_app(server.port)
        with pytest.raises(MailNotSent, match="answered 550") as caught:
            send(Post(app), app)
    assert "mika" not in caught.value.message


def test_a_silent_server_is_given_up_in_time() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        app = mailing_app(silent.getsockname()[1])
        began = time.monotonic()
        with pytest.raises(MailNotSent):
            send(Post(app, timeout=0.3), app)
    assert time.monotonic() - began < 3


def test_no_server_is_a_mail_not_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    app = mailing_app(port)
    with pytest.raises(MailNotSent, match="cannot be used"):
        send(Post(app), app)


def test_a_server_whose_certificate_nobody_vouches_for_gets_no_mail() -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("localhost").configure_cert(context)
    with MailServer(starttls=context) as server:
        app = mailing_app(server.port, MAIL_USE_TLS=True)
        with pytest.raises(MailNotSent):
            send(Post(app), app)
    assert server.mails == []


def test_a_server_whose_certificate_is_vouched_for_gets_the_mail_over_tls() -> None:
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    trust = ssl.create_default_context()
    authority.configure_trust(trust)
    with MailServer(starttls=context) as server:
        app = mailing_app(server.port, MAIL_USE_TLS=True)
        send(Post(app, trust=trust), app)
    assert len(server.mails) == 1


def test_the_dialogue_is_not_printed_in_debug_mode(capfd: pytest.CaptureFixture[str]) -> None:
    with MailServer() as server:
        app = mailing_app(server.port, DEBUG=True)
        send(Post(app), app)
    assert "mika@acme.example" not in "".join(capfd.readouterr())


@pytest.mark.parametrize("subject", ["Hello\r\nBcc: mallory@evil.example", "Hello\nTo: mallory@evil.example"])
def test_a_line_break_in_the_subject_sends_nothing(subject: str) -> None:
    with MailServer() as server:
        app = mailing_app(server.port)
        with pytest.raises(MailNotSent, match="line break"):
            send(Post(app), app, subject=subject)
    assert server.mails == []


def test_a_mail_is_not_sent_while_something_forbids_it() -> None:
    def forbid() -> None:
        raise RuntimeError("a database transaction is open")

    with MailServer() as server:
        app = mailing_app(server.port)
        with pytest.raises(RuntimeError, match="transaction"):
            send(Post(app, before_send=forbid), app)
    assert server.mails == []
