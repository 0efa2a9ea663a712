"""What the HubSpot page says of the mail about failures: the last, the silence after it, what is in the way."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from hubsync.store.teams import Team
from tests.kit.browser import Browser
from tests.kit.clock import later
from tests.kit.failed_deliveries import fail
from tests.kit.mail_server import MailServer
from tests.kit.notices import send_notices
from tests.kit.page import words
from tests.web.connection.account_switch_question import map_property
from tests.web.connection.consent_page import PAGE, come_back


@pytest.fixture
def acme(app: Flask, team: Team, owner: Browser) -> Any:
    """The team is connected and has a calendar."""
    come_back(owner)
    calendar_id = map_property(app, team, "jobtitle", "Job Title")
    return SimpleNamespace(app=app, team_id=team.id, calendar_id=calendar_id)


def told(visitor: Browser) -> str:
    return words(visitor.open(PAGE).select_one("section[aria-labelledby='mail-about-failures']"))


def fail_and_tell(acme: Any) -> None:
    with acme.app.app_context():
        fail(acme)
        send_notices()


def test_before_any_failure_it_says_who_would_be_mailed(acme: Any, owner: Browser) -> None:
    shown = told(owner)
    assert "mails the owner, the administrators and whoever connected; at most once in 7 days" in shown
    assert shown.endswith("Last mail none yet")


def test_after_a_notice_it_says_when_it_was_and_how_long_there_is_no_other(acme: Any, owner: Browser) -> None:
    fail_and_tell(acme)
    assert re.search(r"Last mail \S.* No other before \S", told(owner))
    with later(days=7, minutes=1):
        owner.sign_in("owner@acme.example")
        assert "No other before" not in told(owner)


def test_a_notice_that_the_server_refuses_is_told_with_the_reason_and_the_next_try(
    acme: Any, owner: Browser, smtp: MailServer
) -> None:
    smtp.answer = "550 5.7.1 not for owner@acme.example"
    fail_and_tell(acme)
    shown = told(owner)
    assert "Not delivered The mail server refused the mail. “Send test mail” in the Team Settings shows" in shown
    assert "Next try:" in shown
    assert "5.7.1" not in shown
    assert "Last mail none yet" in shown


def test_a_notice_whose_answer_was_lost_is_told_as_such(acme: Any, owner: Browser, smtp: MailServer) -> None:
    smtp.never_answers = "hangs up"
    fail_and_tell(acme)
    shown = told(owner)
    assert "perhaps: the mail server did not say whether it took it" in shown
    assert "No other before" in shown


def test_the_pages_a_notice_names_are_there(acme: Any, owner: Browser, smtp: MailServer) -> None:
    with acme.app.app_context():
        fail(acme)
        fail(acme, "retrying", "hubspot_busy")
    with later(hours=2), acme.app.app_context():
        assert send_notices() == 1
    text = smtp.mails[-1].get_body(("plain",)).get_content()
    addresses = re.findall(r"http://localhost:8000(\S+)", text)
    assert len(addresses) == 2
    for address in [*addresses, PAGE]:
        assert owner.get(address).status_code == 200, address


class TestWithoutMail:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"MAIL_DEFAULT_SENDER": ""}

    def test_it_says_that_nobody_is_mailed_and_what_to_set(self, acme: Any, owner: Browser) -> None:
        shown = told(owner)
        assert "Nobody is mailed when something fails: this installation sends no mail." in shown
        assert "HUBSYNC_MAIL_DEFAULT_SENDER" in shown
