"""A guest books."""

from __future__ import annotations

import socket
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import text

from hubsync.domain.questions import Kind
from hubsync.services import now
from hubsync.services.operations.outgoing_mails import send_mails
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.outbox import OutboxMail
from tests.kit.broken_tables import break_table, mend_table
from tests.kit.calendar_files import read_calendar, read_event
from tests.kit.clock import at
from tests.kit.guest import ADDRESS, Guest, guest, token_of
from tests.kit.mail_server import MailServer
from tests.kit.page import read_page

__all__ = ["guest"]


@time_machine.travel(datetime(2027, 11, 1, tzinfo=UTC), tick=True)
def test_a_guest_books_and_reads_date_time_and_zone(guest: Guest) -> None:
    sent = guest.send(date="2027-11-30", time="10:30", time_zone="America/New_York", Company_Name="Acme")
    assert sent.status_code == 303
    page = guest.get(sent.location)
    assert page.status_code == 200
    shown = read_page(page).get_text(" ", strip=True)
    for words in ("Your booking is confirmed", "Intro call", "Mika Mori", "Tuesday, November 30, 2027", "10:30"):
        assert words in shown
    assert "Eastern" in shown
    (booking,) = guest.bookings()
    assert booking.starts_at == datetime(2027, 11, 30, 15, 30, tzinfo=UTC)
    assert (booking.guest_name, booking.guest_email) == ("Mika Sato", "mika@acme.example")
    assert booking.guest_time_zone == "America/New_York"
    assert guest.answer("Company Name") == "Acme"
    assert guest.get(sent.location).text == page.text


def test_the_addresses_of_a_booking_end_a_month_after_its_appointment(guest: Guest) -> None:
    sent = guest.send()
    (booking,) = guest.bookings()
    assert booking.ends_at is not None
    for days, status in ((29, 200), (31, 404)):
        with at(booking.ends_at + timedelta(days=days)):
            files = f"{sent.location}/appointment.ics"
            assert [guest.get(each).status_code for each in (sent.location, files)] == [status] * 2


def test_guests_get_no_cookie_and_the_session_is_not_looked_at(guest: Guest) -> None:
    token = guest.token()
    sent = guest.send(token)
    answers = [
        guest.get(ADDRESS),
        guest.send(token="", Name=""),
        sent,
        guest.get(sent.location),
        guest.get("/book/unknown"),
    ]
    assert [answer.status_code for answer in answers] == [200, 422, 303, 200, 404]
    for answer in answers:
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        # A copy of a form out of a shared cache would make two guests' bookings one.
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert "HubSpot" not in answer.text


def test_the_same_form_twice_is_one_booking_with_one_confirmation(guest: Guest) -> None:
    token = guest.token()
    first, second = guest.send(token), guest.send(token)
    assert (first.status_code, second.status_code) == (303, 303)
    assert first.location == second.location
    assert len(guest.bookings()) == 1


@time_machine.travel(datetime(2027, 11, 1, tzinfo=UTC), tick=True)
def test_a_completed_form_sent_again_with_another_time_says_which_booking_stands(guest: Guest) -> None:
    token = guest.token()
    guest.send(token, date="2027-11-30")
    again = guest.get(guest.send(token, date="2027-12-01").location)
    assert "That booking stands" in again.text
    assert "November 30, 2027" in again.text
    assert len(guest.bookings()) == 1


def test_two_forms_are_two_bookings(guest: Guest) -> None:
    guest.send()
    guest.send(time="11:00")
    assert len(guest.bookings()) == 2


def test_every_kind_of_answer_is_kept(guest: Guest) -> None:
    guest.ask("People", Kind.NUMBER)
    guest.ask("Plan", Kind.SINGLE_CHOICE, choices=["Small", "Large"], required=True)
    guest.ask("Colour", Kind.SINGLE_CHOICE, choices=[f"no. {n}" for n in range(9)])
    guest.ask("Topics", Kind.SEVERAL_CHOICES, choices=["Price", "Support", "Security"])
    guest.ask("Terms", Kind.CHECK_BOX, required=True)
    guest.ask("Since", Kind.DATE)
    guest.ask("Phone", Kind.PHONE)
    page = guest.open()
    assert len(page.select(f"input[type=radio][name={guest.names['Plan']}]")) == 2
    assert len(page.select(f"select[name={guest.names['Colour']}] option")) == 10
    sent = guest.send(
        token_of(page),
        People="１,２００",
        Plan="Large",
        Colour="no. 8",
        Topics=["Price", "Security"],
        Terms="yes",
        Since="2020/1/31",
        Phone="+81 3-1234-5678",
    )
    assert sent.status_code == 303
    kept = {
        label: guest.answer(label) for label in ("People", "Plan", "Colour", "Topics", "Terms", "Since", "Phone")
    }
    assert kept == {
        "People": "1200",
        "Plan": "Large",
        "Colour": "no. 8",
        "Topics": ["Price", "Security"],
        "Terms": True,
        "Since": "2020-01-31",
        "Phone": "+81 3-1234-5678",
    }
    assert guest.answer("Comment") is None


def test_url_parameters_come_along_to_the_booking(guest: Guest) -> None:
    others = "&".join(f"p{number}=x" for number in range(30))
    query = f"?{others}&utm_source=news&utm_source=second&utm_campaign=秋&bad%20name=1&long={'y' * 501}"
    token = guest.token(query)
    guest.send(token)
    (booking,) = guest.bookings()
    assert booking.url_params["utm_source"] == "news"
    assert booking.url_params["utm_campaign"] == "秋"
    assert len(booking.url_params) == 25
    assert not {"bad name", "long"} & set(booking.url_params)


def test_what_the_owner_named_is_kept_before_what_nobody_named(guest: Guest) -> None:
    guest.change(query_names=["partner", "p28"])
    others = "&".join(f"p{number}=x" for number in range(30))
    guest.send(guest.token(f"?{others}&partner=Acme&msclkid=1"))
    (booking,) = guest.bookings()
    assert list(booking.url_params)[:4] == ["msclkid", "p28", "partner", "p0"]
    assert len(booking.url_params) == 25


@pytest.mark.parametrize(
    "address", ["/book/unknown", "/book/unknown/confirmed/x", f"{ADDRESS}/confirmed/WzEsdHJ1ZV0.forged"]
)
def test_an_address_that_leads_nowhere_is_a_friendly_page(guest: Guest, address: str) -> None:
    guest.send()
    answer = guest.get(address)
    assert answer.status_code == 404
    assert "There is no booking page here" in answer.text
    assert "Intro call" not in answer.text


def test_a_calendar_of_another_source_has_no_booking_page(guest: Guest) -> None:
    token = guest.token()
    guest.change(source="timerex")
    assert guest.get(ADDRESS).status_code == 404
    assert guest.send(token).status_code == 404
    assert guest.bookings() == []


def test_a_confirmation_is_shown_under_its_own_calendar_only(guest: Guest) -> None:
    sent = guest.send()
    guest.change(slug="renamed")
    assert guest.get(sent.location).status_code == 404
    assert guest.get(sent.location.replace(ADDRESS, "/book/renamed")).status_code == 200


def test_the_owner_without_a_name_is_not_shown_by_e_mail_address(guest: Guest) -> None:
    with guest.app.app_context(), write_transaction() as session:
        session.execute(text("UPDATE people SET name = ''"))
    shown = guest.get(ADDRESS).text + guest.get(guest.send().location).text
    assert "owner@acme.example" not in shown
    assert "Acme" in shown


def test_a_booking_that_the_database_does_not_take_is_not_called_confirmed(guest: Guest) -> None:
    token = guest.token()
    form = guest.filled(token, Comment="typed with care")
    with guest.app.app_context(), write_transaction() as session:
        break_table(session, "deliveries")
    answer = guest.post(form)
    assert answer.status_code == 503
    assert "could not be saved" in answer.text
    assert "typed with care" in answer.text
    assert guest.bookings() == []
    with guest.app.app_context(), write_transaction() as session:
        mend_table(session, "deliveries")
    assert guest.send(token_of(read_page(answer))).status_code == 303
    assert guest.send(token).status_code == 303
    assert len(guest.bookings()) == 1


class TestWhileHubSpotCannotBeReached:
    @pytest.fixture
    def given(self) -> dict[str, str]:
        with socket.create_server(("127.0.0.1", 0)) as closed_soon:
            return {"HUBSPOT_API_URL": f"http://127.0.0.1:{closed_soon.getsockname()[1]}"}

    def test_the_booking_is_confirmed_all_the_same(self, guest: Guest) -> None:
        guest.connect()
        sent = guest.send()
        assert sent.status_code == 303
        assert "Your booking is confirmed" in guest.get(sent.location).text
        with guest.app.app_context():
            delivery = db.session.query(Delivery).one()
            assert (delivery.state, delivery.reason) == ("retrying", "hubspot_unreachable")


def test_the_confirmation_says_what_became_of_the_mail(guest: Guest, smtp: MailServer) -> None:
    confirmation = guest.send(Email="jun@guest.example").location
    on_its_way = "A confirmation with a calendar file is on its way to j…@guest.example."
    assert on_its_way in read_page(guest.get(confirmation)).get_text(" ", strip=True)
    smtp.refuses = ("jun@guest.example",)
    with guest.app.app_context():
        assert len(send_mails()) == 1  # the host's
    assert "No confirmation could be mailed to j…@guest.example." in guest.get(confirmation).text
    with guest.app.app_context(), write_transaction() as session:
        session.query(OutboxMail).update({"sent_at": now()})
    assert "was mailed to j…@guest.example." in guest.get(confirmation).text


def test_the_confirmation_has_a_file_for_the_guests_calendar_as_long_as_the_appointment_stands(
    guest: Guest, smtp: MailServer
) -> None:
    tab = guest.tab.open(guest.send(Email="jun@guest.example").location)
    (booking,) = guest.bookings()
    link = next(each["href"] for each in tab.page.select("a") if each.words == "Add to calendar")
    answer = guest.get(link)
    assert (answer.mimetype, answer.headers["Content-Disposition"]) == (
        "text/calendar",
        "attachment; filename=appointment.ics",
    )
    event = read_event(answer.text)
    assert (event.method, event.starts_at, event.attendees) == ("PUBLISH", booking.starts_at, [])
    assert "jun@guest.example" not in answer.text, "whoever has the address reads it"
    with guest.app.app_context():
        send_mails()
    (mailed,) = [each for each in smtp.mails if each["To"] == "jun@guest.example"]
    assert read_calendar(mailed).lines["UID"] == event.lines["UID"]
    with guest.app.app_context(), write_transaction() as session:
        session.query(Delivery).update({"state": "held"})
    assert guest.get(link).status_code == 404
    assert "Add to calendar" not in guest.tab.open(tab.url).text, "nobody has confirmed it"
    with guest.app.app_context(), write_transaction() as session:
        session.query(Delivery).update({"state": "posted"})
        session.query(BookingRecord).update({"cancelled_at": now()})
    assert guest.get(link).status_code == 404
    assert guest.get(link.replace("/confirmed/", "/confirmed/x")).status_code == 404


def test_the_guests_language_is_kept_with_the_booking(guest: Guest) -> None:
    guest.browser.send(ADDRESS, guest.filled(), headers={"Accept-Language": "en-GB,en;q=0.5"})
    (booking,) = guest.bookings()
    assert booking.locale == "en-GB"
