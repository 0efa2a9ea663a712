"""Notices with a rude mail server: what was not accepted does not count, what may have been does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from hubsync.mail import MailSender
from hubsync.services import now, tools
from hubsync.services.teams.audit import read_trail
from hubsync.store import refuse_open_transaction, write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import Membership
from hubsync.web.teams.audit_text import describe
from tests.kit.clock import at
from tests.kit.mail_server import MailServer
from tests.kit.notices import send_notices
from tests.services.notices.history import START, fail_after, mail_after, stored_notice


def hurry(acme: Any, seconds: float = 0.4) -> None:
    """Let no mail take longer than that."""
    post = MailSender(acme.app, before_send=refuse_open_transaction, timeout=seconds)
    acme.app.extensions["hubsync"] = replace(tools(), mail_sender=post)


@pytest.mark.parametrize("answer", ["451 4.3.0 later", "550 5.7.1 no"])
def test_a_mail_that_is_refused_does_not_count_and_is_tried_again_after_growing_pauses(
    acme: Any, smtp: MailServer, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.answer = answer
    fail_after(acme)
    tries = [0, 4.8, 5.2, 34.8, 35.5, 154, 156.5, 515, 517, 876, 878]
    due = [True, False, True, False, True, False, True, False, True, False, True]
    for minutes, tried in zip(tries, due, strict=True):
        before = stored_notice(acme).tries if minutes else 0
        assert mail_after(minutes=minutes) == 0
        assert (minutes, stored_notice(acme).tries - before) == (minutes, tried)
    assert (stored_notice(acme).sent_at, stored_notice(acme).fault) == (None, "refused")
    assert f"(notice) could not be sent: the mail server answered {answer[:3]}." in caplog.text
    smtp.answer = "250 OK"
    fail_after(acme, hours=20)
    assert [mail_after(hours=hours) for hours in (20, 20.7, 21, 21.1)].count(1) == 1
    row = stored_notice(acme)
    assert (row.next_try_at, row.fault, row.unconfirmed) == (None, "", False)
    assert len(smtp.mails) == 1


def test_a_server_that_cannot_be_reached_or_is_silent_from_the_beginning_counts_for_nothing(
    acme: Any, smtp: MailServer
) -> None:
    smtp.refuses = ("owner@acme.example",)
    fail_after(acme)
    assert mail_after() == 0
    row = stored_notice(acme)
    assert (row.sent_at, row.handing_over_at, row.worker, row.tries) == (None, None, "", 1)


@pytest.mark.parametrize("rude", ["hangs up", "is silent"])
def test_a_mail_whose_answer_was_lost_counts_as_sent_and_is_marked(
    acme: Any, smtp: MailServer, rude: str, caplog: pytest.LogCaptureFixture
) -> None:
    hurry(acme)
    smtp.never_answers = rude
    fail_after(acme)
    with at(START):
        assert send_notices() == 1
    assert stored_notice(acme).unconfirmed
    assert "answer to mail 1 (notice) was lost; it counts as sent" in caplog.text
    assert "but the mail server's answer was lost" in describe(read_trail(acme.team_id, 1)[0])
    smtp.never_answers = ""
    fail_after(acme, days=3)
    assert mail_after(days=6.9) == 0
    assert mail_after(days=7.1) == 1
    assert not stored_notice(acme).unconfirmed
    assert len(smtp.mails) == 2


def test_a_recipient_that_is_refused_does_not_keep_the_others_from_it(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    with write_transaction() as session:
        person = Person(email="full@acme.example", created_at=now())
        session.add(person)
        session.flush()
        session.add(Membership(team_id=acme.team_id, person_id=person.id, role="administrator"))
    smtp.refuses = ("full@acme.example",)
    fail_after(acme)
    assert [mail_after(), mail_after(days=1)] == [1, 0]
    assert [to for _, to in smtp.envelopes] == [["owner@acme.example"]]
    assert "refused 1 recipients" in caplog.text
    assert "full@" not in " ".join(each.getMessage() for each in caplog.records if each.name.startswith("hubsync"))


def test_each_notice_has_an_id_of_its_own(acme: Any, smtp: MailServer) -> None:
    fail_after(acme)
    assert mail_after() == 1
    fail_after(acme, days=8)
    assert mail_after(days=8) == 1
    first, second = (mail["Message-ID"] for mail in smtp.mails)
    assert first != second
