"""Mails of changes: guest and host are mailed of a move and a cancellation, and their calendars follow."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from hubsync.domain.booking import LONGEST_REASON
from hubsync.domain.mails import MailState
from hubsync.errors import TimeNotOffered
from hubsync.services.availability.rules import load_rules
from hubsync.services.availability.saving import save_free_times
from hubsync.services.bookings import guest_changes
from hubsync.services.bookings.appointment_mails import MOST_A_DAY, find_guest_mail
from hubsync.services.bookings.booking_links import sign_booking
from hubsync.services.bookings.overtaken_news import MOST_MOVES
from hubsync.services.outbox import turns
from hubsync.services.posting.draft import draft_booking
from hubsync.services.teams.members import remove_member
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.outbox import OutboxMail
from tests.kit import rows
from tests.kit.browser import Browser
from tests.kit.calendar_files import read_calendar
from tests.kit.clock import at
from tests.kit.mail_server import MailServer, body
from tests.kit.tab import Tab
from tests.services.bookings.test_confirmation_mails import GUEST, HOST, NOW, STARTS, book, mail_to, send

LATER = STARTS + timedelta(hours=3)
KEN = "ken@acme.example"


def move(acme: Any, booking_id: int, to: datetime = LATER, seen: datetime = STARTS, reason: str = "") -> None:
    slug = acme.calendar().slug
    end_read()
    with at(NOW):
        guest_changes.move(slug, booking_id, to, seen=seen, reason=reason)


def cancel(acme: Any, booking_id: int, reason: str = "") -> None:
    slug = acme.calendar().slug
    end_read()
    with at(NOW):
        guest_changes.cancel(slug, booking_id, reason)


def confirmed(acme: Any, smtp: MailServer, **more: Any) -> int:
    """A booking whose confirmations were sent and read."""
    kept = book(acme, **more)
    send()
    smtp.mails.clear()
    return kept.id


def add_ken(acme: Any) -> int:
    with write_transaction() as session:
        ken = rows.add_person(session, KEN, name="Ken Ito").id
        rows.add_member(session, acme.team_id, ken, "member")
    return ken


def let_hosts_be(acme: Any, *people: int) -> None:
    rules, version = load_rules(acme.calendar())
    end_read()
    save_free_times(acme.calendar_id, rules, version, people)


def test_both_are_mailed_of_the_new_time_and_their_calendars_move_it(acme: Any, smtp: MailServer) -> None:
    kept = book(acme)
    send()
    uid = read_calendar(mail_to(smtp, GUEST)).lines["UID"].value
    smtp.mails.clear()
    move(acme, kept.id, reason="A train is late")
    assert send() == 2
    for address in (GUEST, HOST):
        event = read_calendar(mail_to(smtp, address))
        assert (event.method, event.starts_at, event.ends_at) == ("REQUEST", LATER, LATER + timedelta(minutes=30))
        assert (event.lines["UID"].value, event.lines["SEQUENCE"].value) == (uid, "1")
    text = body(mail_to(smtp, GUEST))
    assert mail_to(smtp, GUEST)["Subject"] == "Intro call with Mika Sato"
    assert "Your booking has its new time. Before: Thursday, 4 November 2027, 11:30" in text
    assert "14:30 – 15:00" in text
    assert "train" not in mail_to(smtp, GUEST).as_string(), "nothing that somebody typed"
    for form in ("plain", "html"):
        told = body(mail_to(smtp, HOST), form)
        assert "The guest has moved this appointment to this time. Before: Thursday, November 4, 2027, " in told
        assert "A train is late" in told


def test_both_are_mailed_of_a_cancellation_and_their_calendars_drop_it(acme: Any, smtp: MailServer) -> None:
    booking_id = confirmed(acme, smtp)
    move(acme, booking_id)
    send()
    smtp.mails.clear()
    cancel(acme, booking_id, "Not <needed>")
    assert send() == 2
    for address in (GUEST, HOST):
        event = read_calendar(mail_to(smtp, address))
        assert (event.method, event.lines["STATUS"].value) == ("CANCEL", "CANCELLED")
        assert (event.starts_at, event.lines["SEQUENCE"].value) == (LATER, "2")
        assert "out of your calendar" in body(mail_to(smtp, address))
        assert "into your calendar" not in body(mail_to(smtp, address))
    assert mail_to(smtp, GUEST)["Subject"] == "Cancelled: Intro call with Mika Sato"
    assert "Your booking is cancelled." in body(mail_to(smtp, GUEST))
    assert "needed" not in mail_to(smtp, GUEST).as_string()
    assert "The guest has cancelled this appointment." in body(mail_to(smtp, HOST))
    assert "Not <needed>" in body(mail_to(smtp, HOST))
    assert "Not &lt;needed&gt;" in body(mail_to(smtp, HOST), "html")


def test_a_host_to_whom_it_does_not_come_any_more_is_told(acme: Any, smtp: MailServer) -> None:
    booking_id = confirmed(acme, smtp)
    ken, owner = add_ken(acme), db.session.get_one(BookingRecord, booking_id).host_id
    let_hosts_be(acme, ken)
    move(acme, booking_id, reason="A train is late")
    assert send() == 3
    former, new = (read_calendar(mail_to(smtp, address)) for address in (HOST, KEN))
    assert (former.method, former.starts_at) == ("CANCEL", STARTS)
    assert (new.method, new.starts_at) == ("REQUEST", LATER)
    assert former.lines["UID"].value == new.lines["UID"].value
    assert "it goes to Ken Ito." in body(mail_to(smtp, HOST))
    assert mail_to(smtp, GUEST)["Subject"] == "Intro call with Ken Ito"
    assert db.session.get_one(BookingRecord, booking_id, populate_existing=True).host_id == ken != owner
    end_read()


def test_the_host_who_was_chosen_is_in_the_mails_and_goes_to_hubspot(acme: Any, smtp: MailServer) -> None:
    owner = acme.calendar().owner_id
    end_read()
    let_hosts_be(acme, owner, add_ken(acme))
    acme.map("contacts", "jobtitle", "fact:host")
    booked = {each: book(acme, form_id=each, email=each).id for each in (GUEST, "rui@guest.example")}
    send()
    for (address, booking_id), host in zip(booked.items(), ("Mika Sato", "Ken Ito"), strict=True):
        assert mail_to(smtp, address)["Subject"] == f"Intro call with {host}"
        mapped = draft_booking(db.session.get_one(BookingRecord, booking_id))
        assert mapped is not None
        assert mapped.draft.contact["jobtitle"] == host
    end_read()
    assert {mail["To"] for mail in smtp.mails} == {GUEST, "rui@guest.example", HOST, KEN}


def test_what_waits_of_a_former_time_does_not_leave_behind_the_new_one(acme: Any, smtp: MailServer) -> None:
    booking_id = book(acme).id
    times = [STARTS + timedelta(hours=number) for number in range(MOST_MOVES + 2)]
    for former, new in pairwise(times):
        move(acme, booking_id, new, former)
    assert send() == 2
    told = {mail["To"]: read_calendar(mail).starts_at for mail in smtp.mails}
    assert told == {GUEST: times[MOST_MOVES], HOST: times[-1]}, "of the last move that its reader is mailed of"


def test_hosts_are_mailed_what_holds_for_them_by_now_and_nothing_behind_it(acme: Any, smtp: MailServer) -> None:
    booking_id = book(acme).id
    owner = db.session.get_one(BookingRecord, booking_id).host_id
    let_hosts_be(acme, add_ken(acme))
    move(acme, booking_id)
    assert send(minutes=-1) == 0
    let_hosts_be(acme, owner or 0)
    move(acme, booking_id, STARTS, LATER)
    send()
    told = {mail["To"]: read_calendar(mail) for mail in smtp.mails}
    methods = {each: event.method for each, event in told.items()}
    assert methods == {GUEST: "REQUEST", HOST: "REQUEST", KEN: "CANCEL"}
    assert (len(smtp.mails), told[HOST].lines["SEQUENCE"].value) == (3, "2")


def test_who_has_left_the_team_is_mailed_nothing_more_of_its_guests(acme: Any, smtp: MailServer) -> None:
    ken = add_ken(acme)
    let_hosts_be(acme, ken)
    booking_id = book(acme).id
    moved = book(acme, form_id="another", starts_at=LATER).id
    remove_member(acme.team_id, ken)
    assert send() == 4
    assert {mail["To"] for mail in smtp.mails} == {GUEST, HOST}, "the owner of the calendar reads what is Ken's"
    assert "Ken Ito, whose time it is, has left the team." in body(smtp.mails[-1]) + body(smtp.mails[0])
    smtp.mails.clear()
    cancel(acme, booking_id, "A train is late")
    assert send() == 2
    assert "A train is late" in body(mail_to(smtp, HOST))
    assert "Ken Ito, whose time it is, has left the team." in body(mail_to(smtp, HOST), "html")
    smtp.mails.clear()
    move(acme, moved, STARTS, LATER)
    send()
    assert [mail["To"] for mail in smtp.mails if mail["To"] != GUEST] == [HOST], "who has it now"
    assert read_calendar(mail_to(smtp, HOST)).method == "REQUEST"


def test_what_had_not_left_before_a_cancellation_is_withdrawn_by_it(acme: Any, smtp: MailServer) -> None:
    booking_id = book(acme).id
    move(acme, booking_id)
    cancel(acme, booking_id)
    assert send() == 2
    assert {mail["To"]: read_calendar(mail).method for mail in smtp.mails} == {GUEST: "CANCEL", HOST: "CANCEL"}


def test_a_confirmation_that_is_cancelled_while_it_is_being_sent_does_not_leave(
    acme: Any, smtp: MailServer
) -> None:
    booking_id = book(acme).id
    with at(NOW + timedelta(seconds=5)):
        taken = [turns.take(each) for each in turns.list_due()]
        cancel(acme, booking_id)
        assert [turns.hand_over(each) for each in taken if each is not None] == [False, False]


def test_a_confirmation_that_is_being_handed_over_stays_what_it_is(acme: Any, smtp: MailServer) -> None:
    booking_id = book(acme).id
    with at(NOW + timedelta(seconds=5)):
        taken = turns.take(turns.list_due()[0])
        assert taken is not None
        assert turns.hand_over(taken)
        cancel(acme, booking_id)
    send(minutes=5)
    row = db.session.get_one(OutboxMail, taken.id, populate_existing=True)
    end_read()
    assert (row.state, row.unconfirmed) == (MailState.SENT, True)


def test_the_same_press_again_is_not_mailed_again(acme: Any, smtp: MailServer) -> None:
    booking_id = confirmed(acme, smtp)
    for _ in range(2):
        move(acme, booking_id)
    assert send() == 2
    for _ in range(2):
        cancel(acme, booking_id)
    assert send() == 2


def test_the_guests_mails_lead_to_moving_and_cancelling_until_it_is_cancelled(acme: Any, smtp: MailServer) -> None:
    kept = book(acme)
    send()
    move(acme, kept.id)
    send()
    tab = Tab(Browser(acme.app, cookies=False))
    with at(NOW):
        for mail in [each for each in smtp.mails if each["To"] == GUEST]:
            links = re.findall(r"(Move|Cancel): \S+(/book/\S+)", body(mail))
            assert [name for name, _address in links] == ["Move", "Cancel"]
            assert all(address in body(mail, "html") for _name, address in links)
            words = [tab.open(address).text for _name, address in links]
            assert ("Choose another time" in words[0], "Cancel this booking?" in words[1]) == (True, True)
    assert not any("/move/" in mail.as_string() for mail in smtp.mails if mail["To"] == HOST)
    smtp.mails.clear()
    cancel(acme, kept.id)
    send()
    assert "/book/" not in body(mail_to(smtp, GUEST))


def test_the_page_speaks_of_the_mail_about_what_happened_last(acme: Any, smtp: MailServer) -> None:
    booking_id = confirmed(acme, smtp)
    states = []
    for change in (move, cancel):
        change(acme, booking_id)
        for _ in range(2):
            mail = find_guest_mail(booking_id)
            end_read()
            states.append(mail and mail.state)
            send()
    assert states == [MailState.WAITING, MailState.SENT] * 2


def test_the_page_does_not_call_a_change_mailed_that_nobody_is_mailed_of(acme: Any, smtp: MailServer) -> None:
    booking_id = book(acme).id
    times = [STARTS + timedelta(hours=number) for number in range(MOST_MOVES + 2)]
    slug, told = acme.calendar().slug, []
    end_read()
    for number, (former, new) in enumerate(pairwise(times), 1):
        with at(NOW + timedelta(minutes=number)):
            guest_changes.move(slug, booking_id, new, seen=former)
        told.append(find_guest_mail(booking_id))
        end_read()
    assert [each is not None and each.is_behind for each in told] == [False] * MOST_MOVES + [True]
    address = f"/book/{slug}/confirmed/{sign_booking(booking_id, as_sent=True)}"
    assert "This change is not mailed" in Browser(acme.app).open(address).words


def test_a_change_that_is_refused_is_not_mailed(acme: Any, smtp: MailServer) -> None:
    booking_id = confirmed(acme, smtp)
    with pytest.raises(TimeNotOffered):
        move(acme, booking_id, STARTS + timedelta(seconds=1))
    assert send() == 0


def test_no_mailbox_is_filled_by_moving_to_and_fro(acme: Any, smtp: MailServer) -> None:
    booking_id = confirmed(acme, smtp)
    for number in range(MOST_MOVES + 2):
        times = (STARTS, LATER) if number % 2 == 0 else (LATER, STARTS)
        move(acme, booking_id, times[1], times[0])
        send()
    cancel(acme, booking_id)
    while send():
        pass
    assert [mail["To"] for mail in smtp.mails].count(GUEST) == MOST_MOVES + 1, "and of the cancellation"


def test_a_guest_who_was_not_mailed_of_a_booking_is_not_mailed_of_its_changes(acme: Any, smtp: MailServer) -> None:
    for number in range(MOST_A_DAY):
        book(acme, f"form {number}", starts_at=STARTS + timedelta(hours=number))
    booking_id = book(acme, "one too many", starts_at=STARTS + timedelta(days=1)).id
    while send():
        pass
    smtp.mails.clear()
    move(acme, booking_id, STARTS + timedelta(days=1, hours=1), STARTS + timedelta(days=1))
    cancel(acme, booking_id)
    send()
    assert {mail["To"] for mail in smtp.mails} == {HOST}


def test_a_reason_of_any_length_is_cut(acme: Any, smtp: MailServer) -> None:
    cancel(acme, confirmed(acme, smtp), "é" * LONGEST_REASON + "!")
    send()
    told = body(mail_to(smtp, HOST))
    assert told.count("é") == LONGEST_REASON
    assert "é!" not in told


def test_a_guest_without_an_address_is_no_fault(acme: Any, smtp: MailServer) -> None:
    booking_id = confirmed(acme, smtp, email="")
    move(acme, booking_id)
    assert send() == 1
    cancel(acme, booking_id)
    assert send() == 1
    assert {mail["To"] for mail in smtp.mails} == {HOST}


@pytest.mark.parametrize("given", [{"MAIL_DEFAULT_SENDER": ""}])
def test_without_mail_nothing_is_put(acme: Any, smtp: MailServer) -> None:
    kept = book(acme)
    move(acme, kept.id)
    cancel(acme, kept.id)
    assert db.session.query(OutboxMail).count() == 0
    end_read()
