"""The booking that never came is found in the source's own list, once, wherever the reading was interrupted."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from hubsync.domain.audit import AuditAction
from hubsync.errors import NotFound
from hubsync.services import now
from hubsync.services.sources import endpoint_setup
from hubsync.services.sources.comparison import compare_due, compare_now
from hubsync.services.sources.status import ComparisonStatus, status_of
from hubsync.services.sources.subscriptions import connect, disable, disconnect
from hubsync.services.sources.upkeep import check_due
from hubsync.services.teams import audit
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.sources import SourceComparison
from tests.kit.clock import later
from tests.kit.diary import NAME, TOKEN, DiaryServer


@pytest.fixture
def connected(acme: Any, diary: DiaryServer, endpoint: int) -> int:
    connect(endpoint, TOKEN, by=None)
    diary.called()
    return endpoint


def compared(endpoint_id: int) -> ComparisonStatus:
    told = status_of(endpoint_id).comparison
    end_read()
    return told


def kept() -> dict[str, bool]:
    """The ids of Diary's bookings that are there, and whether each was found by a comparison."""
    query = select(BookingRecord.external_id, BookingRecord.by_comparison).where(BookingRecord.source == NAME)
    found = {row.external_id: row.by_comparison for row in db.session.execute(query)}
    end_read()
    return found


def compare(endpoint_id: int) -> list[str]:
    compare_now(endpoint_id, by=None)
    return compare_due()


def test_what_never_came_is_taken_in_marked_and_counted(acme: Any, diary: DiaryServer, connected: int) -> None:
    diary.page_size = 3
    for number in range(1, 8):
        diary.book(number)
    (line,) = compare(connected)
    assert line == "Team acme's bookings of diary were compared with the source's own list; 7 had not come."
    told = compared(connected)
    assert (told.running, told.requested, told.found, told.found_in_all) == (False, False, 7, 7)
    assert told.compared_at is not None
    assert kept() == {f"diary-{number}": True for number in range(1, 8)}
    assert compare(connected) == [line.replace("7 had", "0 had")]
    assert (compared(connected).seen, compared(connected).found, compared(connected).found_in_all) == (7, 0, 7)
    trail = [each.action for each in audit.read_trail(acme.team_id, 9)]
    end_read()
    assert trail.count(AuditAction.SOURCE_COMPARED) == 2


def test_it_is_posted_by_the_background(acme: Any, diary: DiaryServer, connected: int) -> None:
    diary.book(1)
    assert acme.calls_of(lambda: compare(connected)) == []


def test_only_the_period_in_which_guests_book_is_read(acme: Any, diary: DiaryServer, connected: int) -> None:
    for number, days in enumerate((-3, -0.5, 399, 402)):
        diary.book(number, start=(now() + timedelta(days=days)).isoformat())
    compare(connected)
    assert sorted(kept()) == ["diary-1", "diary-2"]


def test_it_is_made_every_night_and_not_before(acme: Any, diary: DiaryServer, connected: int) -> None:
    diary.book(1)
    due = compared(connected).next_at
    assert due is not None
    assert due.minute == connected % 60
    assert compare_due() == []
    with later(days=1, minutes=1):
        assert len(compare_due()) == 1
        assert compared(connected).next_at > now()


def test_progress_stands_in_the_row_between_pages(acme: Any, diary: DiaryServer, connected: int) -> None:
    diary.page_size, diary.pause = 2, 7.0
    for number in range(1, 6):
        diary.book(number)
    assert compare(connected) == []
    told = compared(connected)
    assert (told.running, told.seen, told.found) == (True, 2, 2)
    assert compare_due() == [], "the source asked for a pause"
    with later(seconds=8):
        compare_due()
    assert (compared(connected).seen, len(kept())) == (4, 4)
    with later(seconds=20):
        assert len(compare_due()) == 1
    assert (compared(connected).seen, compared(connected).found) == (5, 5)


def test_a_page_that_is_read_again_is_counted_once(acme: Any, diary: DiaryServer, connected: int) -> None:
    """As if the process had been killed before it wrote down how far it was."""
    diary.page_size, diary.pause = 3, 60.0
    for number in range(1, 5):
        diary.book(number)
    compare(connected)
    with write_transaction() as session:
        row = session.query(SourceComparison).one()
        row.cursor, row.seen, row.found, row.found_in_all = "", 0, 0, 0
        row.page_at, row.next_at = row.started_at, now()
    compare_due()
    assert (compared(connected).seen, compared(connected).found) == (3, 3)


@pytest.mark.parametrize("status", [503, 429])
def test_a_source_that_does_not_answer_is_asked_again_at_the_same_place(
    acme: Any, diary: DiaryServer, connected: int, status: int
) -> None:
    for number in range(1, 6):
        diary.book(number)
    diary.fault("GET /bookings", status=status, after=1)
    assert compare(connected) == []
    told = compared(connected)
    assert (told.running, told.found) == (True, 2)
    assert told.fault != ""
    diary.called()
    with later(seconds=25):
        assert compare_due() == []
    with later(minutes=2):
        assert len(compare_due()) == 1
    assert len(diary.called()) == 2, "from the second page on"
    assert (compared(connected).found, compared(connected).fault) == (5, "")


def test_a_token_that_is_refused_ends_it_and_is_said_at_the_account(
    acme: Any, diary: DiaryServer, connected: int
) -> None:
    diary.holders = {}
    assert compare(connected) == []
    told = status_of(connected)
    end_read()
    assert "does not take the token" in told.fault
    assert not told.comparison.running


def test_a_refusal_of_the_list_alone_is_said_at_the_account_once(
    acme: Any, diary: DiaryServer, connected: int
) -> None:
    """The daily check finds all well with the subscription, and would make news of it each night."""
    diary.fault("GET /bookings", status=403, times=3)
    said = []
    for night in range(1, 4):
        with later(days=night, minutes=1):
            check_due()
            compare_due()
            said.append(bool(status_of(connected).fault))
            assert compared(connected).fault != ""
    assert said == [True, False, False]
    trail = [each.action for each in audit.read_trail(acme.team_id, 9)]
    end_read()
    assert trail.count(AuditAction.SOURCE_REFUSED) == 1
    with later(days=4, minutes=1):
        assert len(compare_due()) == 1
    assert compared(connected).fault == ""


def test_a_booking_that_cannot_be_taken_in_keeps_no_other_one_out(
    acme: Any, diary: DiaryServer, connected: int
) -> None:
    diary.book(1, broken=True)
    diary.book(2)
    diary.book(3)
    assert len(compare(connected)) == 1
    assert kept() == {"diary-2": True, "diary-3": True}
    assert compared(connected).found == 2


def test_a_list_that_meets_a_bug_is_left_alone_for_a_while(acme: Any, diary: DiaryServer, connected: int) -> None:
    diary.book(1, start=(now() + timedelta(days=1)).isoformat() + " or so")
    diary.called()
    assert compare(connected) == []
    assert compare_due() == []
    assert len(diary.called()) == 1, "the next round comes within seconds"
    diary.bookings.clear()
    with later(minutes=2):
        assert len(compare_due()) == 1


def test_a_place_in_the_list_that_is_too_old_is_given_up_for_the_beginning(
    acme: Any, diary: DiaryServer, connected: int
) -> None:
    diary.pause = 1.0
    for number in range(1, 6):
        diary.book(number)
    compare(connected)
    diary.fault("GET /bookings", status=400)
    diary.pause = 0.0
    with later(minutes=20):
        compare_due()
        assert len(compare_due()) == 1
    assert (compared(connected).found, len(kept())) == (5, 5)


def test_another_account_is_compared_from_the_beginning_of_its_own_list(
    acme: Any, diary: DiaryServer, connected: int
) -> None:
    for number in (1, 2, 3):
        diary.book(number)
    diary.pause = 30.0
    assert compare(connected) == []
    disconnect(connected, by=None)
    diary.reset()
    diary.holders = {"of-mika": "Mika Host"}
    for number in (4, 5):
        diary.book(number)
    connect(connected, "of-mika", by=None)
    with later(minutes=1):
        assert len(compare_due()) == 1
    assert set(kept()) == {"diary-1", "diary-2", "diary-4", "diary-5"}


def test_what_came_by_itself_is_not_found(acme: Any, diary: DiaryServer, connected: int) -> None:
    diary.deliver(diary.book(1))
    diary.book(2)
    diary.deliver(diary.book(3, always=True))
    compare(connected)
    assert compared(connected).found == 1
    assert kept() == {"diary-1": False, "diary-2": True, "diary-3": False}


def test_nothing_is_compared_that_is_not_connected(acme: Any, diary: DiaryServer, endpoint: int) -> None:
    with pytest.raises(NotFound):
        compare_now(endpoint, by=None)
    connect(endpoint, TOKEN, by=None)
    disable(endpoint, by=None)
    with later(days=2):
        assert compare_due() == []
    with pytest.raises(NotFound):
        compare_now(endpoint, by=None)


def test_an_address_that_is_switched_off_is_left_alone(acme: Any, diary: DiaryServer, connected: int) -> None:
    diary.book(1)
    endpoint_setup.switch(acme.team_id, NAME, on=False)
    with later(days=2):
        assert (compare_due(), check_due(), diary.called()) == ([], [], [])
    endpoint_setup.switch(acme.team_id, NAME, on=True)
    with later(days=2):
        assert (len(compare_due()), len(check_due())) == (1, 1)


def test_several_workers_find_each_booking_once(acme: Any, diary: DiaryServer, connected: int) -> None:
    for number in range(1, 10):
        diary.book(number)
    compare_now(connected, by=None)

    def work() -> None:
        with acme.app.app_context():
            compare_due()

    threads = [threading.Thread(target=work) for _ in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (compared(connected).found, len(kept())) == (9, 9)
    assert len(diary.called()) == 5, "each page was read by one"


def test_a_booking_that_was_on_its_way_is_not_found_by_comparison_once_it_has_come(
    acme: Any, diary: DiaryServer, connected: int
) -> None:
    on_its_way, lost = diary.book(1), diary.book(2)
    compare(connected)
    assert kept() == {"diary-1": True, "diary-2": True}
    for _ in range(2):  # sent twice, as sources do
        diary.deliver(on_its_way)
    assert kept() == {"diary-1": False, "diary-2": True}
    assert (compared(connected).found, compared(connected).found_in_all) == (1, 1)
    compare(connected)
    diary.deliver(lost)  # it was on its way for longer, and the one comparison after it found nothing
    assert kept() == {"diary-1": False, "diary-2": False}
    assert (compared(connected).found, compared(connected).found_in_all) == (0, 0)


def test_news_of_a_booking_that_never_came_leave_it_found_by_comparison(
    acme: Any, diary: DiaryServer, connected: int
) -> None:
    missed = diary.book(1)
    compare(connected)
    for event in ("booking.cancelled", "booking.no_show", "booking.moved"):
        diary.deliver({**missed, "event": event})
    assert kept() == {"diary-1": True}
    assert compared(connected).found_in_all == 1
