"""The outbox: what was committed is mailed, once; what was not is not."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hubsync.domain.mails import KEPT, USUAL, MailKind, MailState
from hubsync.errors import MailFailure
from hubsync.mail import MailSender
from hubsync.services import tools
from hubsync.services.outbox import turns
from hubsync.services.outbox.outbox import MailToPut, put
from hubsync.services.outbox.sender import WrittenMail, message_id, send_at_once, send_due_mails
from hubsync.store import db, end_read, refuse_open_transaction, write_transaction
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from hubsync.store.teams import Team
from tests.kit.clock import at
from tests.kit.mail_server import MailServer, body
from tests.kit.outbox_mails import GUEST, START, WRITERS, put_one, send_after, stored, write


def test_what_was_committed_is_mailed_once_and_its_content_kept_no_longer(acme: Any, smtp: MailServer) -> None:
    tools().mail_wake.clear()
    assert put_one()
    assert tools().mail_wake.is_set()
    row = stored()
    assert (row.state, GUEST in row.content_sealed, row.content_sealed != "") == (MailState.WAITING, False, True)
    assert [send_after(seconds=1), send_after(seconds=2)] == [1, 0]
    assert [(mail["To"], body(mail).strip()) for mail in smtp.mails] == [(GUEST, "The words are kind.")]
    row = stored()
    assert (row.state, row.content_sealed, row.unconfirmed, row.tries) == (MailState.SENT, "", False, 1)


def test_what_was_rolled_back_is_never_mailed_and_wakes_nobody(acme: Any, smtp: MailServer) -> None:
    tools().mail_wake.clear()
    with pytest.raises(ZeroDivisionError):
        put_one_and_fail()
    with write_transaction():
        pass  # another unit of the same session does not do what the failed one wanted done
    assert not tools().mail_wake.is_set()
    assert (send_after(seconds=1), smtp.mails) == (0, [])


def put_one_and_fail() -> None:
    with write_transaction() as session:
        put(session, MailToPut(MailKind.GUEST_CONFIRMATION, "one", {"to": GUEST}))
        session.flush()
        raise ZeroDivisionError


def test_a_key_is_mailed_once(acme: Any, smtp: MailServer) -> None:
    assert [put_one(), put_one(words="others")] == [True, False]
    assert send_after(seconds=1) == 1
    assert put_one() is False
    assert (send_after(seconds=2), len(smtp.mails)) == (0, 1)


def test_a_mail_for_a_person_goes_to_the_address_of_then(acme: Any, smtp: MailServer) -> None:
    person = db.session.query(Person).first()
    end_read()
    put_one(person_id=person.id)
    with write_transaction() as session:
        session.get_one(Person, person.id).email = "new@acme.example"
    assert send_after(seconds=1) == 1
    assert smtp.mails[0]["To"] == "new@acme.example"


def test_a_mail_goes_with_its_team(acme: Any, smtp: MailServer) -> None:
    put_one(team_id=acme.team_id)
    with write_transaction() as session:
        session.delete(session.get_one(Team, acme.team_id))
    assert (send_after(seconds=1), db.session.query(OutboxMail).count()) == (0, 0)
    end_read()


def test_all_tries_have_one_message_id_that_does_not_tell_the_key(acme: Any, smtp: MailServer) -> None:
    put_one(key="secret")
    smtp.answer = "451 later"
    assert send_after(seconds=1) == 0
    smtp.reset()
    send_after(minutes=2)
    put_one(key="other")
    send_after(minutes=3)
    seen = [mail["Message-ID"] for mail in smtp.mails]
    assert len(set(seen)) == 2
    assert not any("secret" in each for each in seen)
    assert seen[0] == message_id(MailKind.GUEST_CONFIRMATION, "secret")


def test_what_the_server_does_not_take_is_tried_again_a_limited_number_of_times(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    put_one(words="a guest's own")
    smtp.answer = "451 not now"
    with caplog.at_level(logging.INFO):
        assert [send_after(seconds=1), send_after(seconds=40)] == [0, 0]
        assert stored().tries == 1
        for hours in range(1, 40):
            send_after(hours=hours * 13)
    row = stored()
    assert (row.tries, row.state, row.fault, row.content_sealed) == (
        len(USUAL.pauses) + 1,
        MailState.GIVEN_UP,
        MailFailure.REFUSED,
        "",
    )
    assert "451" in caplog.text
    assert not any(word in caplog.text for word in (GUEST, "a guest's own"))


def test_a_recipient_that_the_server_will_never_take_is_given_up_at_once(acme: Any, smtp: MailServer) -> None:
    put_one("gone", to="gone@guest.example")
    put_one("there")
    smtp.refuses = ("gone@guest.example",)
    assert send_after(seconds=1) == 1
    assert (stored("gone").state, stored("gone").tries, stored("there").state) == (
        MailState.GIVEN_UP,
        1,
        MailState.SENT,
    )


def nobody_there(acme: Any, port: int = 1) -> None:
    """Let the mail server be at *port*, which by default is nobody's."""
    before = acme.app.config["MAIL_PORT"]
    acme.app.config["MAIL_PORT"] = port
    post = MailSender(acme.app, before_send=refuse_open_transaction)
    acme.app.config["MAIL_PORT"] = before
    acme.app.extensions["hubsync"] = replace(tools(), mail_sender=post)


def test_a_server_that_cannot_be_reached_is_tried_once_a_round(acme: Any, smtp: MailServer) -> None:
    put_one("first")
    put_one("second")
    nobody_there(acme)
    assert send_after(seconds=1) == 0
    assert sorted((stored("first").tries, stored("second").tries)) == [0, 1]
    nobody_there(acme, port=smtp.port)
    assert send_after(minutes=5) == 2


def test_a_mail_that_nobody_needs_any_more_is_not_sent(acme: Any, smtp: MailServer) -> None:
    put_one(not_after=START + timedelta(minutes=10))
    assert (send_after(minutes=11), stored().state, smtp.mails) == (0, MailState.GIVEN_UP, [])


def test_a_lost_answer_counts_as_sent(acme: Any, smtp: MailServer) -> None:
    put_one()
    smtp.never_answers = "hangs up"
    assert [send_after(seconds=1), send_after(days=1)] == [1, 0]
    row = stored()
    assert (len(smtp.mails), row.state, row.unconfirmed) == (1, MailState.SENT, True)


def test_a_mail_that_cannot_be_written_keeps_no_other_back_and_is_given_up_at_last(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    def stumble(content: Any, person: Any) -> WrittenMail:
        if content["words"] == "bad":
            raise KeyError(content["to"])
        return WRITERS[stored().kind](content, person)

    put_one(words="bad", to="private@guest.example")
    put_one("two")
    for hours in range(30):
        with at(START + timedelta(hours=13 * hours, seconds=1)):
            send_due_mails(dict.fromkeys(WRITERS, stumble))
    assert (len(smtp.mails), stored().state, stored().tries) == (1, MailState.GIVEN_UP, len(USUAL.pauses) + 1)
    assert "private@guest.example" not in caplog.text


def test_old_rows_are_deleted(acme: Any, smtp: MailServer) -> None:
    put_one()
    put_one("waits")
    smtp.refuses = ()
    with at(START):
        assert turns.take(stored().id) is not None
    send_after(seconds=1)
    with at(START + KEPT - timedelta(minutes=1)):
        assert turns.forget_old() == 0
    with at(START + KEPT + timedelta(minutes=1)):
        assert turns.forget_old() == 1
    assert db.session.query(OutboxMail.key).all() == [("one",)]  # it was taken and waits for its next try
    end_read()


def test_a_kind_that_this_version_does_not_know_is_left_to_the_one_that_put_it(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    put_one("of another version")
    put_one()
    with write_transaction() as session:
        session.execute(text("UPDATE outbox_mails SET kind = 'postcard' WHERE key = 'of another version'"))
    assert send_after() == 1
    assert [each for each in caplog.records if each.levelname == "ERROR"] == []
    assert stored("of another version").tries == 0


def test_a_round_comes_to_its_end_and_wakes_the_next(acme: Any, smtp: MailServer) -> None:
    put_one()
    tools().mail_wake.clear()
    with at(START):
        assert (send_due_mails(WRITERS, seconds=0), tools().mail_wake.is_set()) == ([], True)


def test_a_mail_that_nobody_needs_by_now_is_forgotten_with_what_it_was_made_of(
    acme: Any, smtp: MailServer
) -> None:
    put_one()
    with at(START):
        assert send_due_mails(dict.fromkeys(WRITERS, lambda content, person: None)) == []
    assert (smtp.mails, db.session.query(OutboxMail).count()) == ([], 0)
    end_read()


def test_a_mail_that_somebody_waits_for_leaves_at_once_and_wakes_nobody(acme: Any, smtp: MailServer) -> None:
    tools().mail_wake.clear()
    put_one(wakes=False)
    with at(START):
        assert send_at_once("one", write) is None
        assert send_at_once("one", write) is None
    assert (len(smtp.mails), stored().state, tools().mail_wake.is_set()) == (1, MailState.SENT, False)


def test_who_waits_for_a_mail_is_told_what_was_in_its_way_and_it_is_tried_again(
    acme: Any, smtp: MailServer
) -> None:
    put_one()
    smtp.answer = "451 not now"
    with at(START):
        fault = send_at_once("one", write)
    assert fault is not None
    assert (fault.reason, fault.answer) == (MailFailure.REFUSED, "451 not now")
    smtp.answer = "250 OK"
    assert [send_after(seconds=10), send_after(minutes=2)] == [0, 1]
