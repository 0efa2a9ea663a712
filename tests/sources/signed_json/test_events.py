"""What signed JSON tells of a booking: made, moved, cancelled, missed; and by what it is known."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks.webhooks import Webhook as ReferenceLibrary

from hubsync.domain.booking import Booking, BookingChange, BookingEvent
from hubsync.domain.notes import NoteCode
from hubsync.errors import BodyUnreadable
from hubsync.sources.signed_json import SOURCE, prove
from hubsync.sources.signed_json.secret import write_secret
from hubsync.sources.source import UNKNOWN_EVENT, Said, Webhook
from tests.sources.signed_json.bodies import BODY

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
SECRET = write_secret(bytes(range(32)))
CHANGED = {"occurred_at": "2026-11-01T09:00:00+09:00", "reason": "A train is late"}


def said(body: Any, message: str = "") -> Said:
    """What *body* says, in a message of that id, or with our own header for none."""
    raw = json.dumps(body).encode()
    webhook = prove(SECRET, raw, NOW)
    if message:
        headers = {"webhook-id": message, "webhook-timestamp": str(int(NOW.timestamp()))}
        signature = ReferenceLibrary(SECRET).sign(message, NOW, raw.decode())
        webhook = Webhook(raw, {**headers, "webhook-signature": signature})
    return SOURCE.receive(webhook, [SECRET], NOW)


def booked(body: Any, message: str = "") -> Booking:
    booking = said(body, message)
    assert isinstance(booking, Booking)
    return booking


def without(*names: str, **changes: Any) -> dict[str, Any]:
    return {name: each for name, each in {**BODY, **changes}.items() if name not in names}


@pytest.mark.parametrize("event", [each for each in BookingEvent if f"booking.{each.value}" in SOURCE.events])
def test_each_event_may_come_with_the_whole_booking(event: BookingEvent) -> None:
    booking = booked({**BODY, **CHANGED, "event": f"booking.{event.value}"})
    assert (booking.event, booking.external_id, booking.reason) == (event, "b-1", "A train is late")
    assert booking.occurred_at == datetime(2026, 11, 1, 0, tzinfo=UTC)
    assert booking.guest.email == "h@acme.example"


def test_a_moved_booking_may_name_its_former_id() -> None:
    moved = {**BODY, "event": "booking.moved"}
    assert booked({**moved, "replaces": " b-0 "}).replaces == "b-0"
    assert [booked({**moved, "replaces": each}).replaces for each in (None, "", "b-1")] == ["", "", ""]
    for unreadable in ({}, "a\nb", True):
        booking = booked({**moved, "replaces": unreadable})
        assert booking.replaces == ""
        assert [(note.code, note.place) for note in booking.notes] == [(NoteCode.UNREADABLE, "replaces")]


@pytest.mark.parametrize("event", ["booking.cancelled", "booking.no_show"])
@pytest.mark.parametrize("missing", [("calendar", "start"), ("calendar",), ("start",)])
def test_what_need_not_repeat_the_booking_is_a_change_of_it(event: str, missing: tuple[str, ...]) -> None:
    change = said(without(*missing, event=event, replaces="b-0", **CHANGED))
    assert isinstance(change, BookingChange)
    assert (change.source, change.external_ids) == ("signed_json", ("b-1", "b-0"))
    assert (change.event, change.reason) == (BookingEvent(event.removeprefix("booking.")), "A train is late")
    assert change.occurred_at == datetime(2026, 11, 1, 0, tzinfo=UTC)


def test_a_change_needs_an_id_and_nothing_else() -> None:
    for nonsense in ({}, {"reason": {"x": 1}, "occurred_at": "yesterday", "replaces": []}):
        change = said({"id": 7, "event": "booking.no_show", **nonsense})
        assert change == BookingChange("signed_json", ("7",), BookingEvent.NO_SHOW)
    assert faults({"event": "booking.cancelled"}) == {"id": "is missing"}


def test_a_moved_booking_says_when_it_is_now() -> None:
    assert faults(without("start", "calendar", event="booking.moved")) == {
        "calendar": "is missing",
        "start": "is missing",
    }


@pytest.mark.parametrize("event", ["booking.requested", "", "Booking.Completed", "ping", "x" * 10_000])
def test_an_event_that_nobody_knows_is_left_alone_whatever_stands_beside_it(event: str) -> None:
    assert said({**BODY, "event": event}) == UNKNOWN_EVENT
    assert said({"event": event, "id": {}}) == UNKNOWN_EVENT
    assert said({"type": event, "data": []}) == UNKNOWN_EVENT


@pytest.mark.parametrize("event", [None, 5, ["booking.completed"], {}, True])
def test_an_event_that_is_none_is_refused(event: Any) -> None:
    assert set(faults({**BODY, "event": event})) == {"event"}
    assert set(faults({"type": event or [], "data": without("event")})) == {"type"}


def test_an_envelope_around_the_body_changes_nothing() -> None:
    bare = booked(BODY)
    assert booked({"type": "booking.completed", "data": BODY}) == bare
    assert booked({"type": "booking.completed", "data": without("event")}) == bare
    assert booked({"type": "message", "timestamp": None, "data": BODY}) == bare
    assert booked({**BODY, "type": "invoice.paid", "data": {"id": "other"}}) == bare
    assert faults({"type": "booking.completed", "data": without("start", event=5)}) == {
        "data.event": "must be a text",
        "data.start": "is missing",
    }
    for nothing in (None, [], "x"):
        assert "data.id" in faults({"type": "booking.completed", "data": nothing})


def test_an_envelopes_time_is_that_of_the_event() -> None:
    sent = {"type": "booking.completed", "timestamp": "2026-11-01T00:00:00.5Z"}
    assert booked({**sent, "data": BODY}).occurred_at == datetime(2026, 11, 1, 0, 0, 0, 500_000, tzinfo=UTC)
    assert booked({**sent, "data": {**BODY, **CHANGED}}).occurred_at == datetime(2026, 11, 1, tzinfo=UTC)
    [note] = booked({**sent, "timestamp": "soon", "data": BODY}).notes
    assert (note.code, note.place, note.shown) == (NoteCode.UNREADABLE, "occurred_at", "soon")


def test_a_booking_is_known_by_its_id_and_else_by_that_of_its_message() -> None:
    assert booked(BODY, "msg_1").external_id == "b-1"
    assert booked(without("id"), "b-1") == booked(BODY)
    assert booked({"type": "booking.completed", "data": without("id", "event")}, "b-1") == booked(BODY)
    assert said({"event": "booking.no_show"}, "b-1") == said({"event": "booking.no_show", "id": "b-1"})
    assert faults(without("id")) == {"id": "is missing"}
    assert faults({**BODY, "id": {}}, "b-1") == {"id": "must be a text"}


def test_place_host_and_language_are_kept_as_far_as_they_can_be_read() -> None:
    booking = booked({**BODY, "host": " Ren ", "location": "Room 5", "locale": "ja_JP"})
    assert (booking.host, booking.location, booking.locale) == ("Ren", "Room 5", "ja-JP")
    assert (booking.notes, booked(BODY).location) == ((), "")
    odd = booked({**BODY, "host": {"x": 1}, "location": "l" * 1_001, "locale": 5, "reason": True})
    assert (odd.host, odd.location, odd.locale, odd.reason) == ("", "l" * 1_000, "", "")
    assert {note.place: note.code.value for note in odd.notes} == {
        "host": "unreadable",
        "location": "cut",
        "reason": "unreadable",
    }


def faults(body: Any, message: str = "") -> dict[str, str]:
    with pytest.raises(BodyUnreadable) as unreadable:
        said(body, message)
    return dict(unreadable.value.faults)
