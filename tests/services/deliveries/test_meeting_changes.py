"""A meeting follows its booking: moved, cancelled, nobody came; whatever comes in whichever order."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
import requests

from hubsync.domain.booking import Booking, BookingEvent
from hubsync.domain.meetings import hubspot_time
from hubsync.services import now
from hubsync.services.bookings import guest_changes
from hubsync.services.bookings.completion import take_in
from hubsync.services.deliveries.dispatch import retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.meeting_changes import run_due_meetings
from hubsync.services.deliveries.posting_again import post_again
from hubsync.services.deliveries.undoing import undo
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.deliveries import Delivery
from hubsync.store.mappings import MappingRecord
from tests.kit import rows
from tests.kit.clock import later
from tests.kit.held_calls import while_held
from tests.kit.meetings import LOST, meetings_at, read_kept, switch_meetings_on, timeline
from tests.kit.replays import person_id
from tests.kit.source_bookings import source_booking

__all__ = ["timeline"]

FIRST = datetime(2027, 12, 8, 1, tzinfo=UTC)
SECOND, THIRD = FIRST + timedelta(days=1), FIRST + timedelta(days=2)
TOLD = datetime(2026, 12, 1, tzinfo=UTC)


def at(starts_at: datetime, external_id: str = "old", minute: int = 0, **more: Any) -> Booking:
    """A booking for that time, told so many minutes after the first news."""
    ends_at, occurred_at = starts_at + timedelta(minutes=30), TOLD + timedelta(minutes=minute)
    return replace(
        source_booking(external_id), starts_at=starts_at, ends_at=ends_at, occurred_at=occurred_at, **more
    )


COMPLETED = at(FIRST)
MOVED = at(SECOND, "new", 5, event=BookingEvent.MOVED, replaces="old", location="https://meet.example/2")
MOVED_AGAIN = at(THIRD, "third", 9, event=BookingEvent.MOVED, replaces="new")
CANCELLED = at(FIRST, "old", 5, event=BookingEvent.CANCELLED)
NO_SHOW = at(FIRST, "old", 6, event=BookingEvent.NO_SHOW)
SHOWED = at(FIRST, "old", 7, event=BookingEvent.SHOWED)


@pytest.fixture
def booked(acme: Any) -> Any:
    """A booking of a source is on the timeline."""
    delivery = take_in(acme.team_id, COMPLETED).delivery
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    switch_meetings_on(delivery.calendar_id)
    assert retry(delivery.id).state == "posted"
    return acme


def tell(acme: Any, *told: Booking) -> None:
    for each in told:
        take_in(acme.team_id, each)
    run_due_meetings()


def the_meeting(acme: Any) -> tuple[str, str]:
    """Start and outcome of the one meeting that takes place or did not."""
    (meeting,) = meetings_at(acme.sandbox)
    return meeting["properties"]["hs_meeting_start_time"], meeting["properties"]["hs_meeting_outcome"]


def scheduled(acme: Any) -> list[str]:
    """When the meetings begin that take place."""
    values = [each["properties"] for each in meetings_at(acme.sandbox)]
    return [each["hs_meeting_start_time"] for each in values if each["hs_meeting_outcome"] == "SCHEDULED"]


def only_delivery() -> int:
    found = db.session.query(Delivery).one().id
    end_read()
    return found


@pytest.mark.parametrize(
    ("told", "starts_at", "outcome"),
    [
        ((MOVED,), SECOND, "SCHEDULED"),
        ((CANCELLED,), FIRST, "CANCELED"),
        ((CANCELLED, MOVED), SECOND, "SCHEDULED"),
        ((NO_SHOW,), FIRST, "NO_SHOW"),
        ((NO_SHOW, SHOWED), FIRST, "SCHEDULED"),
    ],
    ids=["moved", "cancelled", "cancelled and moved", "no show", "showed after all"],
)
def test_the_meeting_follows_its_booking(
    booked: Any, told: tuple[Booking, ...], starts_at: datetime, outcome: str
) -> None:
    for each in told:
        tell(booked, each)
    assert the_meeting(booked) == (hubspot_time(starts_at), outcome)
    assert (read_kept(only_delivery()).due_at, run_due_meetings()) == (None, [])


def test_a_meeting_that_is_made_anew_says_that_nobody_came(booked: Any) -> None:
    undo(only_delivery(), person_id())
    tell(booked, NO_SHOW)
    assert meetings_at(booked.sandbox) == []
    assert post_again(only_delivery(), person_id()).state == "posted"
    run_due_meetings()
    assert the_meeting(booked) == (hubspot_time(FIRST), "NO_SHOW")


@pytest.mark.parametrize("told", [*permutations([MOVED, MOVED_AGAIN, CANCELLED])], ids=str)
@pytest.mark.quick_cases(2)
def test_a_later_event_wins_in_whatever_order_they_come(booked: Any, told: tuple[Booking, ...]) -> None:
    tell(booked, *told, *told)
    assert scheduled(booked) == [hubspot_time(THIRD)]


def test_hubspot_is_told_only_what_is_new(booked: Any) -> None:
    take_in(booked.team_id, MOVED)
    (meeting,) = meetings_at(booked.sandbox)
    url = f"{booked.sandbox.url}/crm/v3/objects/meetings/{meeting['id']}"
    by_hand = {"hs_meeting_title": "Ours", "hs_meeting_outcome": "COMPLETED"}
    key = {"Authorization": f"Bearer {booked.token()}"}
    requests.patch(url, json={"properties": by_hand}, headers=key, timeout=60).raise_for_status()
    calls = booked.calls_of(run_due_meetings)
    (after,) = meetings_at(booked.sandbox)
    assert calls == [f"PATCH /crm/objects/2026-09/meetings/{meeting['id']}"]
    assert {name: after["properties"][name] for name in by_hand} == by_hand
    assert after["properties"]["hs_meeting_location"] == "https://meet.example/2"
    assert "meet.example" not in read_kept(only_delivery()).place


def test_an_account_without_such_an_outcome_is_told_the_rest(booked: Any) -> None:
    url = f"{booked.sandbox.url}/sandbox/api/properties/meetings/hs_meeting_outcome"
    options = [{"value": "SCHEDULED", "label": "Scheduled"}]
    requests.put(url, json={"options": options}, timeout=60).raise_for_status()
    tell(booked, CANCELLED)
    assert the_meeting(booked) == (hubspot_time(FIRST), "SCHEDULED")
    assert read_kept(only_delivery()).due_at is None


def test_a_meeting_that_somebody_deleted_is_not_made_again(booked: Any) -> None:
    booked.delete("meetings", read_kept(only_delivery()).meeting_id)
    tell(booked, CANCELLED)
    tell(booked, MOVED)
    assert (meetings_at(booked.sandbox), read_kept(only_delivery()).state) == ([], "gone")


def test_a_passing_fault_is_tried_again(booked: Any) -> None:
    booked.fault(action="status", status=503, method="PATCH", path="/meetings", times=1)
    tell(booked, MOVED)
    kept = read_kept(only_delivery())
    assert (kept.tries, kept.lease_owner, kept.due_at > now()) == (1, "", True)
    with later(hours=1):
        run_due_meetings()
    assert the_meeting(booked) == (hubspot_time(SECOND), "SCHEDULED")


def test_what_comes_while_hubspot_is_told_goes_out_afterwards(booked: Any) -> None:
    booked.fault(action="delay", delay=0.0, hold=True, method="PATCH", path="/meetings", times=1)
    take_in(booked.team_id, MOVED)

    thread = while_held(booked, lambda: take_in(booked.team_id, MOVED_AGAIN))
    run_due_meetings()
    thread.join()
    run_due_meetings()
    assert the_meeting(booked) == (hubspot_time(THIRD), "SCHEDULED")


def test_a_move_while_access_is_lost_goes_out_when_it_is_back(booked: Any) -> None:
    with write_transaction() as session:
        session.query(rows.Connection).update({"state": "lost", "lost_code": "access_lost"})
    tell(booked, MOVED)
    assert the_meeting(booked)[0] == hubspot_time(FIRST)
    with write_transaction() as session:
        session.query(rows.Connection).update({"state": "connected", "lost_code": ""})
    with later(hours=1):
        run_due_meetings()
    assert the_meeting(booked)[0] == hubspot_time(SECOND)


def test_nothing_is_sent_while_the_mapping_is_paused_and_the_move_afterwards(booked: Any) -> None:
    def pause(is_active: bool) -> None:
        with write_transaction() as session:
            for mapping in session.query(MappingRecord):
                mapping.active = is_active

    pause(False)
    assert not [each for each in booked.calls_of(lambda: tell(booked, MOVED)) if "meetings" in each]
    pause(True)
    with later(hours=7):
        run_due_meetings()
    assert the_meeting(booked)[0] == hubspot_time(SECOND)


def test_a_move_while_the_delivery_retries_is_in_its_next_attempt(acme: Any) -> None:
    delivery = take_in(acme.team_id, COMPLETED).delivery
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    switch_meetings_on(delivery.calendar_id)
    acme.fault(**LOST)
    assert retry(delivery.id).state == "retrying"
    tell(acme, MOVED)
    with later(hours=1):
        run_due()
        run_due_meetings()
    assert the_meeting(acme) == (hubspot_time(SECOND), "SCHEDULED")
    assert len(meetings_at(acme.sandbox)) == 1


def test_a_booking_cancelled_before_and_moved_then_gets_its_meeting(acme: Any) -> None:
    delivery = take_in(acme.team_id, COMPLETED).delivery
    take_in(acme.team_id, CANCELLED)
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    switch_meetings_on(delivery.calendar_id)
    assert (retry(delivery.id).state, meetings_at(acme.sandbox)) == ("posted", [])
    tell(acme, MOVED)
    assert the_meeting(acme) == (hubspot_time(SECOND), "SCHEDULED")


def test_one_that_was_made_follows_its_booking_when_meetings_are_off_by_now(booked: Any) -> None:
    with write_transaction() as session:
        for mapping in session.query(MappingRecord):
            mapping.meetings_on = False
    tell(booked, MOVED)
    assert the_meeting(booked) == (hubspot_time(SECOND), "SCHEDULED")


def test_where_meetings_were_never_on_nothing_is_written(acme: Any) -> None:
    take_in(acme.team_id, COMPLETED)
    tell(acme, MOVED)
    with write_transaction() as session:
        assert session.connection().exec_driver_sql("select count(*) from meetings").scalar() == 0


def test_two_bookings_that_turn_out_to_be_one_have_one_meeting(booked: Any) -> None:
    third_first = at(THIRD, "third", 9, event=BookingEvent.MOVED, replaces="new")
    middle = at(SECOND, "new", 5, event=BookingEvent.MOVED, replaces="old", replaced_by="third")
    tell(booked, third_first)
    assert len(meetings_at(booked.sandbox)) == 2
    tell(booked, middle)
    run_due_meetings()
    assert db.session.query(BookingRecord).count() == 1
    outcomes = sorted(each["properties"]["hs_meeting_outcome"] for each in meetings_at(booked.sandbox))
    assert outcomes == ["CANCELED", "SCHEDULED"]
    assert scheduled(booked) == [hubspot_time(THIRD)]


def test_the_guest_moves_and_cancels_on_the_booking_page(timeline: Any) -> None:
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    slug = db.session.get_one(Calendar, timeline.calendar_id).slug

    guest_changes.cancel(slug, delivery.booking_id)
    run_due_meetings()
    assert the_meeting(timeline)[1] == "CANCELED"


def test_a_move_that_names_no_end_keeps_how_long_it_is(booked: Any) -> None:
    tell(booked, replace(MOVED, ends_at=None))
    (meeting,) = meetings_at(booked.sandbox)
    assert meeting["properties"]["hs_meeting_end_time"] == hubspot_time(SECOND + timedelta(minutes=30))
    assert booked.calls_of(lambda: tell(booked, replace(MOVED, ends_at=None))) == []
