"""Team Settings > Mail: whether mail works is tried before somebody waits for one."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask

from hubsync.domain.roles import Role
from hubsync.errors import MailFailure
from hubsync.store.teams import Team
from hubsync.web.shell.mail_errors import REASONS
from tests.kit.browser import Browser
from tests.kit.mail_server import MailServer
from tests.kit.members import join
from tests.kit.page import words
from tests.kit.settings import OWNER, change_settings

SETTINGS = "/teams/acme/settings"
TEST_MAIL = f"{SETTINGS}/test-mail"


def outcome(visitor: Browser) -> str:
    visitor.post(TEST_MAIL, page=SETTINGS)
    return " ".join(visitor.open(SETTINGS).select_one("main .notice").get_text(" ").split())


def test_the_test_mail_goes_to_who_presses(app: Flask, team: Team, owner: Browser, smtp: MailServer) -> None:
    assert f"The mail server took the test mail. Look into the mailbox of {OWNER}." in outcome(owner)
    with app.app_context():
        join(team.id, "admin@acme.example", Role.ADMINISTRATOR)
    outcome(Browser(app).sign_in("admin@acme.example"))
    assert [mail["To"] for mail in smtp.mails] == [OWNER, "admin@acme.example"]


def test_whatever_may_be_in_the_way_of_a_mail_has_its_sentence() -> None:
    # Of a worker that was stopped nobody knows whether its mail left.
    assert set(REASONS) == set(MailFailure) - {MailFailure.STOPPED}


def test_a_refusal_is_told_with_what_the_server_answered(owner: Browser, smtp: MailServer) -> None:
    smtp.answer = "554 5.7.1 <b>No</b> relaying"
    told = outcome(owner)
    assert "The mail server refused the mail." in told
    assert "“554 5.7.1 <b>No</b> relaying”" in told


@contextmanager
def rude(*lines: bytes) -> Iterator[int]:
    """A server that sends *lines*, one after each thing it hears, and then nothing more; its port."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = threading.Event()

        def serve() -> None:
            line, _address = listening.accept()
            with line:
                for number, text in enumerate(lines):
                    if number:
                        line.recv(4096)
                    line.sendall(text)
                over.wait(20)

        thread = threading.Thread(target=serve)
        thread.start()
        yield int(listening.getsockname()[1])
        over.set()
        thread.join()


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ((b"220 hi\r\n", b"535 5.7.8 no such p4ssw0rd-of-ours here\r\n"), ""),
        ((b"421 4.3.2 closed for today\r\n",), "421 4.3.2 closed for today"),
        ((b"nonsense\r\n",), "The test mail could not be sent."),
    ],
)
def test_a_server_that_will_not_have_us_is_told(
    app: Flask, owner: Browser, lines: tuple[bytes], told: str
) -> None:
    with rude(*lines) as port:
        app.extensions["mail"].port = port
        assert told in outcome(owner)


def test_a_login_that_fails_names_the_settings_and_never_the_password(
    app: Flask, owner: Browser, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    mail = app.extensions["mail"]
    mail.username, mail.password = "us", "p4ssw0rd-of-ours"
    lines = (
        b"220 hi\r\n",
        b"250-hi\r\n250 AUTH LOGIN PLAIN\r\n",
        b"535 5.7.8 user us with p4ssw0rd-of-ours (AHVzAHA0c3N3MHJkLW9mLW91cnM=) refused\r\n",
        b"535 5.7.8 user us with p4ssw0rd-of-ours (AHVzAHA0c3N3MHJkLW9mLW91cnM=) refused\r\n",
    )
    with rude(*lines) as port:
        mail.port = port
        told = outcome(owner)
    assert "HUBSYNC_MAIL_USERNAME and HUBSYNC_MAIL_PASSWORD" in told
    assert "535 5.7.8 user us with … (…) refused" in told
    assert "p4ssw0rd" not in told + caplog.text


def test_no_server_says_which_settings_lead_to_it(app: Flask, owner: Browser) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    app.extensions["mail"].port = port
    change_settings(app, mail_port=port)
    told = outcome(owner)
    assert f"No mail server can be reached at 127.0.0.1:{port}." in told
    assert "HUBSYNC_MAIL_SERVER" in told


@pytest.mark.slow
def test_a_server_that_hangs_holds_the_page_up_for_ten_seconds_at_most(app: Flask, owner: Browser) -> None:
    with rude(b"220 hi\r\n", b"250 hi\r\n") as port:
        app.extensions["mail"].port = port
        page = owner.token(SETTINGS)
        began = time.monotonic()
        answer = owner.client.post(TEST_MAIL, base_url="http://localhost:8000", data={"csrf_token": page})
        assert answer.status_code == 302
        assert time.monotonic() - began < 10 + 20  # on a busy machine
    assert "did not answer in time" in words(owner.open(SETTINGS))


class TestWithoutASender:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"MAIL_DEFAULT_SENDER": ""}

    def test_the_page_warns_and_names_the_setting(self, owner: Browser) -> None:
        page = owner.open(SETTINGS)
        assert "Mail is not set up." in words(page)
        assert "HUBSYNC_MAIL_DEFAULT_SENDER" in words(page)
        assert page.select(f"form[action='{TEST_MAIL}']") == []
        assert "HUBSYNC_MAIL_DEFAULT_SENDER" in words(owner.open(f"{SETTINGS}/members"))

    def test_an_invitation_waits_until_mail_is_set_up(self, owner: Browser) -> None:
        members = f"{SETTINGS}/members"
        owner.post(members, page=members, email="kenji@acme.example", role="member")
        page = words(owner.open(members))
        assert "The invitation is kept, but its mail could not be sent." in page
        assert "kenji@acme.example" in page
