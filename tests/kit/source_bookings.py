"""Bookings as a source sends them."""

from __future__ import annotations

from datetime import timedelta

from hubsync.domain.booking import Booking, GivenAnswer, Guest
from hubsync.services import now


def source_booking(external_id: str = "b1", answers: tuple[GivenAnswer, ...] = ()) -> Booking:
    starts = now() + timedelta(days=2)
    return Booking(
        source="signed_json",
        external_id=external_id,
        calendar_external_id="demo",
        calendar_name="Demo",
        guest=Guest("Sato Mika", "mika@acme.co.jp", "Acme"),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=45),
        answers=answers,
    )
