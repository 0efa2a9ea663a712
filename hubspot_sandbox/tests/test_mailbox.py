"""The sandbox's SMTP server, spoken to by Python's own client over a real socket."""

import smtplib
import socket
import threading
from collections.abc import Iterator
from datetime import datetime
from email.message import EmailMessage
from typing import Any

import pytest

from hubspot_sandbox.mail_parser import split_links
from hubspot_sandbox.mailbox import Mailbox


class Received:
    """The mails that the mailbox handed over, and the fault it is asked to make."""

    def __init__(self) -> None:
        self.mails: list[dict[str, Any]] = []
        self.trouble = ""


@pytest.fixture
def received() -> Received:
    return Received()


@pytest.fixture
def mailbox(received: Received) -> Iterator[Mailbox]:
    mailbox = Mailbox(received.mails.append, lambda: received.trouble)
    mailbox.start()
    yield mailbox
    mailbox.stop()


def letter(subject: str = "Hello") -> EmailMessage:
    message = EmailMessage()
    message["From"] = "HubSync <noreply@hubsync.test>"
    message["To"] = "mika@acme.co.jp"
    message["Subject"] = subject
    message.set_content("予約が完了しました\nhttps://hubsync.test/book/1")
    message.add_alternative("<p>Booked</p>", subtype="html")
    message.add_attachment("BEGIN:VCALENDAR", subtype="calendar", filename="booking.ics")
    return message


def send(mailbox: Mailbox, message: EmailMessage, timeout: float = 5) -> None:
    with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=timeout) as line:
        line.send_message(message)


def test_a_mail_is_kept_with_its_headers_text_html_and_attachment(mailbox: Mailbox, received: Received) -> None:
    send(mailbox, letter("ご予約ありがとうございます"))
    (kept,) = received.mails
    assert kept["subject"] == "ご予約ありがとうございます"
    assert kept["from"] == "HubSync <noreply@hubsync.test>"
    assert (kept["sender"], kept["recipients"]) == ("noreply@hubsync.test", ["mika@acme.co.jp"])
    assert kept["text"] == "予約が完了しました\nhttps://hubsync.test/book/1\n"
    assert kept["html"] == "<p>Booked</p>\n"
    assert ["To", "mika@acme.co.jp"] in kept["headers"]
    assert [(a["name"], a["type"], a["text"]) for a in kept["attachments"]] == [
        ("booking.ics", "text/calendar", "BEGIN:VCALENDAR\n")
    ]
    assert datetime.fromisoformat(kept["received"]).tzinfo is not None


def test_a_mail_in_an_unknown_character_set_is_still_readable(mailbox: Mailbox, received: Received) -> None:
    raw = b"Subject: odd\r\nContent-Type: text/plain; charset=klingon\r\n\r\nHello \xff there\r\n"
    with smtplib.SMTP("127.0.0.1", mailbox.port, timeout=5) as line:
        line.sendmail("a@b.test", ["c@d.test"], raw)
    assert received.mails[0]["text"] == "Hello � there\n"


def test_a_refused_connection_says_421(mailbox: Mailbox, received: Received) -> None:
    received.trouble = "refuse"
    with pytest.raises(smtplib.SMTPConnectError) as refusal:
        send(mailbox, letter())
    assert refusal.value.smtp_code == 421
    assert received.mails == []


@pytest.mark.parametrize(("trouble", "code"), [("defer", 451), ("reject", 550)])
def test_a_mail_can_be_turned_away_after_it_was_handed_over(
    mailbox: Mailbox, received: Received, trouble: str, code: int
) -> None:
    received.trouble = trouble
    with pytest.raises(smtplib.SMTPDataError) as refusal:
        send(mailbox, letter())
    assert refusal.value.smtp_code == code
    assert received.mails == []


def test_a_mailbox_that_hangs_leaves_the_client_waiting_and_still_closes(
    mailbox: Mailbox, received: Received
) -> None:
    received.trouble = "hang"
    line = smtplib.SMTP("127.0.0.1", mailbox.port, timeout=0.3)
    with pytest.raises((TimeoutError, smtplib.SMTPServerDisconnected)):
        line.send_message(letter())
    mailbox.stop()
    line.close()
    assert received.mails == []
    assert "sandbox-mailbox" not in [thread.name for thread in threading.enumerate()]


def test_a_line_lost_after_the_data_leaves_the_mail_kept(mailbox: Mailbox, received: Received) -> None:
    received.trouble = "lose"
    with pytest.raises(smtplib.SMTPServerDisconnected):
        send(mailbox, letter())
    assert len(received.mails) == 1


def test_the_mailbox_works_again_once_the_trouble_is_over(mailbox: Mailbox, received: Received) -> None:
    received.trouble = "reject"
    with pytest.raises(smtplib.SMTPDataError):
        send(mailbox, letter())
    received.trouble = ""
    send(mailbox, letter("second"))
    assert [mail["subject"] for mail in received.mails] == ["second"]


def test_a_taken_port_is_named(mailbox: Mailbox) -> None:
    second = Mailbox(lambda mail: None, port=mailbox.port)
    with pytest.raises(OSError, match=rf"port {mailbox.port} .* is already in use"):
        second.start()


def test_closing_lets_the_port_go_even_with_a_line_open() -> None:
    mailbox = Mailbox(lambda mail: None)
    mailbox.start()
    with socket.create_connection(("127.0.0.1", mailbox.port), timeout=5) as line:
        assert line.recv(100).startswith(b"220")
        mailbox.stop()
        assert line.recv(100) == b""
    mailbox.start()
    mailbox.stop()


def test_web_addresses_in_a_text_are_told_apart_from_the_words_around_them() -> None:
    text = "Open <https://a.test/b?c=1>, or http://localhost:8000/x. 「https://日本.test/」"
    pieces = split_links(text)
    assert "".join(piece for piece, _ in pieces) == text
    assert [piece for piece, link in pieces if link] == [
        "https://a.test/b?c=1",
        "http://localhost:8000/x",
        "https://日本.test/",
    ]
