"""Until when a guest may move and cancel: to the least notice, its edge included."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.booking import BookingEvent
from hubsync.domain.guest_changes import ChangeRefusal, GuestRights

STARTS = datetime(2026, 12, 3, 9, tzinfo=UTC)
MOVED, CANCELLED = BookingEvent.MOVED, BookingEvent.CANCELLED
BOTH = (MOVED, CANCELLED)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("before", "refusal"),
    [
        (timedelta(days=3), None),
        (timedelta(hours=4), None),
        (timedelta(hours=4) - SECOND, ChangeRefusal.TOO_LATE),
        (SECOND, ChangeRefusal.TOO_LATE),
        (timedelta(), ChangeRefusal.ALREADY_BEGUN),
        (-timedelta(days=400), ChangeRefusal.ALREADY_BEGUN),
    ],
)
@pytest.mark.parametrize("event", BOTH)
def test_it_can_be_changed_until_the_least_notice(
    event: BookingEvent, before: timedelta, refusal: ChangeRefusal | None
) -> None:
    assert GuestRights(STARTS, notice_minutes=240).refusal(event, STARTS - before) == refusal


def test_without_a_notice_it_can_be_changed_until_it_begins() -> None:
    rights = GuestRights(STARTS, notice_minutes=0)
    assert [rights.refusal(each, STARTS - SECOND) for each in BOTH] == [None, None]
    assert rights.refusal(CANCELLED, STARTS) is ChangeRefusal.ALREADY_BEGUN


def test_a_cancelled_one_says_that_before_everything_else() -> None:
    rights = GuestRights(STARTS, 240, is_cancelled=True, is_page_archived=True, is_page_paused=True)
    for moment in (STARTS - timedelta(days=9), STARTS):
        assert [rights.refusal(each, moment) for each in BOTH] == [ChangeRefusal.ALREADY_CANCELLED] * 2


@pytest.mark.parametrize(
    ("state", "refusal"),
    [("is_page_archived", ChangeRefusal.PAGE_CLOSED), ("is_page_paused", ChangeRefusal.PAGE_PAUSED)],
)
def test_a_page_that_takes_no_bookings_lets_guests_cancel_and_not_move(state: str, refusal: ChangeRefusal) -> None:
    rights, moment = GuestRights(STARTS, 240, **{state: True}), STARTS - timedelta(days=1)
    assert rights.refusal(MOVED, moment) is refusal
    assert rights.refusal(CANCELLED, moment) is None
