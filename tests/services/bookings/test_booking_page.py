"""The booking page is one source among others: it makes a booking, and what is done with it is said once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from hubsync.domain.booking import PAGE, Booking
from hubsync.domain.questions import Kind, Part
from hubsync.errors import BookingNotKept, BookingPageClosed, NotFound
from hubsync.services import now
from hubsync.services.bookings.booking_page import BookingPage, keep_booking, show_booking_page
from hubsync.services.bookings.completion import complete
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from tests.kit.broken_tables import break_table
from tests.kit.free_times import open_always
from tests.kit.page_bookings import complete_page_booking
from tests.kit.source_bookings import source_booking


def opened(acme: Any) -> tuple[BookingPage, Booking]:
    """The page as a guest opened it, and what the guest filled in."""
    open_always(acme.calendar_id)
    page = show_booking_page(acme.calendar())
    answers = {acme.question(Part.NAME).id: "Sato Mika", acme.question(Part.EMAIL).id: "Mika@ACME.co.jp"}
    end_read()
    return page, page.make_booking(answers, on_the_hour(), "Asia/Tokyo", "form", {})


def on_the_hour() -> datetime:
    """A full hour of tomorrow."""
    return (now() + timedelta(days=1)).replace(minute=0, second=0, microsecond=0)


def kept() -> int:
    number = db.session.query(BookingRecord).count()
    end_read()
    return number


def archive(acme: Any) -> None:
    with write_transaction() as session:
        session.get_one(Calendar, acme.calendar_id).archived_at = now()


def delete(acme: Any) -> None:
    with write_transaction() as session:
        session.delete(session.get_one(Calendar, acme.calendar_id))


@pytest.mark.parametrize(("meanwhile", "refusal"), [(archive, BookingPageClosed), (delete, NotFound)])
def test_a_calendar_that_was_archived_or_deleted_meanwhile_takes_no_booking_and_is_not_made_again(
    acme: Any, meanwhile: Callable[[Any], None], refusal: type[NotFound]
) -> None:
    page, booking = opened(acme)
    meanwhile(acme)
    calendars = db.session.query(Calendar).count()
    with pytest.raises(NotFound) as refused:
        keep_booking(page, booking)
    assert type(refused.value) is refusal
    assert (kept(), db.session.query(Calendar).count()) == (0, calendars)


def test_a_booking_of_the_page_is_told_by_the_answers_to_the_default_questions(acme: Any) -> None:
    page, booking = opened(acme)
    made = keep_booking(page, booking)
    record = db.session.get_one(BookingRecord, made.id)
    assert (record.source, record.guest_name, record.guest_email) == (PAGE, "Sato Mika", "mika@acme.co.jp")
    assert (record.host, record.notes, made.as_sent) == ("Mika Sato", [], True)


def test_an_address_that_the_page_asks_for_beside_the_guests_own_is_not_the_guests(acme: Any) -> None:
    colleague = acme.add_question("Your colleague's e-mail", Kind.EMAIL)
    delivery = complete_page_booking(acme.calendar(), {colleague: "rei@acme.co.jp"})
    assert (delivery.booking.guest_email, delivery.search_email) == ("", "")


@pytest.mark.parametrize("of", ["the page", "a source"])
def test_a_database_that_fails_before_the_booking_is_written_asks_for_it_again(acme: Any, of: str) -> None:
    booking = opened(acme)[1] if of == "the page" else source_booking()
    with write_transaction() as session:
        break_table(session, "connections")
    with pytest.raises(BookingNotKept) as fault:
        complete(acme.team_id, booking)
    assert fault.value.message in ("OperationalError", "DiskFull")
    assert (fault.value.__cause__, kept()) == (None, 0)
