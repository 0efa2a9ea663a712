"""The expiry warning: two weeks ahead, once for each idle time, to those who can do something about it."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine

from hubsync.services import now
from hubsync.services.notices.expiry_warning import ahead_of_expiry
from hubsync.store import write_transaction
from hubsync.store.people import Person
from hubsync.store.teams import Membership, Team
from tests.kit import rows
from tests.kit.clock import later
from tests.kit.connections import change
from tests.kit.mail_server import MailServer
from tests.kit.notices import send_warnings
from tests.kit.settings import change_settings

OWNER = "owner@acme.example"


def join(acme: Any, email: str, role: str | None) -> int:
    """Somebody in the team, or outside of it; returns the person's id."""
    with write_transaction() as session:
        person = Person(email=email, created_at=now())
        session.add(person)
        session.flush()
        if role:
            session.add(Membership(team_id=acme.team_id, person_id=person.id, role=role))
        return person.id


def receivers(smtp: MailServer) -> list[list[str]]:
    return [sorted(to) for _, to in smtp.envelopes]


def test_the_mail_goes_out_two_weeks_ahead_and_once(acme: Any, smtp: MailServer) -> None:
    for day, told in ((165.9, 0), (166.1, 1), (166.2, 0), (170, 0), (179.9, 0)):
        with later(days=day):
            assert (day, send_warnings()) == (day, told)
    assert len(smtp.mails) == 1


def test_a_team_that_cannot_connect_for_its_plan_is_told_when_it_can(acme: Any, smtp: MailServer) -> None:
    put_on(acme, "free")
    with later(days=167):
        assert send_warnings() == 0
    put_on(acme, "premium")
    with later(days=168):
        assert send_warnings() == 1
    assert len(smtp.mails) == 1


def put_on(acme: Any, plan: str) -> None:
    with write_transaction() as session:
        session.get_one(Team, acme.team_id).plan = plan


def test_it_says_what_happens_when_and_what_to_press(acme: Any, smtp: MailServer) -> None:
    with time_machine.travel(datetime(2027, 3, 1, 12, tzinfo=now().tzinfo), tick=True):
        change(connected_at=now() - timedelta(days=167), account_name="acme.co.jp")
        send_warnings()
    (mail,) = smtp.mails
    text = mail.get_body(("plain",)).get_content()
    assert mail["Subject"] == "Access of Acme to HubSpot expires on March 14, 2027"
    assert "since it was connected on September 15, 2026" in text
    assert "(acme.co.jp)" in text
    assert "expires on March 14, 2027" in text
    assert "press “Connect again”" in text
    assert "http://localhost:8000/teams/acme/settings/integrations/hubspot" in text


def test_a_team_with_a_service_key_is_told_to_enter_it_again(acme: Any, smtp: MailServer) -> None:
    change(method="service_key", last_posted_at=now() + timedelta(hours=1))
    with later(days=167):
        send_warnings()
    text = smtp.mails[0].get_body(("plain",)).get_content()
    assert "enter the service key again" in text
    assert "no booking of the team Acme to HubSpot (1234567) since" in text
    assert "it was connected" not in text


def test_owner_administrators_and_whoever_connected_get_it(acme: Any, smtp: MailServer) -> None:
    join(acme, "admin@acme.example", "administrator")
    connected_by = join(acme, "yuki@acme.example", "member")
    join(acme, "member@acme.example", "member")
    change(connected_by_id=connected_by)
    with later(days=167):
        send_warnings()
    assert receivers(smtp) == [["admin@acme.example", OWNER, "yuki@acme.example"]]


def test_whoever_connected_and_left_the_team_is_not_told_its_affairs(acme: Any, smtp: MailServer) -> None:
    change(connected_by_id=join(acme, "gone@acme.example", None))
    with later(days=167):
        send_warnings()
    assert receivers(smtp) == [[OWNER]]


def test_a_recipient_that_is_refused_does_not_keep_the_others_from_it(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    join(acme, "full@acme.example", "administrator")
    smtp.refuses = ("full@acme.example",)
    with later(days=167):
        assert send_warnings() == 1
        assert send_warnings() == 0
    assert receivers(smtp) == [[OWNER]]
    ours = " ".join(record.getMessage() for record in caplog.records if record.name.startswith("hubsync"))
    assert "refused 1 recipients" in ours
    assert "full@" not in ours


def test_a_post_starts_the_time_anew_and_a_later_warning_is_another(acme: Any, smtp: MailServer) -> None:
    with later(days=167):
        assert send_warnings() == 1
    change(last_posted_at=now() + timedelta(days=170))
    with later(days=171):
        assert send_warnings() == 0
    with later(days=340):
        assert send_warnings() == 1
    first, second = (mail["Message-ID"] for mail in smtp.mails)
    assert first != second


def test_connect_starts_the_time_anew(acme: Any) -> None:
    change(last_posted_at=now() - timedelta(days=10))
    with later(days=158):
        assert send_warnings() == 0  # idle since it was connected
    with later(days=167):
        assert send_warnings() == 1
        change(connected_at=now())
        assert send_warnings() == 0


def test_a_mail_that_failed_is_tried_again_after_an_hour(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.answer = "451 later"
    with later(days=167):
        assert send_warnings() == 0
    assert "(expiry_warning) could not be sent: the mail server answered 451" in caplog.text
    smtp.answer = "250 OK"
    with later(days=167, minutes=59):
        assert send_warnings() == 0
    with later(days=167, minutes=61):
        assert send_warnings() == 1
    assert len(smtp.mails) == 1


def test_several_workers_send_it_once(acme: Any, smtp: MailServer) -> None:
    change(connected_at=now() - timedelta(days=170))
    told: list[int] = []

    def work() -> None:
        with acme.app.app_context():
            told.append(send_warnings())

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (sorted(told), len(smtp.mails)) == ([0] * 5 + [1], 1)


@pytest.mark.parametrize("columns", [{"last_posted_at": now() + timedelta(days=167)}, {"state": "lost"}])
def test_a_warning_that_is_not_true_any_more_is_not_sent(
    acme: Any, smtp: MailServer, columns: dict[str, Any]
) -> None:
    smtp.answer = "451 later"
    with later(days=167):
        assert send_warnings() == 0
    change(**columns)
    smtp.answer = "250 OK"
    with later(days=168):
        assert (send_warnings(), smtp.mails) == (0, [])


def test_a_warning_that_could_not_leave_in_time_is_not_sent(acme: Any, smtp: MailServer) -> None:
    smtp.answer = "451 later"
    with later(days=167):
        assert send_warnings() == 0
    smtp.answer = "250 OK"
    with later(days=180.1):
        assert (send_warnings(), smtp.mails) == (0, [])


@pytest.mark.parametrize("state", ["lost", "disconnected"])
def test_a_connection_that_is_none_is_not_warned_about(acme: Any, state: str) -> None:
    change(state=state)
    with later(days=170):
        assert send_warnings() == 0


def test_after_expiry_it_is_too_late_to_warn(acme: Any) -> None:
    with later(days=180.1):
        assert send_warnings() == 0


def with_days(acme: Any, days: int) -> None:
    change_settings(acme.app, idle_expiry_days=days)


def test_without_expiry_nobody_is_warned(acme: Any) -> None:
    with_days(acme, 0)
    with later(days=5000):
        assert send_warnings() == 0


@pytest.mark.parametrize(("days", "ahead"), [(180, 14), (28, 14), (20, 10), (2, 1), (1, 0.5)])
def test_a_short_time_is_warned_about_in_its_middle(acme: Any, days: int, ahead: float) -> None:
    assert ahead_of_expiry(days) == timedelta(days=ahead)
    with_days(acme, days)
    with later(days=days - ahead - 0.01):
        assert send_warnings() == 0
    with later(days=days - ahead + 0.01):
        assert send_warnings() == 1


def test_one_team_whose_mail_meets_a_mistake_does_not_keep_the_others_from_theirs(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:

    with write_transaction() as session:
        empty = rows.add_team(session, "empty", name="Nobody")
        rows.add_connection(session, empty.id, id=-1, hubspot_account_id="1")
    with later(days=167):
        assert send_warnings() == 1
    assert "met ValueError" in caplog.text


class TestWithoutMail:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        return {"MAIL_DEFAULT_SENDER": ""}

    def test_the_log_says_so_once_and_the_mail_leaves_when_it_is_set_up(
        self, acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        for days in (167, 168.1):
            with later(days=days):
                assert send_warnings() == 0
            assert caplog.text.count("mail is not set up") == 1
        change_settings(acme.app, mail_default_sender="hubsync@acme.example")
        acme.app.extensions["mail"].default_sender = "hubsync@acme.example"
        with later(days=169):
            assert send_warnings() == 1
