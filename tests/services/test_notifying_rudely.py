"""Notices with a rude mail server, stopped workers or wrong clocks: at most one a week, and one at last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hubsync.mail import Post
from hubsync.services import notice_log, now, tools
from hubsync.services.notifying import tell_due
from hubsync.services.recording import read_trail
from hubsync.store import refuse_open_transaction, writing
from hubsync.store.notices import Notice
from hubsync.store.people import Person
from hubsync.store.teams import Membership
from hubsync.web.audit_words import describe
from tests.mailing import MailServer
from tests.services.failing import at, fail, kept
from tests.services.test_notifying import second_team

START = datetime(2027, 3, 1, 12, tzinfo=UTC)


class Killed(BaseException):
    """The process is gone: nothing of ours gets to see this."""


def told(**after: float) -> int:
    with at(START + timedelta(**after)):
        return len(tell_due())


def failing(acme: Any, **after: float) -> int:
    with at(START + timedelta(**after)):
        return fail(acme)


def hurry(acme: Any, seconds: float = 0.4) -> None:
    """Let no mail take longer than that."""
    post = Post(acme.app, before_send=refuse_open_transaction, timeout=seconds)
    acme.app.extensions["hubsync"] = replace(tools(), post=post)


def write_down(**values: Any) -> None:
    with writing() as session:
        session.query(Notice).update(values)


@pytest.mark.parametrize("answer", ["451 4.3.0 later", "550 5.7.1 no"])
def test_a_mail_that_is_refused_does_not_count_and_is_tried_again_after_growing_pauses(
    acme: Any, smtp: MailServer, answer: str, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.answer = answer
    failing(acme)
    tries = [0, 4.8, 5.2, 34.8, 35.5, 154, 156.5, 515, 517, 876, 878]
    due = [True, False, True, False, True, False, True, False, True, False, True]
    for minutes, tried in zip(tries, due, strict=True):
        before = kept(acme).tries if minutes else 0
        assert told(minutes=minutes) == 0
        assert (minutes, kept(acme).tries - before) == (minutes, tried)
    assert (kept(acme).sent_at, kept(acme).last_error) == (None, "refused")
    assert f"could not be mailed: the mail server answered {answer[:3]}. It is tried again at" in caplog.text
    smtp.answer = "250 OK"
    failing(acme, hours=20)
    assert [told(hours=hours) for hours in (20, 20.7, 21, 21.1)].count(1) == 1
    row = kept(acme)
    assert (row.tries, row.not_before, row.last_error, row.unconfirmed) == (0, None, "", False)
    assert len(smtp.mails) == 1


def test_a_server_that_cannot_be_reached_or_is_silent_from_the_beginning_counts_for_nothing(
    acme: Any, smtp: MailServer
) -> None:
    smtp.refuses = ("owner@acme.example",)
    failing(acme)
    assert told() == 0
    row = kept(acme)
    assert (row.sent_at, row.handing_over_at, row.worker, row.tries) == (None, None, "", 1)


@pytest.mark.parametrize("rude", ["hangs up", "is silent"])
def test_a_mail_whose_answer_was_lost_counts_as_sent_and_is_marked(
    acme: Any, smtp: MailServer, rude: str, caplog: pytest.LogCaptureFixture
) -> None:
    hurry(acme)
    smtp.never_answers = rude
    failing(acme)
    with at(START):
        (one,) = tell_due()
    assert one.unconfirmed
    assert kept(acme).unconfirmed
    assert "answer to team acme's notice was lost; it counts as sent" in caplog.text
    assert "but the mail server's answer was lost" in describe(read_trail(acme.team_id, 1)[0])
    smtp.never_answers = ""
    failing(acme, days=3)
    assert told(days=6.9) == 0
    assert told(days=7.1) == 1
    assert not kept(acme).unconfirmed
    assert len(smtp.mails) == 2


def test_a_recipient_that_is_refused_does_not_keep_the_others_from_it(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    with writing() as session:
        person = Person(email="full@acme.example", created_at=now())
        session.add(person)
        session.flush()
        session.add(Membership(team_id=acme.team_id, person_id=person.id, role="administrator"))
    smtp.refuses = ("full@acme.example",)
    failing(acme)
    assert [told(), told(days=1)] == [1, 0]
    assert [to for _, to in smtp.envelopes] == [["owner@acme.example"]]
    assert "refused 1 recipients" in caplog.text
    assert "full@" not in " ".join(each.getMessage() for each in caplog.records if each.name.startswith("hubsync"))


def test_every_try_of_one_notice_has_one_id_and_the_next_notice_another(acme: Any, smtp: MailServer) -> None:
    failing(acme)
    assert told() == 1
    write_down(sent_at=None, told_until=None)  # as if the first had never been noted
    assert told(minutes=3) == 1
    failing(acme, days=8)
    assert told(days=8) == 1
    first, second, third = (mail["Message-ID"] for mail in smtp.mails)
    assert first == second != third
    assert first.endswith("@localhost>")


def killed_at(acme: Any, step: Callable[..., Any]) -> None:
    """A worker comes by and is killed when it is about to do *step*, or with what *step* does before it raises."""
    with at(START), acme.app.app_context():
        notice = notice_log.take(acme.team_id)
        assert notice is not None
        mail = notice.mail
        with pytest.raises(Killed):
            step(notice, lambda hook: tools().post.send(mail.to, mail.subject, mail.text, before_data=hook))


def before_the_handing_over(notice: Any, send: Any) -> None:
    def hook() -> None:
        raise Killed

    send(hook)


def at_the_handing_over(notice: Any, send: Any) -> None:
    def hook() -> None:
        assert notice_log.hand_over(notice)
        raise Killed

    send(hook)


def after_the_servers_yes(notice: Any, send: Any) -> None:
    send(lambda: None if notice_log.hand_over(notice) else pytest.fail("the lease is gone"))
    raise Killed


def test_a_worker_killed_before_the_handing_over_is_followed_by_another(acme: Any, smtp: MailServer) -> None:
    failing(acme)
    killed_at(acme, before_the_handing_over)
    assert told(minutes=1) == 0
    assert told(minutes=2, seconds=5) == 1
    assert len(smtp.mails) == 1
    assert not kept(acme).unconfirmed


@pytest.mark.parametrize(("step", "arrived"), [(at_the_handing_over, 0), (after_the_servers_yes, 1)])
def test_a_worker_killed_when_the_mail_may_have_been_accepted_counts_as_having_sent_it(
    acme: Any, smtp: MailServer, step: Any, arrived: int
) -> None:
    failing(acme)
    killed_at(acme, step)
    failing(acme, minutes=1)
    assert [told(minutes=minutes) for minutes in (1, 3, 4, 60 * 24 * 6)] == [0, 0, 0, 0]
    assert len(smtp.mails) == arrived
    row = kept(acme)
    assert (row.unconfirmed, row.last_error, row.handing_over_at) == (True, "stopped", None)
    assert row.sent_at is not None
    assert abs(row.sent_at - START) < timedelta(seconds=30)
    assert told(days=7, minutes=1) == 1  # the second failure has been told by nobody
    assert len(smtp.mails) == arrived + 1


def taken(acme: Any) -> notice_log.Taken:
    notice = notice_log.take(acme.team_id)
    assert notice is not None
    return notice


def test_a_worker_that_slept_through_its_lease_does_not_send(acme: Any) -> None:
    failing(acme)
    with at(START):
        notice = taken(acme)
    with at(START + timedelta(minutes=3)):
        assert not notice_log.hand_over(notice)


def test_a_worker_that_was_followed_by_another_does_not_send(acme: Any, smtp: MailServer) -> None:
    failing(acme)
    with at(START):
        notice = taken(acme)
    assert told(minutes=3) == 1
    with at(START + timedelta(minutes=1)):  # by its own clock the lease stands
        assert not notice_log.hand_over(notice)
    assert len(smtp.mails) == 1


def test_a_worker_that_wakes_up_and_was_refused_takes_back_that_it_counted_as_sent(acme: Any) -> None:
    from hubsync.errors import MailNotSent

    failing(acme)
    with at(START):
        notice = taken(acme)
        assert notice_log.hand_over(notice)
    assert told(minutes=3) == 0
    assert kept(acme).unconfirmed
    with at(START + timedelta(minutes=4)):
        notice_log.note_not_sent(notice, MailNotSent("no", reason="refused"))
    assert kept(acme).sent_at is None
    assert told(minutes=10) == 1


def test_a_worker_that_wakes_up_and_was_heard_confirms_it(acme: Any) -> None:
    failing(acme)
    with at(START):
        notice = taken(acme)
        assert notice_log.hand_over(notice)
    assert told(minutes=3) == 0
    with at(START + timedelta(minutes=4)):
        notice_log.note_sent(notice)
    assert not kept(acme).unconfirmed
    assert told(minutes=10) == 0


def test_what_fails_between_the_writing_and_the_accepting_of_a_mail_is_told_next_time(acme: Any) -> None:
    failing(acme)
    with at(START):
        notice = taken(acme)
    failing(acme, seconds=1)
    with at(START + timedelta(seconds=2)):
        assert notice_log.hand_over(notice)
        notice_log.note_sent(notice)
    assert [told(days=6.9), told(days=7.1), told(days=15)] == [0, 1, 0]


def test_a_clock_that_is_put_back_silences_nobody_for_longer_than_an_interval(acme: Any) -> None:
    failing(acme, days=400)
    assert told(days=400) == 1
    failing(acme)
    assert told() == 0
    assert [told(days=6.9), told(days=7.1)] == [0, 1]


def test_a_clock_that_is_put_back_holds_up_neither_a_lease_nor_another_try(acme: Any) -> None:
    failing(acme)
    with at(START + timedelta(days=400)):
        taken(acme)
    write_down(not_before=START + timedelta(days=400), tries=4)
    assert told() == 1


def test_a_clock_that_jumps_forth_sends_what_is_due_by_it_and_no_more(acme: Any, smtp: MailServer) -> None:
    failing(acme)
    assert told() == 1
    failing(acme, minutes=1)
    assert told(days=30) == 1
    assert [told(days=1), told(days=2), told(days=7)] == [0, 0, 0]
    assert len(smtp.mails) == 2


def test_one_team_whose_notice_meets_a_mistake_keeps_no_other_from_its_own(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    fail(acme)
    other = second_team()
    from hubsync.store.connections import Connection

    with writing() as session:
        session.query(Membership).filter_by(team_id=acme.team_id).delete()
        session.add(
            Connection(
                team_id=other,
                state="lost",
                lost_code="access_lost",
                lost_at=now(),
                hubspot_account_id="2",
                connected_at=now(),
                scopes=[],
            )
        )
    assert [each.team_slug for each in tell_due()] == ["beta"]
    assert f"telling team {acme.team_id} met IndexError" in caplog.text


def test_a_stop_ends_it_before_the_next_team(acme: Any, smtp: MailServer) -> None:
    fail(acme)
    assert tell_due(lambda: True) == []
    assert smtp.mails == []
