"""Notices with stopped workers or wrong clocks: at most one a week, and one at last."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from hubsync.services import now, tools
from hubsync.services.notices import throttle
from hubsync.services.notices.sender import send_due_notices
from hubsync.store import db, write_transaction
from hubsync.store.notices import Notice
from hubsync.store.teams import Membership
from tests.kit import rows
from tests.kit.clock import at
from tests.kit.failed_deliveries import fail
from tests.kit.mail_server import MailServer
from tests.services.notices.history import START, fail_after, mail_after, stored_notice
from tests.services.notices.test_sender import second_team


class Killed(BaseException):
    """The process is gone: nothing of ours gets to see this."""


def write_down(**values: Any) -> None:
    with write_transaction() as session:
        session.query(Notice).update(values)


def killed_at(acme: Any, step: Callable[..., Any]) -> None:
    """A worker comes by and is killed when it is about to do *step*, or with what *step* does before it raises."""
    with at(START), acme.app.app_context():
        notice = throttle.take(acme.team_id)
        assert notice is not None
        mail = notice.mail
        with pytest.raises(Killed):
            step(notice, lambda hook: tools().mail_sender.send(mail.to, mail.subject, mail.text, before_data=hook))


def before_the_handing_over(notice: Any, send: Any) -> None:
    def hook() -> None:
        raise Killed

    send(hook)


def at_the_handing_over(notice: Any, send: Any) -> None:
    def hook() -> None:
        assert throttle.hand_over(notice)
        raise Killed

    send(hook)


def after_the_servers_yes(notice: Any, send: Any) -> None:
    send(lambda: None if throttle.hand_over(notice) else pytest.fail("the lease is gone"))
    raise Killed


def test_when_the_server_has_the_mail_it_is_written_down_that_it_may_have_been_accepted(
    acme: Any, smtp: MailServer
) -> None:
    """So a kill at any moment from then on finds it in the database."""
    seen: list[Any] = []

    def look(mail: Any) -> None:
        with acme.app.app_context():
            row = db.session.query(Notice).one()
            seen.append((row.sent_at, row.handing_over_at is not None, row.worker != ""))

    smtp.watchers.append(look)
    try:
        fail_after(acme)
        assert mail_after() == 1
    finally:
        smtp.watchers.remove(look)
    assert seen == [(None, True, True)]
    row = stored_notice(acme)
    assert (row.sent_at is not None, row.handing_over_at, row.worker) == (True, None, "")


def test_a_worker_killed_before_the_handing_over_is_followed_by_another(acme: Any, smtp: MailServer) -> None:
    fail_after(acme)
    killed_at(acme, before_the_handing_over)
    assert mail_after(minutes=1) == 0
    assert mail_after(minutes=2, seconds=5) == 1
    assert len(smtp.mails) == 1
    assert not stored_notice(acme).unconfirmed


@pytest.mark.parametrize(("step", "arrived"), [(at_the_handing_over, 0), (after_the_servers_yes, 1)])
def test_a_worker_killed_when_the_mail_may_have_been_accepted_counts_as_having_sent_it(
    acme: Any, smtp: MailServer, step: Any, arrived: int
) -> None:
    fail_after(acme)
    killed_at(acme, step)
    fail_after(acme, minutes=1)
    assert [mail_after(minutes=minutes) for minutes in (1, 3, 4, 60 * 24 * 6)] == [0, 0, 0, 0]
    assert len(smtp.mails) == arrived
    row = stored_notice(acme)
    assert (row.unconfirmed, row.last_error, row.handing_over_at) == (True, "stopped", None)
    assert row.sent_at is not None
    assert abs(row.sent_at - START) < timedelta(seconds=30)
    assert mail_after(days=7, minutes=1) == 1  # the second failure has been told by nobody
    assert len(smtp.mails) == arrived + 1


def taken(acme: Any) -> throttle.LeasedNotice:
    notice = throttle.take(acme.team_id)
    assert notice is not None
    return notice


def test_a_worker_that_slept_through_its_lease_does_not_send(acme: Any) -> None:
    fail_after(acme)
    with at(START):
        notice = taken(acme)
    with at(START + timedelta(minutes=3)):
        assert not throttle.hand_over(notice)


def test_a_worker_that_was_followed_by_another_does_not_send(acme: Any, smtp: MailServer) -> None:
    fail_after(acme)
    with at(START):
        notice = taken(acme)
    assert mail_after(minutes=3) == 1
    with at(START + timedelta(minutes=1)):  # by its own clock the lease stands
        assert not throttle.hand_over(notice)
    assert len(smtp.mails) == 1


def test_a_worker_that_wakes_up_and_was_refused_takes_back_that_it_counted_as_sent(acme: Any) -> None:
    from hubsync.errors import MailNotSent

    fail_after(acme)
    with at(START):
        notice = taken(acme)
        assert throttle.hand_over(notice)
    assert mail_after(minutes=3) == 0
    assert stored_notice(acme).unconfirmed
    with at(START + timedelta(minutes=4)):
        throttle.note_not_sent(notice, MailNotSent("no", reason="refused"))
    assert stored_notice(acme).sent_at is None
    assert mail_after(minutes=10) == 1


def test_a_worker_that_wakes_up_and_was_heard_confirms_it(acme: Any) -> None:
    fail_after(acme)
    with at(START):
        notice = taken(acme)
        assert throttle.hand_over(notice)
    assert mail_after(minutes=3) == 0
    with at(START + timedelta(minutes=4)):
        throttle.note_sent(notice)
    assert not stored_notice(acme).unconfirmed
    assert mail_after(minutes=10) == 0


def test_what_fails_between_the_writing_and_the_accepting_of_a_mail_is_told_next_time(acme: Any) -> None:
    fail_after(acme)
    with at(START):
        notice = taken(acme)
    fail_after(acme, seconds=1)
    with at(START + timedelta(seconds=2)):
        assert throttle.hand_over(notice)
        throttle.note_sent(notice)
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
    write_down(not_before=START + timedelta(days=400), tries=4)
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
    assert [each.team_slug for each in send_due_notices()] == ["beta"]
    assert f"telling team {acme.team_id} met IndexError" in caplog.text


def test_a_stop_ends_it_before_the_next_team(acme: Any, smtp: MailServer) -> None:
    fail(acme)
    assert send_due_notices(lambda: True) == []
    assert smtp.mails == []
