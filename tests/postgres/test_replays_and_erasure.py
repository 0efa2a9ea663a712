"""A replay and an erasure beside what others do at that instant; rows are locked on PostgreSQL alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete

from hubsync.domain.booking import BookingChange, BookingEvent
from hubsync.domain.fingerprints import fingerprint
from hubsync.errors import BookingErased
from hubsync.services import now
from hubsync.services.bookings import changes, erasure
from hubsync.services.bookings.completion import complete
from hubsync.services.calendars.archive import count_losses, delete_calendar
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.dismissals import dismiss_these
from hubsync.services.deliveries.dispatch import new_lease
from hubsync.services.deliveries.replay_worker import work_on_replays
from hubsync.services.deliveries.replays import replay_these
from hubsync.services.operations.team_deletion import count_belongings, delete_team
from hubsync.store import db, end_read, retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingHistory, BookingName, BookingRecord
from hubsync.store.counts import ALL_DAYS, DeliveryCount
from hubsync.store.deliveries import Delivery
from hubsync.store.erased import ErasedBooking
from hubsync.store.teams import Membership
from tests.kit.at_one_instant import at_once
from tests.kit.lock_waits import beside, until_somebody_waits_for_a_lock
from tests.kit.replays import begin, missed, person_id, progress, states
from tests.kit.source_bookings import source_booking

pytestmark = pytest.mark.slow

__all__ = ["missed"]


def counted() -> dict[str, int]:
    found = {
        row.state: row.number for row in db.session.query(DeliveryCount).filter_by(day=ALL_DAYS) if row.number
    }
    end_read()
    return found


def test_a_replay_ends_when_it_is_through(acme: Any, missed: Callable[[int], None]) -> None:
    missed(2)
    begin(acme)
    work_on_replays()
    assert (progress(acme).state, states()) == ("finished", ["posted"] * 2)


def test_a_replay_does_not_end_while_it_is_given_more(
    acme: Any, missed: Callable[[int], None], app: Flask
) -> None:
    missed(1)
    replay_id = begin(acme).id
    with write_transaction() as session:
        session.query(Delivery).update({"replay_id": None})
    with write_transaction() as session:  # somebody presses once more when nothing seems to be left
        session.query(Delivery).update({"replay_id": replay_id})
        thread, _results = beside(app, work_on_replays)
        until_somebody_waits_for_a_lock()
    thread.join()
    assert (progress(acme).state, states()) == ("finished", ["posted"])


def test_what_a_worker_takes_up_at_this_instant_is_not_erased(acme: Any, app: Flask) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery_id = acme.book("Sato Mika", "mika@acme.co.jp", "Acme").id
    with write_transaction() as session:
        delivery = session.get_one(Delivery, delivery_id)
        assert transitions.move(session, delivery, **new_lease())
        thread, results = beside(app, partial(erasure.erase_guest, "mika@acme.co.jp", acme.team_id))
        until_somebody_waits_for_a_lock()
    thread.join()
    assert results == [(0, 1)]
    assert (states(), counted()) == (["sending"], {"sending": 1})


def test_a_booking_that_is_erased_while_its_source_cancels_it_is_told_as_erased(acme: Any, app: Flask) -> None:
    complete(acme.team_id, source_booking("b1"))
    told = BookingChange("signed_json", ("b1",), BookingEvent.CANCELLED)

    def cancel() -> object:
        try:
            return changes.change(acme.team_id, told)
        except BookingErased as erased:
            return erased.code

    with write_transaction() as session:
        delivery = session.query(Delivery).one()
        session.query(BookingRecord).with_for_update(of=BookingRecord).one()
        thread, results = beside(app, cancel)
        until_somebody_waits_for_a_lock()
        gone = {"external_hash": fingerprint("b1"), "delivery_id": delivery.id, "state": delivery.state}
        session.add(ErasedBooking(team_id=acme.team_id, source="signed_json", erased_at=now(), **gone))
        transitions.erase(session, [delivery])
        session.execute(delete(BookingRecord))
        session.expunge_all()
    thread.join()
    assert results == [BookingErased.code]


def test_history_and_names_go_with_their_booking(acme: Any) -> None:
    told = source_booking("b1")
    complete(acme.team_id, told)
    later = told.starts_at + timedelta(days=1)
    moved = replace(told, external_id="b2", replaces="b1", event=BookingEvent.MOVED, starts_at=later)
    complete(acme.team_id, moved)
    assert db.session.query(BookingHistory).count() == 1
    assert erasure.erase_guest("mika@acme.co.jp", acme.team_id) == (1, 0)
    assert db.session.query(BookingHistory).count() == db.session.query(BookingName).count() == 0
    assert db.session.query(ErasedBooking).count() == 2


def test_the_same_guest_erased_by_several_at_once_is_erased_once(acme: Any, app: Flask) -> None:
    for number in range(5):
        acme.book(f"Sato {number}", "mika@acme.co.jp", "Acme")
    erased = at_once(app, [partial(erasure.erase_guest, "mika@acme.co.jp", acme.team_id)] * 4)
    assert sum(each[0] for each in erased if isinstance(each, tuple)) == 5
    assert [each[1] for each in erased if isinstance(each, tuple)] == [0] * 4
    assert counted() == {}


def test_deliveries_dismissed_and_taken_up_at_one_instant_are_counted_once(acme: Any, app: Flask) -> None:
    acme.fault(action="status", status=503, times=1)
    delivery_id = acme.book("Sato Mika", "mika@acme.co.jp", "Acme").id

    def dismiss() -> list[int]:
        with write_transaction() as session:
            return transitions.dismiss(session, [session.get_one(Delivery, delivery_id)], person)

    person = person_id()
    with write_transaction() as session:
        delivery = session.get_one(Delivery, delivery_id)
        assert transitions.move(session, delivery, **new_lease(), next_attempt_at=now())
        thread, results = beside(app, dismiss)
        until_somebody_waits_for_a_lock()
    thread.join()
    assert results == [[]]
    assert counted() == {"sending": 1}


@pytest.mark.parametrize("press", ["dismiss", "replay", "erase", "delete", "delete team"])
def test_two_that_wait_for_each_others_deliveries_both_get_through(acme: Any, app: Flask, press: str) -> None:
    acme.fault(action="status", status=403, times=None)
    first, second = (acme.book(f"Sato {each}", "mika@acme.co.jp", "Acme").id for each in range(2))
    by = person_id()

    def act() -> int:
        if press == "replay":
            replay = replay_these(acme.team_id, by, [first, second])
            return replay.total if replay is not None else 0
        if press == "erase":
            return erasure.erase_guest("mika@acme.co.jp", acme.team_id)[0]
        if press == "delete":
            number = count_losses(acme.calendar_id).bookings
            delete_calendar(acme.calendar_id, "Intro call")
            return number
        if press == "delete team":
            number = count_belongings(acme.team_id).deliveries
            delete_team(acme.team_id, "Acme", by=by)
            return number
        membership = db.session.query(Membership).one()
        end_read()
        return dismiss_these(membership, [first, second]).number

    begun: list[tuple[threading.Thread, list[object]]] = []

    def lock_the_other_way_round() -> None:
        with write_transaction() as session:
            session.query(Delivery).filter_by(id=second).update({"search_company": "x"})
            if not begun:
                begun.append(beside(app, act))
                until_somebody_waits_for_a_lock()
            session.query(Delivery).filter_by(id=first).update({"search_company": "x"})

    # The server ends whichever of the two notices the deadlock first, on a busy machine this one as well.
    retry_on_conflict(lock_the_other_way_round)
    thread, results = begun[0]
    thread.join()
    assert results == [2]
