"""Confirmation mails: guest and host are mailed of a new appointment, once, whatever HubSpot does."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask_babel import force_locale

from hubsync.domain.mails import MailKind, MailState
from hubsync.domain.questions import Kind, Part
from hubsync.domain.roles import Role
from hubsync.errors import TimeNotOffered
from hubsync.services.bookings.appointment_mails import MOST_A_DAY, find_guest_mail
from hubsync.services.bookings.booking_page import KeptBooking, keep_booking, show_booking_page
from hubsync.services.bookings.confirmation_mails import address_guest
from hubsync.services.bookings.erasure import erase_guest
from hubsync.services.operations.outgoing_mails import WRITERS, send_mails
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.free_times import CalendarHost
from hubsync.store.outbox import OutboxMail
from hubsync.store.people import Person
from tests.kit import rows
from tests.kit.calendar_files import read_calendar
from tests.kit.clock import at
from tests.kit.free_times import open_always
from tests.kit.mail_server import MailServer, body

NOW = datetime(2027, 11, 1, 9, tzinfo=UTC)
STARTS = datetime(2027, 11, 4, 15, 30, tzinfo=UTC)
GUEST, HOST = "jun@guest.example", "owner@acme.example"


def book(
    acme: Any, form_id: str = "form", email: str = GUEST, name: str = "Jun <b>Mori</b>", **more: Any
) -> KeptBooking:
    """A guest of New York books on the page, who writes dates as in Britain unless *more* has a language."""
    with at(NOW):
        open_always(acme.calendar_id)
        page = show_booking_page(acme.calendar())
        end_read()
        answers = {acme.question(Part.NAME).id: name, acme.question(Part.EMAIL).id: email} | more.get(
            "answers", {}
        )
        starts_at = more.get("starts_at", STARTS)
        booking = page.make_booking(
            answers, starts_at, "America/New_York", form_id, {}, more.get("language", "en-GB")
        )
        return keep_booking(page, booking)


def send(**later: float) -> int:
    with at(NOW + timedelta(seconds=5) + timedelta(**later)):
        return len(send_mails())


def mail_to(smtp: MailServer, address: str) -> EmailMessage:
    (mail,) = [each for each in smtp.mails if each["To"] == address]
    return mail


def let_host_live_in(zone: str) -> None:
    with write_transaction() as session:
        session.query(Person).filter_by(email=HOST).update({"time_zone": zone})


def test_the_guest_reads_the_time_by_the_guests_own_clock_and_habit(acme: Any, smtp: MailServer) -> None:
    book(acme)
    assert send() == 2
    mail = mail_to(smtp, GUEST)
    assert mail["Subject"] == "Intro call with Mika Sato"
    text = body(mail)
    for words in (
        "Your booking is confirmed.",
        "Thursday, 4 November 2027",
        "11:30 – 12:00",
        "Eastern",
        "New York",
    ):
        assert words in text
    assert "11:30 – 12:00" in body(mail, "html")
    assert HOST not in mail.as_string()
    # Or anybody could have words of theirs mailed to strangers.
    assert not any(typed in mail.as_string() for typed in ("<b>Mori", "&gt;Mori"))


@pytest.mark.parametrize(
    ("name", "greeting"),
    [
        ("森 潤", "森 潤様"),
        ("森さん", "森様"),
        ("Jun Mori", "Jun Mori様"),
        ("今すぐ acme.test へ", ""),
        ("森090", ""),
    ],
)
def test_a_japanese_mail_begins_with_its_guest_where_that_is_nothing_but_a_name(
    acme: Any, smtp: MailServer, name: str, greeting: str
) -> None:
    book(acme, name=name, language="ja")
    send()
    mail = mail_to(smtp, GUEST)
    first = body(mail).splitlines()[:3]
    assert first == [greeting, "", "ご予約が確定しました。"] if greeting else first[0] == "ご予約が確定しました。"
    assert body(mail, "html").count("様</p>") == bool(greeting)


def test_a_host_of_a_colleagues_calendar_is_mailed_no_link_that_would_be_refused(
    acme: Any, smtp: MailServer
) -> None:
    with write_transaction() as session:
        ken = rows.add_person(session, "ken@acme.example")
        rows.add_member(session, acme.team_id, ken.id, Role.MEMBER)
        session.add(CalendarHost(calendar_id=acme.calendar_id, person_id=ken.id))
    book(acme, name="Jun")
    send()
    mail = mail_to(smtp, "ken@acme.example")
    for kind in ("plain", "html"):
        text = body(mail, kind)
        assert "Jun" in text
        assert "Show the booking" not in text
        assert "/deliveries" not in text
    assert "/deliveries" not in read_calendar(mail).lines["DESCRIPTION"].value


def test_the_guests_calendar_gets_the_appointment(acme: Any, smtp: MailServer) -> None:
    kept = book(acme)
    send()
    event = read_calendar(mail_to(smtp, GUEST))
    assert (event.method, event.starts_at, event.ends_at) == ("REQUEST", STARTS, STARTS + timedelta(minutes=30))
    assert (event.zone, event.lines["SEQUENCE"].value) == ("America/New_York", "0")
    assert event.lines["SUMMARY"].value == "Intro call with Mika Sato"
    organizer = event.lines["ORGANIZER"]
    assert (organizer.value, organizer.parameters["CN"]) == ("mailto:hubsync@acme.example", "Mika Sato")
    assert [each.value for each in event.attendees] == [f"mailto:{GUEST}"]
    assert event.lines["UID"].value == read_calendar(mail_to(smtp, HOST)).lines["UID"].value
    assert str(kept.id) != event.lines["UID"].value
    (file,) = mail_to(smtp, GUEST).iter_attachments()
    assert (file.get_filename(), file.get_content_type()) == ("appointment.ics", "application/ics")


def test_the_host_reads_who_comes_when_by_the_hosts_own_clock(acme: Any, smtp: MailServer) -> None:
    let_host_live_in("Asia/Tokyo")
    news = acme.add_question("Send me news", Kind.CHECK_BOX)
    book(acme, answers={acme.question(Part.COMPANY).id: "Mori Ltd", news: True})
    send()
    mail = mail_to(smtp, HOST)
    assert (mail["Subject"], mail["Reply-To"]) == ("Intro call with Jun <b>Mori</b>", GUEST)
    text, html = body(mail), body(mail, "html")
    for words in ("Friday, November 5, 2027", "Company Name: Mori Ltd", "Send me news: Yes", "America/New York"):
        assert words in text
    assert "12:30" in text
    assert ("Jun &lt;b&gt;Mori" in html, "<b>" in html) == (True, False)
    assert "/teams/acme/deliveries/1" in text
    event = read_calendar(mail)
    assert (event.zone, event.starts_at) == ("Asia/Tokyo", STARTS)
    assert [each.value for each in event.attendees] == [f"mailto:{HOST}", f"mailto:{GUEST}"]
    assert "Company Name: Mori Ltd" in event.lines["DESCRIPTION"].value


def test_the_same_form_again_is_not_mailed_again(acme: Any, smtp: MailServer) -> None:
    first = book(acme)
    assert send() == 2
    assert book(acme).id == first.id
    assert (send(hours=1), len(smtp.mails)) == (0, 2)


def test_a_time_that_is_taken_is_not_mailed(acme: Any, smtp: MailServer) -> None:
    book(acme)
    with pytest.raises(TimeNotOffered):
        book(acme, "another form", "late@guest.example")
    assert send() == 2
    assert {mail["To"] for mail in smtp.mails} == {GUEST, HOST}


def test_hubspots_failure_does_not_stop_the_mails(acme: Any, smtp: MailServer) -> None:
    acme.fault(action="status", status=503)
    book(acme)
    assert send() == 2


def test_a_server_that_is_away_gets_them_when_it_is_back(
    acme: Any, smtp: MailServer, caplog: pytest.LogCaptureFixture
) -> None:
    smtp.answer = "451 later"
    with caplog.at_level(logging.INFO):
        kept = book(acme)
        assert send() == 0
    assert not any(secret in caplog.text for secret in (GUEST, HOST, "Jun"))
    mail = find_guest_mail(kept.id)
    assert mail is not None
    assert (mail.state, mail.to) == (MailState.WAITING, "j…@guest.example")
    smtp.reset()
    assert send(minutes=5) == 2
    assert sent_to_guest(kept) is MailState.SENT


def sent_to_guest(kept: KeptBooking) -> MailState | None:
    mail = find_guest_mail(kept.id)
    end_read()
    return mail.state if mail is not None else None


def test_nobody_is_mailed_of_an_appointment_that_has_begun(acme: Any, smtp: MailServer) -> None:
    kept = book(acme)
    assert (send(days=4), smtp.mails, sent_to_guest(kept)) == (0, [], MailState.GIVEN_UP)


def test_a_guest_without_an_address_is_no_fault(acme: Any, smtp: MailServer) -> None:
    kept = book(acme, email="")
    assert (send(), sent_to_guest(kept)) == (1, None)
    assert (mail_to(smtp, HOST)["Reply-To"], read_calendar(smtp.mails[0]).attendees[1:]) == (None, [])


def test_no_mailbox_is_filled_by_whoever_types_its_address(acme: Any, smtp: MailServer) -> None:
    for number in range(MOST_A_DAY + 2):
        book(acme, f"form {number}", starts_at=STARTS + timedelta(hours=number))
    while send():
        pass
    assert [mail["To"] for mail in smtp.mails].count(GUEST) == MOST_A_DAY
    assert [mail["To"] for mail in smtp.mails].count(HOST) == MOST_A_DAY + 2


def test_a_clock_that_was_set_back_keeps_no_guest_from_the_mail(acme: Any, smtp: MailServer) -> None:
    for number in range(MOST_A_DAY):
        book(acme, f"form {number}", starts_at=STARTS + timedelta(hours=number))
    with write_transaction() as session:
        session.query(BookingRecord).update({"created_at": NOW + timedelta(days=2)})
        session.query(OutboxMail).delete()
    book(acme, "one more", starts_at=STARTS + timedelta(days=1))
    send()
    assert sorted(mail["To"] for mail in smtp.mails) == [GUEST, HOST]


def test_who_is_erased_is_not_mailed_any_more(acme: Any, smtp: MailServer) -> None:
    book(acme)
    erase_guest(GUEST, acme.team_id)
    assert (send(), db.session.query(OutboxMail).count()) == (0, 0)
    end_read()


def test_nothing_of_the_guest_stands_readable_in_the_outbox(acme: Any) -> None:
    book(acme)
    rows = db.session.query(OutboxMail).all()
    end_read()
    kept = " ".join(str(value) for row in rows for value in vars(row).values() if isinstance(value, str))
    # No letters alone, which a sealed text may have by chance.
    assert (len(rows), GUEST in kept, "<b>Mori" in kept) == (2, False, False)


def test_every_kind_has_a_writer() -> None:
    assert set(WRITERS) == set(MailKind)


@pytest.mark.parametrize("given", [{"MAIL_DEFAULT_SENDER": ""}])
def test_without_mail_the_booking_stands_and_nothing_is_put(acme: Any, smtp: MailServer) -> None:
    kept = book(acme)
    assert (kept.as_sent, sent_to_guest(kept), send(), smtp.mails) == (True, None, 0, [])


def test_the_second_turn_of_a_repeated_hour_is_that_turn(acme: Any, smtp: MailServer) -> None:
    starts_at = datetime(2027, 11, 7, 6, 15, tzinfo=UTC)  # 01:15 for the second time in New York
    book(acme, starts_at=starts_at)
    send()
    assert starts_at.astimezone(ZoneInfo("America/New_York")).fold == 1
    assert read_calendar(mail_to(smtp, GUEST)).starts_at == starts_at
    assert "Eastern Standard Time" in body(mail_to(smtp, GUEST))


@pytest.mark.parametrize(
    ("language", "name", "addressed"),
    [
        ("ja", "山田 太郎", "山田 太郎様"),
        ("ja", "山田 太郎 様", "山田 太郎様"),
        ("ja", "山田さん", "山田様"),
        ("ja", "Dr. Ada Lee", "Dr. Ada Lee様"),
        ("en", "山田 太郎 様", "山田 太郎 様"),
        ("en", "Dr. Ada Lee", "Dr. Ada Lee"),
    ],
)
def test_a_guest_has_one_form_of_address_at_most(acme: Any, language: str, name: str, addressed: str) -> None:
    with force_locale(language):
        assert address_guest(name, "guest@acme.example") == addressed
