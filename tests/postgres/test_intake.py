"""What comes to an address, where the database does not take every text."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import event

from hubsync.errors import BookingErased
from hubsync.services.bookings.completion import take_in
from hubsync.services.bookings.erasure import erase_guest
from hubsync.sources.registry import SOURCES
from hubsync.store import db
from tests.kit.booking_courses import tell_two_processes
from tests.kit.source_bookings import source_booking

pytestmark = pytest.mark.slow


def test_an_address_that_can_be_nobodys_is_refused_like_any_other(acme: Any) -> None:
    client = acme.app.test_client()
    for source in SOURCES.values():
        answers = [client.post(f"/intake/{source.word}/{token}", data=b"{}") for token in ("a", "a%00b", "%ff")]
        assert [each.status_code for each in answers] == [401, 401, 401]
        assert len({each.data for each in answers}) == 1


def test_news_of_a_booking_that_is_erased_while_it_is_looked_for_are_no_error(acme: Any) -> None:
    booking = source_booking()
    take_in(acme.team_id, booking, at_most_seconds=0)
    db.session.remove()
    erased: list[tuple[int, int]] = []

    def erase() -> None:
        with acme.app.app_context():
            erased.append(erase_guest(booking.guest.email, acme.team_id))

    def erase_once(connection: Any, cursor: Any, statement: str, *_: Any) -> None:
        if "UNION ALL" in statement and not erased:
            other = threading.Thread(target=erase)
            other.start()
            other.join()

    event.listen(db.engine, "after_cursor_execute", erase_once)
    try:
        with pytest.raises(BookingErased):
            take_in(acme.team_id, booking, at_most_seconds=0)
    finally:
        event.remove(db.engine, "after_cursor_execute", erase_once)
    assert erased == [(1, 0)]


def test_two_processes_that_are_told_of_a_course_at_one_instant_make_one_delivery_of_it(acme: Any) -> None:
    tell_two_processes(acme)
