"""Notices: one mail when something failed, then none for a week, to those who can do something about it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hubsync.services import now
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.statistics import count_recent
from hubsync.services.notices.notices import put_due_notices
from hubsync.services.outbox import turns
from hubsync.services.teams.audit import read_trail
from hubsync.store import db, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team
from hubsync.web.teams.audit_text import describe
from tests.kit.clock import at, later
from tests.kit.connections import change, expire_token, uninstall
from tests.kit.failed_deliveries import change_to, fail
from tests.kit.mail_server import MailServer, body
from tests.kit.notices import send_notices, send_warnings
from tests.services.notices.history import START, fail_after, mail_after, stored_notice

OWNER = "owner@acme.example"
WEEK = timedelta(days=7)
MINUTE = timedelta(minutes=1)


def test_a_failure_is_told_another_in_the_same_week_is_not_and_one_after_it_is(
    acme: Any, smtp: MailServer
) -> None:
    fail_after(acme)
    assert mail_after(seconds=10) == 1
    fail_after(acme, days=3)
    assert mail_after(days=3, seconds=10) == 0
    with at(START + timedelta(days=3, seconds=20)):
        assert count_recent(acme.team_id).by_state == {"failed": 2}  # the log and the counters show it at once
    fail_after(acme, days=7, minutes=1)
    assert mail_after(days=7, minutes=1) == 1
    assert len(smtp.mails) == 2
    assert "3 bookings were not posted." in body(smtp.mails[1])


def test_the_week_is_counted_from_the_accepted_mail_to_the_second(acme: Any, smtp: MailServer) -> None:
    fail_after(acme)
    assert mail_after(hours=1) == 1
    accepted = stored_notice(acme).sent_at
    assert accepted is not None
    fail_after(acme, days=1)
    with at(accepted + WEEK - timedelta(seconds=2)):
        assert send_notices() == 0
    with at(accepted + WEEK):
        assert send_notices() == 1
    assert len(smtp.mails) == 2


def test_what_failed_in_the_week_of_silence_is_told_when_it_is_over(acme: Any) -> None:
    fail_after(acme)
    assert mail_after() == 1
    fail_after(acme, days=3)
    assert mail_after(days=7, seconds=10) == 1
    assert mail_after(days=20) == 0


def test_what_was_told_and_is_still_open_is_no_reason_for_another_mail(acme: Any, smtp: MailServer) -> None:
    fail_after(acme)
    fail_after(acme, "partial")
    # A minute later: clocks tick, and what fails after the mail was written would be a reason for another.
    assert [mail_after(days=day, minutes=1) for day in (0, 8, 16, 40)] == [1, 0, 0, 0]
    assert len(smtp.mails) == 1


def test_while_bookings_wait_for_access_that_is_still_lost_there_is_a_mail_each_week(acme: Any) -> None:
    with at(START):
        change(state="lost", lost_code="access_lost", lost_at=now())
    fail_after(acme, "waiting", "access_lost")
    assert [mail_after(days=day) for day in (0, 6.9, 7.1, 14, 14.2)] == [1, 0, 1, 0, 1]
    change(state="connected", lost_code="", lost_at=None)
    assert mail_after(days=30) == 0


def test_lost_access_that_nobody_needs_is_told_once(acme: Any) -> None:
    with at(START):
        change(state="lost", lost_code="access_lost", lost_at=now())
    assert [mail_after(days=day) for day in (0, 8, 16)] == [1, 0, 0]


@pytest.mark.parametrize("state", ["failed", "partial"])
def test_a_delivery_that_needs_a_person_is_told(acme: Any, state: str) -> None:
    fail_after(acme, state)
    assert mail_after() == 1


@pytest.mark.parametrize(
    ("reason", "mails"), [("access_lost", 1), ("idle_expired", 1), ("not_added", 0), ("not_connected", 0)]
)
def test_of_what_waits_only_what_waits_for_lost_access_is_told(acme: Any, reason: str, mails: int) -> None:
    fail_after(acme, "waiting", reason)
    assert mail_after() == mails


@pytest.mark.parametrize("state", ["posted", "duplicate", "skipped"])
def test_what_ended_well_is_not_told(acme: Any, state: str) -> None:
    fail_after(acme, state)
    assert mail_after(days=1) == 0


def test_what_was_dismissed_is_not_told(acme: Any) -> None:
    delivery_id = fail_after(acme)
    with write_transaction() as session:
        transitions.dismiss(session, [session.get_one(Delivery, delivery_id)], session.query(Person.id).scalar())
    assert mail_after() == 0


def test_what_was_dismissed_is_not_counted_beside_what_was_not(acme: Any, smtp: MailServer) -> None:
    delivery_id = fail_after(acme)
    fail_after(acme)
    with write_transaction() as session:
        transitions.dismiss(session, [session.get_one(Delivery, delivery_id)], session.query(Person.id).scalar())
    assert mail_after() == 1
    assert "1 booking was not posted." in body(smtp.mails[0])


def test_what_is_tried_again_is_told_after_an_hour(acme: Any, smtp: MailServer) -> None:
    fail_after(acme, "retrying", "hubspot_busy")
    assert [mail_after(minutes=minutes) for minutes in (0, 59, 61, 90)] == [0, 0, 1, 0]
    assert "1 booking has been tried in vain for an hour or more" in body(smtp.mails[0])
    assert smtp.mails[0]["Subject"] == "Bookings are late on their way to HubSpot"


def test_what_was_told_as_tried_again_and_then_fails_is_news(acme: Any) -> None:
    delivery_id = fail_after(acme, "retrying", "hubspot_busy")
    assert mail_after(minutes=61) == 1
    with at(START + timedelta(days=5)):
        change_to(delivery_id, "failed")
    assert mail_after(days=5, minutes=1) == 0
    assert mail_after(days=7, hours=2) == 1


def test_a_fault_that_heals_within_the_hour_sends_none(acme: Any, smtp: MailServer) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery = acme.book("Sato Mika", "mika@acme.co.jp", "Acme")
    assert delivery.state == "retrying"
    with later(minutes=50):
        assert send_notices() == 0
    acme.hubspot_recovers()
    change_to(delivery.id, "posted", "")
    with later(hours=3):
        assert send_notices() == 0
    assert smtp.mails == []


def test_access_that_hubspot_took_away_is_told_when_a_booking_meets_it(oauth_acme: Any, smtp: MailServer) -> None:
    uninstall(oauth_acme)
    expire_token(oauth_acme)
    assert oauth_acme.book("Sato Mika", "mika@acme.co.jp", "Acme").state == "waiting"
    assert send_notices() == 1
    assert smtp.mails[0]["Subject"] == "HubSync has lost access to HubSpot"


def test_access_that_the_daily_check_finds_lost_is_told(oauth_acme: Any, smtp: MailServer) -> None:
    from hubsync.services.operations.background_jobs import do_due_work

    uninstall(oauth_acme)
    lines = list(do_due_work())
    assert lines[-2:] == ["Team acme is mailed what needs somebody.", "Mail 1 (notice) was sent."]
    text = body(smtp.mails[0])
    assert "no longer lets the team Acme in" in text
    assert "No booking waits yet; new ones are taken and kept." in text
    assert "press “Connect again”" in text


def test_a_team_that_cannot_connect_for_its_plan_is_not_told_of_lost_access(acme: Any) -> None:
    change(state="lost", lost_code="access_lost", lost_at=now())
    with write_transaction() as session:
        session.get_one(Team, acme.team_id).plan = "free"
    assert send_notices() == 0


def test_the_expiry_warning_neither_waits_for_a_notice_nor_holds_one_back(acme: Any, smtp: MailServer) -> None:
    change(connected_at=now() - timedelta(days=167))
    fail(acme)
    assert send_notices() == 1
    assert send_warnings() == 1
    change(warned_for=None, connected_at=now() - timedelta(days=170))
    with later(days=8):
        assert send_warnings() == 1
        fail(acme)
        assert send_notices() == 1
    assert len(smtp.mails) == 4


def test_each_team_has_a_week_of_its_own(acme: Any, smtp: MailServer) -> None:
    fail(acme)
    assert send_notices() == 1
    other = second_team()
    with write_transaction() as session:
        session.query(Delivery).update({"team_id": other})
        from hubsync.store.counts import DeliveryCount

        session.query(DeliveryCount).update({"team_id": other})
    assert put_due_notices() == ["beta"]
    assert send_notices() == 1
    assert [to for _, to in smtp.envelopes] == [[OWNER], ["b@beta.example"]]


def second_team() -> int:
    with write_transaction() as session:
        team = Team(slug="beta", name="Beta", plan="premium", created_at=now())
        person = Person(email="b@beta.example", created_at=now())
        session.add_all([team, person])
        session.flush()
        session.add(Membership(team_id=team.id, person_id=person.id, role="owner"))
        return team.id


def test_the_audit_trail_tells_that_the_team_was_mailed(acme: Any) -> None:
    fail(acme)
    send_notices()
    (entry,) = read_trail(acme.team_id, 10)
    assert describe(entry) == "HubSync mailed the team what needs somebody. Bookings told of: 1."


class TestAnotherInterval:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"NOTICE_INTERVAL_DAYS": "2"}

    def test_the_setting_says_how_long_the_silence_is(self, acme: Any) -> None:
        found = []
        for day in (0, 1.9, 2.1):
            fail_after(acme, days=day)
            found.append(mail_after(days=day))
        assert found == [1, 0, 1]


class TestWithoutMail:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"MAIL_DEFAULT_SENDER": ""}

    def test_nothing_is_tried_and_nothing_written(self, acme: Any) -> None:
        fail(acme)
        assert send_notices() == 0
        assert db.session.query(OutboxMail).count() == 0


def test_a_notice_for_which_there_is_no_reason_any_more_is_not_sent(acme: Any, smtp: MailServer) -> None:
    delivery_id = fail_after(acme)
    smtp.answer = "451 later"
    assert mail_after() == 0
    with write_transaction() as session:
        transitions.dismiss(session, [session.get_one(Delivery, delivery_id)], session.query(Person.id).scalar())
    smtp.answer = "250 OK"
    assert (mail_after(minutes=6), smtp.mails) == (0, [])
    fail_after(acme, minutes=7)
    assert mail_after(minutes=7) == 1


def test_the_last_notice_is_remembered_for_as_long_as_it_matters(acme: Any, smtp: MailServer) -> None:
    fail_after(acme)
    assert mail_after(minutes=1) == 1
    with at(START + timedelta(days=100)):
        assert turns.forget_old() == 0
        assert send_notices() == 0  # what was told is no news
    fail_after(acme, days=101)
    assert mail_after(days=101, minutes=1) == 1  # after it failed, however slow that was
    with at(START + timedelta(days=200)):
        assert turns.forget_old() == 1
        assert send_notices() == 0
