"""Notices with stopped workers or wrong clocks: at most one a week, and one at last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hubsync.services import now, tools
from hubsync.services.notices.notices import put_due_notices
from hubsync.services.outbox import turns
from hubsync.services.teams.audit import read_trail
from hubsync.store import write_transaction
from hubsync.store.outbox import OutboxMail
from hubsync.store.teams import Membership
from hubsync.web.teams.audit_text import describe
from tests.kit import rows
from tests.kit.clock import at
from tests.kit.failed_deliveries import fail
from tests.kit.mail_server import MailServer
from tests.kit.notices import send_notices
from tests.services.notices.history import START, fail_after, mail_after, stored_notice
from tests.services.notices.test_notices import second_team


class Killed(BaseException):
    """The process is gone: nothing of ours gets to see this."""


def write_down(**values: Any) -> None:
    with write_transaction() as session:
        session.query(OutboxMail).update(values)


def taken(acme: Any) -> turns.LeasedMail:
    put_due_notices()
    mail = turns.take(stored_notice(acme).id)
    assert mail is not None
    return mail


def send(hook: Any) -> None:
    tools().mail_sender.send("owner@acme.example", "Something failed", "The words.", before_data=hook)


def at_the_handing_over(mail: turns.LeasedMail) -> None:
    def hook() -> None:
        assert turns.hand_over(mail, 1)
        raise Killed

    send(hook)


def after_the_servers_yes(mail: turns.LeasedMail) -> None:
    send(lambda: None if turns.hand_over(mail, 1) else pytest.fail("the lease is gone"))
    raise Killed


def test_a_worker_killed_before_the_handing_over_is_followed_by_another(acme: Any, smtp: MailServer) -> None:
    fail_after(acme)
    with at(START):
        taken(acme)
    assert mail_after(minutes=1) == 0
    assert mail_after(minutes=5, seconds=5) == 1
    assert len(smtp.mails) == 1
    assert not stored_notice(acme).unconfirmed


@pytest.mark.parametrize(("step", "arrived"), [(at_the_handing_over, 0), (after_the_servers_yes, 1)])
def test_a_worker_killed_when_the_mail_may_have_been_accepted_counts_as_having_sent_it(
    acme: Any, smtp: MailServer, step: Any, arrived: int
) -> None:
    fail_after(acme)
    with at(START), pytest.raises(Killed):
        step(taken(acme))
    fail_after(acme, minutes=1)
    assert [mail_after(minutes=minutes) for minutes in (1, 3, 4, 60 * 24 * 6)] == [0, 0, 0, 0]
    assert len(smtp.mails) == arrived
    row = stored_notice(acme)
    assert (row.unconfirmed, row.fault, row.handing_over_at) == (True, "stopped", None)
    assert row.sent_at is not None
    assert abs(row.sent_at - START) < timedelta(seconds=30)
    assert "1" in describe(read_trail(acme.team_id, 1)[0])
    assert mail_after(days=7, minutes=1) == 1  # the second failure has been told by nobody
    assert len(smtp.mails) == arrived + 1


def test_a_worker_that_wakes_up_and_was_refused_takes_back_that_it_counted_as_sent(acme: Any) -> None:
    fail_after(acme)
    with at(START):
        mail = taken(acme)
        assert turns.hand_over(mail)
    assert mail_after(minutes=6) == 0
    assert stored_notice(acme).unconfirmed
    with at(START + timedelta(minutes=7)):
        turns.note_not_sent(mail, "refused", lasting=False)
    assert stored_notice(acme).sent_at is None
    assert mail_after(minutes=13) == 1


def test_a_worker_that_wakes_up_and_was_heard_confirms_it(acme: Any) -> None:
    fail_after(acme)
    with at(START):
        mail = taken(acme)
        assert turns.hand_over(mail)
    assert mail_after(minutes=6) == 0
    with at(START + timedelta(minutes=7)):
        turns.note_sent(mail)
    assert not stored_notice(acme).unconfirmed
    assert mail_after(minutes=13) == 0


def test_what_fails_between_the_writing_and_the_accepting_of_a_mail_is_told_next_time(acme: Any) -> None:
    fail_after(acme)
    with at(START):
        mail = taken(acme)
    fail_after(acme, seconds=1)
    with at(START + timedelta(seconds=2)):
        assert turns.hand_over(mail)
        turns.note_sent(mail)
    assert [mail_after(days=6.9), mail_after(days=7.1), mail_after(days=15)] == [0, 1, 0]


def test_a_clock_that_is_put_back_silences_nobody_for_longer_than_an_interval(acme: Any) -> None:
    fail_after(acme, days=400)
    assert mail_after(days=400) == 1
    fail_after(acme)
    assert mail_after() == 0
    assert [mail_after(days=6.9), mail_after(days=7.1)] == [0, 1]


def test_a_clock_that_is_put_back_holds_up_neither_a_lease_nor_another_try(acme: Any) -> None:
    fail_after(acme)
    with at(START + timedelta(days=400)):
        taken(acme)
    write_down(next_try_at=START + timedelta(days=400), tries=4)
    assert mail_after() == 1


def test_a_clock_that_jumps_forth_sends_what_is_due_by_it_and_no_more(acme: Any, smtp: MailServer) -> None:
    fail_after(acme)
    assert mail_after() == 1
    fail_after(acme, minutes=1)
    assert mail_after(days=30) == 1
    assert [mail_after(days=1), mail_after(days=2), mail_after(days=7)] == [0, 0, 0]
    assert len(smtp.mails) == 2


def test_one_team_whose_notice_meets_a_mistake_keeps_no_other_from_its_own(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    fail(acme)
    other = second_team()

    with write_transaction() as session:
        session.query(Membership).filter_by(team_id=acme.team_id).delete()
        lost = {"state": "lost", "lost_code": "access_lost", "lost_at": now(), "access_sealed": ""}
        rows.add_connection(session, other, hubspot_account_id="2", **lost)
    assert send_notices() == 1
    assert [to for _, to in smtp.envelopes] == [["b@beta.example"]]
    assert f"telling team {acme.team_id} met ValueError" in caplog.text


def test_a_stop_ends_it_before_the_next_team(acme: Any) -> None:
    fail(acme)
    assert put_due_notices(lambda: True) == []
