"""One mail to several people: taken when somebody gets it, and known again when it comes twice."""

from __future__ import annotations

import pytest
from flask import Flask

from hubsync.errors import MailNotSent
from hubsync.mail import MailSender
from tests.kit.mail_server import MailServer

TO = ("owner@acme.example", "admin@acme.example")


def send(server: MailServer, to: str | tuple[str, ...], message_id: str | None = None) -> tuple[str, ...]:
    app = Flask("mailing", root_path=".")
    app.config.from_mapping(
        MAIL_SERVER="localhost", MAIL_PORT=server.port, MAIL_DEFAULT_SENDER="hubsync@acme.example"
    )
    with app.app_context():
        return MailSender(app).send(to, "Hello", "Good morning", message_id=message_id)


def test_one_mail_goes_to_all_of_them() -> None:
    with MailServer() as server:
        assert send(server, TO) == ()
    assert [sorted(to) for _, to in server.envelopes] == [sorted(TO)]
    assert {each.addr_spec for each in server.mails[0]["To"].addresses} == set(TO)


def test_it_is_sent_when_the_server_refuses_only_some() -> None:
    with MailServer() as server:
        server.refuses = TO[:1]
        assert send(server, TO) == TO[:1]
    assert [to for _, to in server.envelopes] == [[TO[1]]]


def test_it_is_not_sent_when_the_server_refuses_all() -> None:
    with MailServer() as server:
        server.refuses = TO
        with pytest.raises(MailNotSent, match="answered 550") as caught:
            send(server, TO)
    assert "acme" not in caught.value.message


def test_a_mail_that_comes_again_can_carry_the_same_message_id() -> None:
    with MailServer() as server:
        send(server, TO[0], "<idle-warning.1@acme.example>")
        send(server, TO[0], "<idle-warning.1@acme.example>")
        send(server, TO[0])
    first, second, third = (mail["Message-ID"] for mail in server.mails)
    assert first == second == "<idle-warning.1@acme.example>"
    assert third != first
