"""Two bookings that turn out to be one: which of their deliveries stays, and what it has then."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, update

from hubsync.domain.booking import Booking, BookingEvent, GivenAnswer
from hubsync.domain.received import Result
from hubsync.errors import BookingErased
from hubsync.services.bookings.completion import take_in
from hubsync.services.bookings.erasure import erase_guest
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.due_retries import run_due
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.sources.dry_run import try_body
from hubsync.services.sources.received import Line, list_received, note
from hubsync.sources.registry import SOURCES
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingHistory, BookingName, BookingRecord
from hubsync.store.calendars import Calendar
from hubsync.store.counts import DeliveryCount
from hubsync.store.deliveries import Attempt, Delivery
from tests.kit.at_one_instant import at_once
from tests.kit.clock import later
from tests.kit.source_bookings import source_booking

FIRST = datetime(2026, 12, 8, 1, tzinfo=UTC)
TOLD = datetime(2026, 12, 1, tzinfo=UTC)


def at(day: int, external_id: str, **more: Any) -> Booking:
    starts_at = FIRST + timedelta(days=day)
    return replace(
        source_booking(external_id),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        occurred_at=TOLD + timedelta(hours=day),
        **more,
    )


A = at(0, "a")
C_FOR_B = at(2, "c", event=BookingEvent.MOVED, replaces="b")
B_FOR_A = at(1, "b", event=BookingEvent.MOVED, replaces="a")
A_BECAME_B = replace(at(0, "a", event=BookingEvent.MOVED, replaced_by="b"), occurred_at=None)


def tell(acme: Any, *told: Booking) -> list[Result]:
    results = [take_in(acme.team_id, each).result for each in told]
    end_read()
    return results


def deliveries() -> dict[str, Delivery]:
    """The deliveries by the id that their booking came with."""
    end_read()
    return {each.booking.external_id: each for each in db.session.query(Delivery).order_by(Delivery.id)}


def counts() -> dict[tuple[str, str], int]:
    rows = {(row.day, row.state): row.number for row in db.session.query(DeliveryCount) if row.number}
    end_read()
    return rows


@pytest.fixture
def mapped(acme: Any) -> Any:
    """Acme, whose mapped calendar is that of the source."""
    with write_transaction() as session:
        calendar = session.get_one(Calendar, acme.calendar_id)
        calendar.source, calendar.external_id = A.source, A.calendar_external_id
    return acme


@pytest.mark.parametrize("last", [B_FOR_A, A_BECAME_B], ids=["the new side", "the former side"])
def test_the_overtaken_move_joins_what_was_posted_already(mapped: Any, last: Booking) -> None:
    tell(mapped, A, C_FOR_B)
    first, second = deliveries().values()
    assert (first.state, second.state) == ("posted", "duplicate")
    assert tell(mapped, last, last) == [Result.MOVED, Result.REPEATED]
    assert tell(mapped, A, B_FOR_A, C_FOR_B, A_BECAME_B) == [Result.REPEATED] * 4
    (only,) = deliveries().values()
    assert (only.id, only.state, only.booking.starts_at) == (first.id, "posted", C_FOR_B.starts_at)
    lines = db.session.query(BookingHistory).all()
    assert [(line.booking_id, line.started_before, line.starts_after) for line in lines] == [
        (only.booking_id, A.starts_at, C_FOR_B.starts_at)
    ]
    assert [each.outcome for each in db.session.query(Attempt).filter_by(delivery_id=only.id)] == [
        *("posted", "duplicate"),
    ]
    end_read()
    assert len(mapped.records("contacts")) == len(mapped.records("companies")) == 1


def test_what_was_posted_first_stays_and_the_other_one_is_posted_no_more(mapped: Any) -> None:
    mapped.fault(action="status", status=503, times=1)
    tell(mapped, A)
    with later(minutes=2):
        tell(mapped, C_FOR_B)
        assert {key: each.state for key, each in deliveries().items()} == {"a": "retrying", "c": "posted"}
        tell(mapped, B_FOR_A)
        assert {key: each.state for key, each in deliveries().items()} == {"c": "posted"}
    with later(days=2):
        assert run_due() == []
    assert len(mapped.records("contacts")) == 1


def test_what_is_posted_at_this_moment_is_waited_for_and_joined(mapped: Any) -> None:
    tell(mapped, A)
    mapped.fault(action="delay", hold=True, path="/contacts", times=1)

    def overtaken() -> Result:
        assert mapped.sandbox.state.faults.wait_until_held()
        found = take_in(mapped.team_id, C_FOR_B, at_most_seconds=0).result  # it is known already
        asked = 0

        def release(*_: Any) -> None:
            nonlocal asked
            asked += 1
            if asked == 2:  # it was looked at, and found to be on its way
                mapped.sandbox.state.faults.release()

        event.listen(db.engine, "rollback", release)
        try:
            assert found is Result.REPEATED
            return take_in(mapped.team_id, B_FOR_A).result
        finally:
            event.remove(db.engine, "rollback", release)

    _, result = at_once(mapped.app, [lambda: take_in(mapped.team_id, C_FOR_B).result, overtaken])
    assert result is Result.MOVED
    assert {key: each.state for key, each in deliveries().items()} == {"a": "posted"}
    assert len(mapped.records("contacts")) == 1


CREATED = {"company": "created", "contact": "created", "association": "made"}
THERE = {"company": "duplicate", "contact": "duplicate", "association": "none"}
PERHAPS = {"company": "duplicate", "contact": "intent"}
SENDING = {"lease_owner": "w", "lease_until": datetime(2999, 1, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("earlier", "later_one", "stay"),
    [
        (("waiting", {}), ("waiting", {}), "a"),
        (("posted", CREATED), ("duplicate", THERE), "a"),
        (("posted", CREATED), ("waiting", {}), "a"),
        (("posted", CREATED), ("retrying", {}), "a"),
        (("waiting", {}), ("posted", CREATED), "c"),
        (("retrying", {}), ("duplicate", THERE), "c"),
        (("partial", {"company": "duplicate", "contact": "refused"}), ("duplicate", THERE), "c"),
        (("failed", {}), ("retrying", {}), "c"),
        (("waiting", {"dismissed_at": TOLD}), ("waiting", {}), "c"),
        (("skipped", {}), ("pending", {}), "c"),
        (("waiting", {}), ("sending", SENDING), "c"),
        (("sending", SENDING), ("waiting", {}), "a"),
        (("waiting", {}), ("retrying", PERHAPS), "c"),
        (("posted", CREATED), ("posted", CREATED), "ac"),
        (("posted", CREATED), ("sending", SENDING), "ac"),
        (("posted", CREATED), ("retrying", PERHAPS), "ac"),
        (("duplicate", THERE | {"association": "made"}), ("posted", CREATED), "ac"),
    ],
    ids=lambda one: one if isinstance(one, str) else one[0],
)
@pytest.mark.quick_cases(6)
def test_nothing_goes_that_a_worker_has_or_that_made_something(
    acme: Any, earlier: Any, later_one: Any, stay: str
) -> None:
    tell(acme, A, C_FOR_B)
    ids = {key: each.id for key, each in deliveries().items()}
    with write_transaction() as session:
        for key, (state, more) in (("a", earlier), ("c", later_one)):
            session.execute(update(Delivery).where(Delivery.id == ids[key]).values(state=state, **more))
        transitions.recount(session)
    take_in(acme.team_id, B_FOR_A, at_most_seconds=0)
    assert {key: each.id for key, each in deliveries().items()} == {key: ids[key] for key in stay}
    assert deliveries()[stay[-1]].booking.starts_at == C_FOR_B.starts_at
    kept = counts()
    with write_transaction() as session:
        transitions.recount(session)
    assert counts() == kept


OTHERS = {
    "another guest": replace(C_FOR_B, guest=replace(A.guest, email="rei@acme.co.jp")),
    "no address": replace(C_FOR_B, guest=replace(A.guest, email="")),
    "another calendar": replace(C_FOR_B, calendar_external_id="other"),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_what_a_source_may_take_for_one_by_mistake_stays_two(acme: Any, other: Booking) -> None:
    tell(acme, A, other, B_FOR_A)
    assert list(deliveries()) == ["a", "c"]


def test_two_without_an_address_stay_two(acme: Any) -> None:
    nobody = replace(A.guest, email="")
    tell(acme, *(replace(each, guest=nobody) for each in (A, C_FOR_B, B_FOR_A)))
    assert list(deliveries()) == ["a", "c"]


def test_marks_and_history_of_the_last_time_stay_and_those_of_the_first_are_over(acme: Any) -> None:
    cancelled = at(0, "a", event=BookingEvent.CANCELLED, reason="Illness")
    missed = replace(at(2, "c", event=BookingEvent.NO_SHOW), occurred_at=TOLD + timedelta(days=9))
    tell(acme, A, cancelled, C_FOR_B, missed, B_FOR_A)
    booking = deliveries()["a"].booking
    assert (booking.cancelled_at, booking.no_show_at) == (None, missed.occurred_at)
    assert sorted(line.event for line in db.session.query(BookingHistory)) == ["cancelled", "moved", "no_show"]


def test_answers_of_the_one_that_goes_are_kept_beside_the_move(acme: Any) -> None:
    told = [
        replace(each, answers=(GivenAnswer("Topic", topic), GivenAnswer("Size", "5")))
        for each, topic in ((A, "Price"), (C_FOR_B, "Support"))
    ]
    tell(acme, *told, B_FOR_A)
    (line,) = db.session.query(BookingHistory)
    assert line.differing == [{"label": "Topic", "value": "Support"}]
    assert "Price" in deliveries()["a"].booking.answers.values()


def test_lines_of_the_sources_list_lead_to_the_delivery_that_stays(acme: Any) -> None:
    endpoint_setup.make_endpoint(acme.team_id, A.source)
    (endpoint,) = endpoints.list_endpoints(acme.team_id, A.source)
    tell(acme, A, C_FOR_B)
    ids = {key: each.id for key, each in deliveries().items()}
    note(endpoint.id, Line(Result.BOOKED, "moved", ids["c"]))
    tell(acme, B_FOR_A)
    assert [line.delivery_id for line in list_received(endpoint.id)] == [ids["a"]]


def test_a_dry_run_says_what_would_stay_and_joins_nothing(acme: Any) -> None:
    tell(acme, A, C_FOR_B)
    before = {key: each.id for key, each in deliveries().items()}
    sent = {
        "id": "b",
        "event": "booking.moved",
        "replaces": "a",
        "calendar": {"id": A.calendar_external_id, "name": A.calendar_name},
        "guest": {"name": A.guest.name, "email": A.guest.email},
        "start": B_FOR_A.starts_at.isoformat() if B_FOR_A.starts_at else "",
    }
    tried = try_body(acme.team_id, SOURCES[A.source], 1, json.dumps(sent).encode())
    assert (tried.result, tried.delivery_id) == (Result.MOVED, before["a"])
    assert {key: each.id for key, each in deliveries().items()} == before


def test_a_joined_booking_is_erased_under_each_of_its_ids(acme: Any) -> None:
    tell(acme, A, C_FOR_B)
    with write_transaction() as session:  # as one that was kept before bookings had names
        session.query(BookingName).filter_by(external_id="c").delete()
    tell(acme, B_FOR_A)
    assert {row.external_id: row.replaced for row in db.session.query(BookingName)} == {
        **{"a": True, "b": True, "c": False},
    }
    end_read()
    assert erase_guest(A.guest.email, acme.team_id) == (1, 0)
    for told in (A, B_FOR_A, C_FOR_B):
        with pytest.raises(BookingErased):
            take_in(acme.team_id, told)
    assert db.session.query(BookingRecord).count() == 0
