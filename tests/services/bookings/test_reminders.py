"""Reminders: one mail to the guest, as long before the appointment as the calendar says, of the time it has."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from hubsync.domain.mails import MailKind, MailState
from hubsync.services.bookings.appointment_mails import MOST_A_DAY
from hubsync.services.bookings.booking_links import sign_booking
from hubsync.services.bookings.erasure import erase_guest
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.outbox import OutboxMail
from tests.kit.browser import Browser
from tests.kit.clock import at
from tests.kit.mail_server import MailServer, body
from tests.services.bookings.test_change_mails import LATER, cancel, move
from tests.services.bookings.test_confirmation_mails import GUEST, NOW, STARTS, book, send

DAY = 24 * 60


def remind(acme: Any, minutes: int = DAY) -> None:
    with write_transaction() as session:
        session.query(Calendar).update({"reminder_minutes": minutes})


def confirmed(acme: Any, smtp: MailServer, **more: Any) -> int:
    """A booking whose confirmations were sent and read."""
    booking_id = book(acme, **more).id
    send()
    smtp.mails.clear()
    return booking_id


def sent_at(moment: datetime) -> list[MailKind]:
    with at(moment):
        return [kind for _, kind in send_mails()]


def before(starts_at: datetime, **by: float) -> datetime:
    return starts_at - timedelta(**by)


def waiting() -> list[datetime | None]:
    """When the reminders are due that have not left."""
    rows = db.session.query(OutboxMail).filter_by(kind=MailKind.GUEST_REMINDER, settled_at=None).all()
    end_read()
    return [row.not_before for row in rows]


def test_nobody_is_reminded_unless_the_calendar_says_so(acme: Any, smtp: MailServer) -> None:
    confirmed(acme, smtp)
    assert waiting() == []


@pytest.mark.parametrize("minutes", [60, DAY, 2 * DAY])
def test_the_guest_is_reminded_as_long_before_as_the_calendar_says(
    acme: Any, smtp: MailServer, minutes: int
) -> None:
    remind(acme, minutes)
    confirmed(acme, smtp)
    due = before(STARTS, minutes=minutes)
    assert [sent_at(moment) for moment in (NOW + timedelta(days=1), before(due, seconds=30))] == [[], []]
    assert [sent_at(due), sent_at(before(STARTS, minutes=1))] == [[MailKind.GUEST_REMINDER], []]
    assert [mail["To"] for mail in smtp.mails] == [GUEST]


def test_it_has_the_facts_of_the_appointment_and_the_links_and_nothing_that_was_typed(
    acme: Any, smtp: MailServer
) -> None:
    remind(acme)
    confirmed(acme, smtp)
    sent_at(before(STARTS, hours=23))
    (mail,) = smtp.mails
    assert mail["Subject"] == "Reminder: Intro call with Mika Sato"
    assert [part.get_content_type() for part in mail.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
    ]
    for form in ("plain", "html"):
        told = body(mail, form)
        for words in ("Thursday, 4 November 2027", "11:30 – 12:00", "New York", "/move/", "/cancel/"):
            assert words in told, (form, words)
    assert "Jun" not in mail.as_string()


def test_the_page_of_the_booking_says_when_until_it_has_left_or_was_switched_off(
    acme: Any, smtp: MailServer
) -> None:
    remind(acme)
    kept = book(acme)
    address = f"/book/{acme.calendar().slug}/confirmed/{sign_booking(kept.id, as_sent=True)}"
    end_read()

    def said() -> bool:
        page = Browser(acme.app).open(address).words
        return "You will be reminded by mail: Wednesday, November 3, 2027, 11:30" in page

    assert said(), "by the guest's own clock"
    remind(acme, 0)
    assert not said()
    remind(acme)
    sent_at(before(STARTS, hours=23))
    assert not said()


def test_no_one_is_reminded_when_no_more_time_is_left_than_that(acme: Any, smtp: MailServer) -> None:
    remind(acme)
    confirmed(acme, smtp, starts_at=NOW + timedelta(minutes=DAY))
    assert waiting() == []


def test_a_reminder_follows_a_move(acme: Any, smtp: MailServer) -> None:
    remind(acme)
    booking_id = confirmed(acme, smtp)
    move(acme, booking_id)
    assert waiting() == [before(LATER, minutes=DAY)]
    send()
    smtp.mails.clear()
    assert sent_at(before(STARTS, minutes=DAY - 1)) == []
    assert sent_at(before(LATER, minutes=DAY - 1)) == [MailKind.GUEST_REMINDER]
    assert "14:30 – 15:00" in body(smtp.mails[0])
    assert "11:30" not in body(smtp.mails[0])


def test_a_reminder_that_would_be_too_late_for_the_new_time_is_none(acme: Any, smtp: MailServer) -> None:
    remind(acme)
    booking_id = confirmed(acme, smtp)
    move(acme, booking_id, NOW + timedelta(hours=23))
    assert waiting() == []


def test_a_cancelled_appointment_is_not_recalled(acme: Any, smtp: MailServer) -> None:
    remind(acme)
    cancel(acme, confirmed(acme, smtp))
    assert waiting() == []


def test_of_an_erased_guest_nothing_waits(acme: Any, smtp: MailServer) -> None:
    remind(acme)
    confirmed(acme, smtp)
    assert erase_guest(GUEST, acme.team_id)[0] == 1
    assert waiting() == []


def test_switching_it_off_stops_what_waits(acme: Any, smtp: MailServer) -> None:
    remind(acme)
    confirmed(acme, smtp)
    remind(acme, 0)
    assert (sent_at(before(STARTS, hours=23)), smtp.mails, waiting()) == ([], [], [])


def test_after_the_appointment_began_it_is_not_sent(acme: Any, smtp: MailServer) -> None:
    remind(acme)
    confirmed(acme, smtp)
    assert sent_at(STARTS) == []
    row = db.session.query(OutboxMail).filter_by(kind=MailKind.GUEST_REMINDER).one()
    end_read()
    assert (row.state, row.content_sealed) == (MailState.GIVEN_UP, "")


def test_a_guest_who_is_not_mailed_of_a_booking_is_not_reminded_of_it(acme: Any, smtp: MailServer) -> None:
    remind(acme)
    for number in range(MOST_A_DAY + 1):
        book(acme, f"form {number}", starts_at=STARTS + timedelta(hours=number))
    assert len(waiting()) == MOST_A_DAY


def test_a_clock_that_was_set_back_keeps_a_reminder_until_its_time(acme: Any, smtp: MailServer) -> None:
    remind(acme)
    confirmed(acme, smtp)
    assert sent_at(NOW - timedelta(days=60)) == []
    assert sent_at(before(STARTS, hours=23)) == [MailKind.GUEST_REMINDER]
