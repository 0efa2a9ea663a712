"""One meeting a booking, whenever a worker dies, is late, or finds the meeting in another one's hands."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import requests
from sqlalchemy.orm import Session

from hubsync.domain.booking import Booking, BookingEvent
from hubsync.domain.meetings import MeetingState, hubspot_time
from hubsync.domain.pacing import CallCount, RateLimit
from hubsync.services import now, tools
from hubsync.services.bookings.completion import take_in
from hubsync.services.deliveries.dispatch import retry
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.deliveries.meeting_changes import MOST, run_due_meetings
from hubsync.services.deliveries.undoing import undo
from hubsync.store import db, end_read, write_transaction
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.mappings import MappingRecord
from hubsync.store.meetings import Meeting
from tests.kit import rows
from tests.kit.clock import later
from tests.kit.held_calls import let_workers_die, while_held
from tests.kit.meetings import LOST, meetings_at, read_kept, switch_meetings_on, timeline
from tests.kit.replays import person_id
from tests.services.deliveries.test_meeting_changes import (
    CANCELLED,
    COMPLETED,
    FIRST,
    MOVED,
    MOVED_AGAIN,
    NO_SHOW,
    SECOND,
    THIRD,
    TOLD,
    at,
    booked,
    scheduled,
    tell,
)

__all__ = ["booked", "timeline"]

MAKING = {"method": "POST", "path": "/meetings", "except_path": "/batch", "times": 1}
REFUSED = {"status": "error", "message": "No.", "category": "SOMETHING_ELSE"}
LATER_MOVE = at(THIRD, "third", 9, event=BookingEvent.MOVED, replaces="new")
FOURTH, FIFTH = FIRST + timedelta(days=3), FIRST + timedelta(days=4)
LAST_MOVE = at(FIFTH, "fifth", 20, event=BookingEvent.MOVED, replaces="fourth")
BETWEEN_LATER = at(FOURTH, "fourth", 15, event=BookingEvent.MOVED, replaces="third", replaced_by="fifth")
BETWEEN = at(SECOND, "new", 5, event=BookingEvent.MOVED, replaces="old", replaced_by="third")


def has(acme: Any, what: str, **properties: str) -> None:
    url = f"{acme.sandbox.url}/crm/v3/objects/{what}"
    key = {"Authorization": f"Bearer {acme.token()}"}
    requests.post(url, json={"properties": properties}, headers=key, timeout=60).raise_for_status()


def test_one_that_the_background_makes_is_found_again_when_its_worker_dies(acme: Any) -> None:
    delivery = take_in(acme.team_id, COMPLETED).delivery
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    acme.fault(action="status", status=400, method="POST", path="/contacts", body=REFUSED, times=1)
    assert retry(delivery.id).state == "partial"  # the company alone
    switch_meetings_on(delivery.calendar_id)
    take_in(acme.team_id, MOVED)
    acme.fault(action="delay", delay=0.0, hold=True, when="after", **MAKING)
    thread = while_held(acme, let_workers_die)
    run_due_meetings()
    thread.join()
    assert read_kept(delivery.id).state == "intent"
    run_due_meetings()
    (meeting,) = meetings_at(acme.sandbox)
    kept = read_kept(delivery.id)
    assert (kept.state, kept.meeting_id) == ("created", meeting["id"])


def test_one_whose_last_try_got_no_answer_stays_in_doubt(acme: Any) -> None:
    delivery = take_in(acme.team_id, COMPLETED).delivery
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    assert retry(delivery.id).state == "posted"
    switch_meetings_on(delivery.calendar_id)
    take_in(acme.team_id, MOVED)
    with write_transaction() as session:
        session.query(Meeting).update({"tries": 99})
    acme.fault(**LOST)
    run_due_meetings()
    kept = read_kept(delivery.id)
    assert (kept.state, kept.due_at, len(meetings_at(acme.sandbox))) == ("intent", None, 1)


def test_one_in_doubt_that_never_arrived_is_not_made_when_meetings_are_off_by_now(booked: Any) -> None:
    (meeting,) = meetings_at(booked.sandbox)
    booked.delete("meetings", meeting["id"])
    with write_transaction() as session:
        session.query(Meeting).update({"state": "intent", "meeting_id": "", "due_at": now()})
        session.query(MappingRecord).update({"meetings_on": False})
    run_due_meetings()
    kept = read_kept(db.session.query(Meeting.delivery_id).scalar())
    assert (kept.state, kept.reason, meetings_at(booked.sandbox)) == ("none", "meeting_off", [])


def test_one_that_an_attempt_could_not_take_is_made_by_the_background(acme: Any) -> None:
    delivery = take_in(acme.team_id, COMPLETED).delivery
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    switch_meetings_on(delivery.calendar_id)
    acme.fault(**LOST)
    assert retry(delivery.id).state == "retrying"
    with later(minutes=10):
        with write_transaction() as session:
            held = {"lease_owner": "somebody", "lease_until": now() + timedelta(seconds=30)}
            session.query(Meeting).update(held)
        run_due()
    with later(minutes=12):
        run_due_meetings()
    (meeting,) = meetings_at(acme.sandbox)
    kept = read_kept(delivery.id)
    assert (kept.state, kept.meeting_id, kept.due_at) == ("created", meeting["id"], None)


@pytest.mark.parametrize("happened", ["deleted", "merged"])
def test_one_that_the_background_makes_does_without_a_company_that_is_gone(acme: Any, happened: str) -> None:
    delivery = take_in(acme.team_id, COMPLETED).delivery
    take_in(acme.team_id, CANCELLED)
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    switch_meetings_on(delivery.calendar_id)
    posted = retry(delivery.id)
    timelines = [{"object": "contacts", "id": posted.contact_id}]
    if happened == "merged":
        has(acme, "companies", name="Acme Holding")
        (other,) = {each["id"] for each in acme.records("companies")} - {posted.company_id}
        acme.merge("companies", other, posted.company_id)
        timelines.append({"object": "companies", "id": other})
    else:
        acme.delete("companies", posted.company_id)
    tell(acme, MOVED)
    (meeting,) = meetings_at(acme.sandbox)
    kept = read_kept(delivery.id)
    assert (kept.state, kept.meeting_id, meeting["associated"]) == ("created", meeting["id"], timelines)


def test_one_in_doubt_is_not_made_for_what_was_undone_meanwhile(acme: Any) -> None:
    has(acme, "contacts", email=COMPLETED.guest.email)
    delivery = take_in(acme.team_id, COMPLETED).delivery
    take_in(acme.team_id, CANCELLED)
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    switch_meetings_on(delivery.calendar_id)
    assert retry(delivery.id).contact == "duplicate"
    acme.fault(**{**LOST, "when": "before"})
    tell(acme, MOVED)
    assert read_kept(delivery.id).state == "intent"
    undo(delivery.id, person_id())
    assert acme.records("companies") == []
    with later(hours=1):
        run_due_meetings()
    assert (read_kept(delivery.id).state, meetings_at(acme.sandbox)) == ("none", [])


def known_guest_with_meetings(acme: Any) -> None:
    """A booking whose company and contact HubSpot had, on a calendar with meetings."""
    has(acme, "companies", name=COMPLETED.guest.company)
    has(acme, "contacts", email=COMPLETED.guest.email)
    delivery = take_in(acme.team_id, COMPLETED).delivery
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    switch_meetings_on(delivery.calendar_id)
    assert retry(delivery.id).state == "duplicate"


def test_bookings_that_are_joined_while_one_makes_its_meeting_have_one(acme: Any) -> None:
    known_guest_with_meetings(acme)
    acme.fault(action="delay", delay=0.0, hold=True, when="after", **MAKING)
    thread = while_held(acme, lambda: take_in(acme.team_id, BETWEEN))
    take_in(acme.team_id, LATER_MOVE)
    thread.join()
    run_due_meetings()
    assert db.session.query(Meeting).count() == 1
    end_read()
    assert (len(meetings_at(acme.sandbox)), scheduled(acme)) == (2, [hubspot_time(THIRD)])


def test_bookings_that_are_joined_while_hubspot_is_told_something_have_one(booked: Any) -> None:
    tell(booked, LATER_MOVE)
    assert len(scheduled(booked)) == 2
    take_in(booked.team_id, replace(NO_SHOW, external_id="old"))
    booked.fault(action="delay", delay=0.0, hold=True, method="PATCH", path="/meetings", times=1)
    thread = while_held(booked, lambda: take_in(booked.team_id, BETWEEN))
    run_due_meetings()
    thread.join()
    run_due_meetings()
    assert scheduled(booked) == [hubspot_time(THIRD)]


def test_bookings_that_are_joined_while_a_former_meeting_is_cancelled_have_one(booked: Any) -> None:
    tell(booked, LATER_MOVE, LAST_MOVE)
    assert len(scheduled(booked)) == 3
    take_in(booked.team_id, BETWEEN)
    booked.fault(action="delay", delay=0.0, hold=True, method="PATCH", path="/meetings", times=1)
    thread = while_held(booked, lambda: take_in(booked.team_id, BETWEEN_LATER))
    run_due_meetings()
    thread.join()
    run_due_meetings()
    assert scheduled(booked) == [hubspot_time(FIFTH)]


@pytest.mark.parametrize("news", [(BETWEEN, BETWEEN_LATER), (BETWEEN_LATER, BETWEEN)], ids=["first", "last"])
def test_of_three_bookings_that_are_joined_at_once_one_meeting_stays(
    booked: Any, news: tuple[Booking, ...]
) -> None:
    tell(booked, LATER_MOVE, LAST_MOVE)
    for each in news:
        take_in(booked.team_id, each)
    run_due_meetings()
    assert scheduled(booked) == [hubspot_time(FIFTH)]


def test_a_booking_that_is_joined_while_its_meeting_is_in_doubt_has_one(acme: Any) -> None:
    known_guest_with_meetings(acme)
    acme.fault(**LOST)
    assert take_in(acme.team_id, LATER_MOVE).delivery.state == "retrying"
    take_in(acme.team_id, BETWEEN)
    with later(hours=1):
        run_due()
        run_due_meetings()
        take_in(acme.team_id, BETWEEN)
        run_due_meetings()
    assert scheduled(acme) == [hubspot_time(THIRD)]


def test_one_that_cannot_be_dealt_with_keeps_no_other_waiting(booked: Any) -> None:
    broken = db.session.query(Meeting.delivery_id).scalar()
    switch_meetings_on(booked.calendar_id)
    other = booked.book("Sato Mika", "mika@acme.co.jp", "Acme")
    take_in(booked.team_id, CANCELLED)
    with write_transaction() as session:
        session.query(Calendar).filter(Calendar.id != booked.calendar_id).update({"time_zone": "No/Where"})
        session.query(Meeting).filter_by(delivery_id=other.id).update({"due_at": now(), "starts_at": None})
    run_due_meetings()
    assert read_kept(other.id).due_at is None
    kept = read_kept(broken)
    assert (kept.tries, kept.due_at > now()) == (1, True)


@pytest.mark.slow  # it waits for room
def test_a_team_without_room_in_hubspots_limits_keeps_no_other_team_waiting(acme: Any) -> None:
    """All that a round looks for at a time is its own, and due for longer."""
    other = acme.another_team("7654321", acme.token())
    with write_transaction() as session:
        of_other = db.session.query(Calendar.id).filter_by(team_id=other).scalar()
        for _each in range(MOST):
            add_due_meeting(session, acme.team_id, acme.calendar_id, rows.ACCOUNT, rows.MOMENT)
        waits = add_due_meeting(session, other, of_other, "7654321", now())
    held = tools().call_reservations.take(rows.ACCOUNT, CallCount(RateLimit().calls))
    assert held is not None
    run_due_meetings()
    assert read_kept(waits).due_at is None
    assert db.session.query(Meeting).filter_by(due_at=rows.MOMENT).count() == MOST
    held.release()


def add_due_meeting(session: Session, team_id: int, calendar_id: int, account_id: str, due_at: datetime) -> int:
    """A meeting that is as its booking is; the delivery's id."""
    booking = rows.add_booking(session, team_id, calendar_id)
    delivery = rows.add_delivery(session, booking, "posted", hubspot_account_id=account_id)
    known = {"state": MeetingState.CREATED, "meeting_id": f"{delivery.id}", "hubspot_account_id": account_id}
    when = {"starts_at": booking.starts_at, "ends_at": booking.ends_at, "due_at": due_at}
    session.add(Meeting(delivery_id=delivery.id, **known, **when))
    return delivery.id


def test_while_hubspot_does_not_tell_of_all_meetings_none_is_made_anew(timeline: Any) -> None:
    timeline.fault(**LOST)
    delivery = timeline.book("Sato Mika", "mika@acme.co.jp", "Acme")
    failed = {"status": "error", "category": "INTERNAL_ERROR", "message": "internal error"}
    body = {"status": "COMPLETE", "results": [], "numErrors": 1, "errors": [failed]}
    timeline.fault(action="status", status=207, path="/meetings/batch", body=body, times=1)
    with later(minutes=30):
        run_due()
    assert read_kept(delivery.id).state == "intent"
    with later(hours=3):
        run_due()
    (meeting,) = meetings_at(timeline.sandbox)
    kept = read_kept(delivery.id)
    assert (kept.state, kept.meeting_id) == ("created", meeting["id"])


def test_a_round_leaves_the_rest_for_the_next_one_when_hubspot_is_slow(booked: Any) -> None:
    switch_meetings_on(booked.calendar_id)
    booked.book("Sato Mika", "mika@acme.co.jp", "Acme")
    with write_transaction() as session:
        session.query(Meeting).update({"due_at": now(), "place": "elsewhere"})
    booked.fault(action="delay", delay=0.3, method="PATCH", path="/meetings", times=1)
    tools().wake.clear()
    assert len(run_due_meetings(seconds=0.2)) == 1
    assert tools().wake.is_set()
    assert len(run_due_meetings()) == 1


@pytest.mark.parametrize(
    ("away", "back"),
    [
        ({"state": "lost", "lost_code": "access_lost"}, {"state": "connected", "lost_code": ""}),
        ({"watching_since": TOLD}, {"watching_since": None}),
        ({"hubspot_account_id": "7654321"}, {"hubspot_account_id": rows.ACCOUNT}),
    ],
    ids=["access lost", "watch only", "another account"],
)
def test_while_nothing_can_be_told_nothing_is_done_and_then_it_is_told_at_once(
    booked: Any, away: dict[str, Any], back: dict[str, Any]
) -> None:
    def change(values: dict[str, Any]) -> None:
        with write_transaction() as session:
            session.query(Connection).update(values)

    change(away)
    take_in(booked.team_id, MOVED)
    before = read_kept(db.session.query(Meeting.delivery_id).scalar())
    assert (run_due_meetings(), read_kept(before.delivery_id).due_at) == ([], before.due_at)
    change(back)
    run_due_meetings()
    assert scheduled(booked) == [hubspot_time(SECOND)]


@pytest.mark.parametrize(("status", "was_lost"), [(403, False), (503, True)])
def test_one_that_was_made_is_known_where_a_former_one_cannot_be_cancelled(
    acme: Any, status: int, was_lost: bool
) -> None:
    delivery = take_in(acme.team_id, COMPLETED).delivery
    take_in(acme.team_id, CANCELLED)
    with write_transaction() as session:
        rows.add_usual_mapping(session, delivery.calendar_id)
    switch_meetings_on(delivery.calendar_id)
    retry(delivery.id)
    take_in(acme.team_id, MOVED)
    if was_lost:
        acme.fault(**LOST)
        run_due_meetings()
    with write_transaction() as session:
        session.query(Meeting).update({"former_ids": "4711"})
    acme.fault(action="status", status=status, method="PATCH", path="/meetings", times=1)
    with later(hours=1):
        tell(acme, MOVED_AGAIN)
    (meeting,) = meetings_at(acme.sandbox)
    kept = read_kept(delivery.id)
    assert (kept.state, kept.meeting_id, kept.former_ids) == ("created", meeting["id"], "4711")
    assert kept.reason == {503: "answer_lost", 403: "permission_missing"}[status]
    with later(hours=9):
        tell(acme, replace(NO_SHOW, external_id="third", starts_at=THIRD))
    kept = read_kept(delivery.id)
    assert (kept.state, kept.former_ids, kept.reason) == ("created", "", "")
    (meeting,) = meetings_at(acme.sandbox)
    assert meeting["properties"]["hs_meeting_start_time"] == hubspot_time(THIRD)
