"""Bookings of a calendar's own page, as its form makes them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from hubsync.domain.values import AnswerValue
from hubsync.services import now
from hubsync.services.bookings.booking_page import new_form_id, show_booking_page
from hubsync.services.bookings.completion import take_in
from hubsync.store import end_read
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery


def complete_page_booking(
    calendar: Calendar,
    answers: Mapping[int, AnswerValue],
    *,
    starts_at: datetime | None = None,
    time_zone: str = "UTC",
    form_id: str = "",
    url_params: Mapping[str, str] | None = None,
    held: bool = False,
) -> Delivery:
    """Complete a booking of the page of *calendar*, in three days unless *starts_at* is another time.

    Its owner is the host, whatever else the owner has at that time. Whether it is *held* for a look is said here.
    """

    def give_owners_time(session: Session, record: BookingRecord) -> bool:
        record.host_id, record.host = record.calendar.owner_id, record.calendar.owner.shown
        return held

    page = show_booking_page(calendar)
    end_read()
    starts_at = starts_at or now() + timedelta(days=3)
    booking = page.make_booking(answers, starts_at, time_zone, form_id or new_form_id(), url_params or {})
    return take_in(page.team_id, booking, admit=give_owners_time).delivery
