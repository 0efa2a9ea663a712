"""Guests by their address: how many bookings to come one may have, whoever asks at the same instant."""

from __future__ import annotations

from collections import Counter
from functools import partial

import time_machine
from flask import Flask

from hubsync.domain.questions import Part
from hubsync.domain.unwanted_bookings import UnwantedRules
from hubsync.errors import GuestHasEnough
from hubsync.services.bookings.booking_page import KeptBooking, keep_booking, show_booking_page
from hubsync.services.unwanted.rules import save_rules
from hubsync.store import end_read
from tests.kit.at_one_instant import at_once
from tests.kit.free_times import NOW, at, make_page_team


def test_of_four_bookings_of_one_guest_at_one_instant_as_many_are_kept_as_one_may_have(
    app: Flask, database: dict[str, str]
) -> None:
    with app.app_context():
        team = make_page_team()
        save_rules(team.calendar_id, UnwantedRules(most_per_guest=2), 0)
        page = show_booking_page(team.calendar())
        end_read()
    email = {each.id: "mika@acme.example" for each in page.questions if each.part is Part.EMAIL}

    def book(hour: int) -> KeptBooking:
        return keep_booking(page, page.make_booking(email, at(hour), "Asia/Tokyo", f"form {hour}", {}))

    with time_machine.travel(NOW, tick=True):
        came = at_once(app, [partial(book, hour) for hour in (9, 10, 11, 12)], GuestHasEnough)
    assert Counter(type(each) for each in came) == {KeptBooking: 2, GuestHasEnough: 2}
