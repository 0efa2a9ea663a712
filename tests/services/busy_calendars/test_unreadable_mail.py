"""A person is mailed once when a busy calendar has not been readable for an hour, and again the next time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from hubsync.domain.busy_calendars import WhenUnreadable
from hubsync.errors import FeedError, FeedNotFound, family
from hubsync.services import now
from hubsync.services.busy_calendars import own_calendars
from hubsync.services.busy_calendars.readings import change_calendar, new_worker, note_fault, read_calendar, take
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.services.people.profile import save_profile
from hubsync.store import end_read, write_transaction
from hubsync.store.busy_calendars import BusyCalendar
from scheduler_sandbox.calendars import CalendarServer
from tests.kit import rows
from tests.kit.busy_calendars import add, person_id, stored
from tests.kit.mail_server import MailServer


@pytest.fixture
def calendar_id(acme: Any) -> int:
    """A busy calendar of the owner, readable until now."""
    with write_transaction() as session:
        row = rows.add_busy_calendar(session, person_id(), read_at=now(), failures=0)
        return row.id


def fail(calendar_id: int, code: str = FeedNotFound.code, *, times: int = 1, since_minutes: int = 0) -> None:
    """So many readings in vain, the first of them so long ago."""
    for _ in range(times):
        worker = new_worker()
        with write_transaction() as session:
            row = session.get_one(BusyCalendar, calendar_id)
            row.worker, row.worker_until = worker, now() + timedelta(seconds=30)
            if since_minutes and row.faulty_since is None:
                row.faulty_since = now() - timedelta(minutes=since_minutes)
        assert change_calendar(calendar_id, worker, lambda session, row: note_fault(session, row, code, None))


def test_nobody_is_mailed_of_what_passes_within_an_hour(calendar_id: int, smtp: MailServer) -> None:
    fail(calendar_id, times=5)
    assert send_mails() == []
    assert smtp.mails == []


def test_the_mail_says_what_to_do_and_comes_once(calendar_id: int, smtp: MailServer) -> None:
    save_profile(person_id(), "", "Asia/Tokyo", "")
    fail(calendar_id, times=3, since_minutes=61)
    fail(calendar_id, times=3)
    assert len(send_mails()) == 1
    assert send_mails() == []
    (mail,) = smtp.mails
    text = " ".join(str(mail.get_content()).split())
    assert mail["To"] == "owner@acme.example"
    assert mail["Subject"] == "HubSync cannot read one of your busy calendars"
    assert "“Work” (calendar.example) since" in text
    assert "(Asia/Tokyo)" in text
    assert family()[FeedNotFound.code].advice in text
    assert "http://localhost:8000/account#busy-calendars" in text
    assert "show no times" not in text


def test_the_mail_says_what_booking_pages_will_do(calendar_id: int, smtp: MailServer) -> None:
    own_calendars.change(person_id(), calendar_id, "Work", WhenUnreadable.SHOW_NONE)
    fail(calendar_id, "a code of another version", times=3, since_minutes=61)
    send_mails()
    text = " ".join(str(smtp.mails[0].get_content()).split())
    assert "they show no times, as you chose" in text
    assert "What to do" not in text


@pytest.mark.slow
def test_after_it_was_read_again_the_next_time_is_told_as_well(
    acme: Any, provider: CalendarServer, smtp: MailServer
) -> None:
    calendar_id = add(provider)
    for _ in range(2):
        fail(calendar_id, times=3, since_minutes=61)
        assert len(send_mails()) == 1
        worker = new_worker()
        assert stored(calendar_id).told_at is not None
        with write_transaction() as session:
            session.get_one(BusyCalendar, calendar_id).worker_until = None
        assert take(calendar_id, worker)
        assert read_calendar(calendar_id, worker) == ""
        assert stored(calendar_id).told_at is None
    assert len(smtp.mails) == 2
    assert provider.account.secret not in "".join(map(str, smtp.mails))


@pytest.mark.parametrize("code", [code for code, kind in family().items() if issubclass(kind, FeedError)])
@pytest.mark.quick_cases(6)
def test_every_fault_can_be_mailed(calendar_id: int, smtp: MailServer, code: str) -> None:
    fail(calendar_id, code, times=3, since_minutes=61)
    assert len(send_mails()) == 1
    end_read()
