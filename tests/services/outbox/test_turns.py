"""The outbox with stopped workers and wrong clocks: mailed once, or at most once where nobody can know."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.mails import MailState
from hubsync.services import tools
from hubsync.services.outbox import turns
from hubsync.store import db, write_transaction
from hubsync.store.outbox import OutboxMail
from tests.kit.clock import at
from tests.kit.mail_server import MailServer
from tests.kit.outbox_mails import GUEST, START, put_one, send_after, stored


class Killed(BaseException):
    """The process is gone: nothing of ours gets to see this."""


def taken() -> turns.LeasedMail:
    mail = turns.take(stored().id)
    assert mail is not None
    return mail


def send(hook: Any) -> None:
    tools().mail_sender.send(GUEST, "Intro call", "The words.", before_data=hook)


def before_the_handing_over(mail: turns.LeasedMail) -> None:
    def hook() -> None:
        raise Killed

    send(hook)


def at_the_handing_over(mail: turns.LeasedMail) -> None:
    def hook() -> None:
        assert turns.hand_over(mail)
        raise Killed

    send(hook)


def after_the_servers_yes(mail: turns.LeasedMail) -> None:
    send(lambda: None if turns.hand_over(mail) else pytest.fail("the lease is gone"))
    raise Killed


def test_a_worker_killed_before_the_handing_over_is_followed_by_another(acme: Any, smtp: MailServer) -> None:
    put_one()
    with at(START), pytest.raises(Killed):
        before_the_handing_over(taken())
    assert [send_after(seconds=90), send_after(minutes=2, seconds=5)] == [0, 1]
    assert (len(smtp.mails), stored().unconfirmed) == (1, False)


@pytest.mark.parametrize(("step", "arrived"), [(at_the_handing_over, 0), (after_the_servers_yes, 1)])
def test_a_worker_killed_when_the_mail_may_have_been_accepted_counts_as_having_sent_it(
    acme: Any, smtp: MailServer, step: Any, arrived: int
) -> None:
    put_one()
    with at(START), pytest.raises(Killed):
        step(taken())
    assert [send_after(minutes=minutes) for minutes in (1, 3, 60, 60 * 24)] == [0, 0, 0, 0]
    row = stored()
    assert (len(smtp.mails), row.state, row.unconfirmed, row.fault) == (arrived, MailState.SENT, True, "stopped")
    assert row.content_sealed == ""


def test_when_the_server_has_the_mail_it_is_written_down_that_it_may_have_been_accepted(
    acme: Any, smtp: MailServer
) -> None:
    seen: list[Any] = []

    def look(mail: Any) -> None:
        with acme.app.app_context():
            row = db.session.query(OutboxMail).one()
            seen.append((row.sent_at, row.handing_over_at is not None))

    put_one()
    smtp.watchers.append(look)
    try:
        assert send_after(seconds=1) == 1
    finally:
        smtp.watchers.remove(look)
    assert seen == [(None, True)]


def test_two_workers_take_one_mail_once(acme: Any) -> None:
    put_one()
    with at(START):
        assert turns.take(stored().id) is not None
        assert turns.take(stored().id) is None


def test_a_worker_that_slept_through_its_lease_does_not_send(acme: Any) -> None:
    put_one()
    with at(START):
        mail = taken()
    with at(START + timedelta(minutes=3)):
        assert not turns.hand_over(mail)


def test_a_worker_that_was_followed_by_another_neither_sends_nor_changes_what_that_one_wrote(
    acme: Any, smtp: MailServer
) -> None:
    put_one()
    with at(START):
        mail = taken()
    assert send_after(minutes=3) == 1
    with at(START + timedelta(minutes=1)):  # by its own clock the lease stands
        assert not turns.hand_over(mail)
        turns.note_not_sent(mail, "timeout", lasting=True)
    assert (stored().state, stored().fault, len(smtp.mails)) == (MailState.SENT, "", 1)


def test_what_is_written_down_of_an_erased_mail_is_not_of_the_one_that_got_its_number(
    acme: Any, smtp: MailServer
) -> None:
    put_one()
    with at(START):
        mail = taken()
        assert turns.hand_over(mail)
    with write_transaction() as session:  # its guest is erased while the server has the mail
        session.query(OutboxMail).delete()
    put_one("another")
    with at(START):
        turns.note_sent(mail)
    if stored("another").id != mail.id:
        pytest.skip("this database gives no number twice")
    assert send_after(seconds=1) == 1


def test_a_clock_that_was_set_back_keeps_no_mail(acme: Any, smtp: MailServer) -> None:
    put_one()
    with write_transaction() as session:
        session.query(OutboxMail).update({"next_try_at": START + timedelta(days=400)})
    assert send_after(seconds=1) == 1


def test_a_worker_whose_mail_another_has_by_now_does_not_send(acme: Any) -> None:
    put_one()
    with at(START):
        mail = taken()
    with at(START + timedelta(minutes=3)):
        by_another = taken()
        assert [turns.hand_over(mail), turns.hand_over(by_another)] == [False, True]
