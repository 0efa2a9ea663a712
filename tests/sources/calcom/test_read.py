"""Which trigger says what, and what stands in several places; each variant as a whole is one of the samples."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.booking import Booking, BookingChange, BookingEvent
from hubsync.errors import BodyUnreadable
from hubsync.sources import calcom
from hubsync.sources.source import UNKNOWN_EVENT, Ignored, Several
from tests.sources.calcom.bodies import GUEST, PAYLOAD, body, booking, faults, say

TEMPLATE = "payloadTemplate"


# ---- which of them are bookings


@pytest.mark.parametrize("status", ["PENDING", "pending", "AWAITING_HOST", "REJECTED", "CANCELLED"])
@pytest.mark.parametrize("trigger", ["BOOKING_CREATED", "BOOKING_RESCHEDULED", "BOOKING_PAID"])
def test_what_is_not_confirmed_is_no_booking_yet(trigger: str, status: str) -> None:
    said = say(body(trigger, status=status))
    assert isinstance(said, Ignored)
    assert "waits to be confirmed" in said.reason


def test_a_payment_confirms_nothing_unless_it_says_so() -> None:
    assert isinstance(say(body("BOOKING_PAID", status=None)), Ignored)
    assert booking("BOOKING_PAID") == booking("BOOKING_CREATED")


@pytest.mark.parametrize("status", [None, "ACCEPTED", "accepted", "SOMETHING_NEW", 5])
def test_a_status_that_nobody_knows_costs_no_booking(status: object) -> None:
    assert booking(status=status).event is BookingEvent.COMPLETED


def test_a_guest_who_is_asked_for_another_time_has_not_cancelled() -> None:
    assert isinstance(say(body("BOOKING_CANCELLED", requestReschedule=True)), Ignored)
    for never in (False, None, "true", 1):
        assert booking("BOOKING_CANCELLED", requestReschedule=never).event is BookingEvent.CANCELLED


def test_a_test_is_told_as_one_and_its_made_up_person_is_nobody() -> None:
    ping = {"attendees": [{"email": "jdoe@example.com", "name": "John Doe"}], "startTime": "2026-12-01T03:00:00Z"}
    said = say({"triggerEvent": "PING", "createdAt": "2026-12-01T03:00:00Z", "payload": ping})
    assert isinstance(said, Ignored)
    assert said.is_test
    assert "John" not in said.reason
    assert say({"triggerEvent": "PING", "payload": PAYLOAD}) == said


@pytest.mark.parametrize(
    "trigger", ["MEETING_STARTED", "OOO_CREATED", "FORM_SUBMITTED_NO_EVENT", "booking_created", "", "é"]
)
def test_any_other_trigger_is_ignored_whatever_it_carries(trigger: str) -> None:
    for rest in ({}, {"payload": []}, {"payload": PAYLOAD}, {"uid": "u-1", "createdAt": 5}):
        assert say({"triggerEvent": trigger, **rest}) == UNKNOWN_EVENT


# ---- moved


def test_a_moved_booking_names_the_one_whose_place_it_takes() -> None:
    moved = booking("BOOKING_RESCHEDULED", uid="u-2", rescheduleUid="u-1")
    assert (moved.event, moved.external_id, moved.replaces) == (BookingEvent.MOVED, "u-2", "u-1")
    confirmed_later = booking("BOOKING_CREATED", uid="u-2", rescheduleUid="u-1")
    assert (confirmed_later.event, confirmed_later.replaces) == (BookingEvent.MOVED, "u-1")


@pytest.mark.parametrize("former", [None, "u-2", "", "  ", 5.5, [], "x" * 300, "\x00"])
def test_a_former_booking_that_cannot_be_known_is_none(former: Any) -> None:
    moved = booking("BOOKING_RESCHEDULED", uid="u-2", rescheduleUid=former)
    assert (moved.event, moved.replaces) == (BookingEvent.MOVED, "")


def test_reasons_are_kept_with_what_they_are_reasons_for() -> None:
    responses = {**PAYLOAD["responses"], "rescheduleReason": {"label": "reason", "value": "A fair"}}
    sent = {"responses": responses, "cancellationReason": "Ill"}
    assert booking("BOOKING_RESCHEDULED", **sent).reason == "A fair"
    assert booking("BOOKING_CANCELLED", **sent).reason == "Ill"
    assert "rescheduleReason" not in {each.key for each in booking("BOOKING_RESCHEDULED", **sent).answers}


# ---- no-shows


def no_show(*attendees: Any, **changes: Any) -> Any:
    payload = {
        "message": f"{GUEST} marked as no-show",
        "attendees": list(attendees),
        "bookingUid": "u-1",
        **changes,
    }
    return {"triggerEvent": "BOOKING_NO_SHOW_UPDATED", "createdAt": "2026-12-08T02:00:00.000Z", "payload": payload}


def test_a_no_show_names_both_ids_that_the_booking_may_have() -> None:
    seat = booking(seatsPerTimeSlot=3).external_id
    told = say(no_show({"email": GUEST.upper(), "noShow": True}))
    at = datetime(2026, 12, 8, 2, tzinfo=UTC)
    assert told == BookingChange("calcom", (seat, "u-1"), BookingEvent.NO_SHOW, at)
    back = say(no_show({"email": GUEST, "noShow": False}))
    assert back == BookingChange("calcom", (seat, "u-1"), BookingEvent.SHOWED, at)
    assert GUEST not in f"{told}{back}"


def test_several_no_shows_are_told_each_and_who_came_along_has_no_booking() -> None:
    two = say(no_show({"email": GUEST, "noShow": True}, {"email": "b@x.example", "noShow": False}))
    assert isinstance(two, Several)
    first, second = (each for each in two.told if isinstance(each, BookingChange))
    assert (first.event, second.event) == (BookingEvent.NO_SHOW, BookingEvent.SHOWED)
    assert (len(first.external_ids), "u-1" in second.external_ids) == (2, False)
    assert isinstance(say(no_show({"email": GUEST, "noShow": True}, {"noShow": True})), BookingChange)


def test_a_no_show_without_an_address_is_the_bookings() -> None:
    told = say(no_show({"noShow": True}))
    assert isinstance(told, BookingChange)
    assert told.external_ids == ("u-1",)
    assert isinstance(say(no_show()), Ignored)


def test_a_no_show_that_cannot_be_read_is_refused() -> None:
    assert faults(no_show({"email": GUEST})) == {"payload.attendees.0.noShow": "is missing"}
    assert faults(no_show({"noShow": 1})) == {"payload.attendees.0.noShow": "must be true or false"}
    assert faults(no_show(bookingUid=None)) == {"payload.bookingUid": "is missing"}
    assert faults(no_show(GUEST)) == {"payload.attendees.0": "must be an object"}
    assert faults(no_show(attendees={})) == {"payload.attendees": "must be a list"}


# ---- what is refused


@pytest.mark.parametrize("raw", [b"guest=Aya+Mori", b"New booking: Aya Mori", b"", b"\xff", b"{", b'{"a":NaN}'])
def test_a_body_that_is_no_json_was_made_by_a_template_which_is_to_be_taken_away(raw: bytes) -> None:
    with pytest.raises(BodyUnreadable) as unreadable:
        calcom.SOURCE.parse(raw)
    assert [place for place, _ in unreadable.value.faults] == ["body", TEMPLATE]
    assert "take the custom payload template away" in dict(unreadable.value.faults)[TEMPLATE]


@pytest.mark.parametrize("sent", [{"content": "x"}, {}, [], "x", {"triggerEvent": 5}, {"triggerEvent": None}])
def test_so_was_json_without_a_trigger_or_without_its_payload(sent: Any) -> None:
    assert TEMPLATE in faults(sent)
    for payload in (None, "Aya Mori", [PAYLOAD]):
        assert TEMPLATE in faults({"triggerEvent": "BOOKING_CREATED", "payload": payload})


def test_a_booking_without_what_it_is_known_by_is_not_blamed_on_a_template() -> None:
    assert faults(body(uid=None, startTime=None)) == {
        "payload.uid": "is missing",
        "payload.startTime": "is missing",
    }
    assert faults(body(uid="x" * 231)) == {"payload.uid": "is too long"}
    assert faults(body(eventTypeId=None, type=None)) == {"payload.eventTypeId": "is missing"}
    assert faults(body(eventTypeId=[7])) == {"payload.eventTypeId": "must be a text"}
    assert faults(body(eventTypeId=None, type={})) == {"payload.eventTypeId": "must be a text"}


def test_an_event_without_a_type_of_its_own_is_known_by_its_name() -> None:
    assert booking(eventTypeId=None).calendar_external_id == "tour"
    assert (booking().calendar_external_id, booking().calendar_name) == ("7", "Tour")
    assert booking(eventTitle=None).calendar_name == "tour"
    assert booking(eventTitle={}).calendar_name == "tour"


# ---- times


@pytest.mark.parametrize(
    "start", ["2026-12-08T01:00:00Z", "2026-12-08T01:00:00.000Z", "2026-12-08T01:00:00+00:00"]
)
def test_the_three_spellings_of_a_time_are_one(start: str) -> None:
    assert booking(startTime=start).starts_at == datetime(2026, 12, 8, 1, tzinfo=UTC)


def test_a_time_without_an_offset_is_the_guests_else_the_hosts() -> None:
    local = "2026-12-08T10:00:00"
    assert booking(startTime=local).starts_at.utcoffset() == timedelta(hours=1)  # type: ignore[union-attr]
    assert booking(startTime=local, attendees=[]).starts_at.utcoffset() == timedelta(hours=9)  # type: ignore[union-attr]
    assert faults(body(startTime=local, attendees=[], organizer={})) == {
        "payload.startTime": "has no offset, and there is no time zone to read it in"
    }


@pytest.mark.parametrize("end", [None, "later", "2026-12-07T01:00:00Z", 5])
def test_an_end_that_cannot_be_taken_costs_no_booking(end: Any) -> None:
    taken = booking(endTime=end)
    assert taken.ends_at == datetime(2026, 12, 8, 1, 30, tzinfo=UTC)
    assert [each.place for each in taken.notes] == ["payload.endTime"]


def test_since_when_it_is_so_is_when_the_event_was_raised() -> None:
    assert booking().occurred_at == datetime(2026, 12, 1, 3, tzinfo=UTC)
    untold = say({**body(), "createdAt": "just now"})
    assert isinstance(untold, Booking)
    assert untold.occurred_at is None
    assert [each.place for each in untold.notes] == ["createdAt"]


# ---- whatever comes

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
_RESPONSES = st.dictionaries(
    st.sampled_from(["name", "email", "location", "guests", "notes", "utm_source", "attendeePhoneNumber", "x"]),
    _JSON | st.fixed_dictionaries({"value": _JSON}, optional={"label": _JSON, "isHidden": _JSON}),
)
_FIELDS = [
    *PAYLOAD,
    "metadata",
    "videoCallData",
    "location",
    "seatsPerTimeSlot",
    "attendeeSeatId",
    "rescheduleUid",
]


@given(
    st.sampled_from([*calcom.SOURCE.events, "BOOKING_REQUESTED", "PING", "OTHER"]),
    st.dictionaries(st.sampled_from(_FIELDS), _JSON),
    st.none() | _RESPONSES,
)
def test_whatever_is_sent_is_read_or_refused(trigger: str, changes: Any, responses: Any) -> None:
    sent = body(trigger, **changes)
    if responses is not None:
        sent["payload"]["responses"] = responses
    try:
        said = say(sent)
    except BodyUnreadable:
        return
    assert isinstance(said, Booking | BookingChange | Several | Ignored)
    assert GUEST not in repr(said)


@given(st.binary())
def test_whatever_bytes_are_sent_they_are_refused(raw: bytes) -> None:
    with pytest.raises(BodyUnreadable):
        calcom.SOURCE.read(calcom.SOURCE.parse(raw))


def test_no_fault_repeats_what_the_guest_typed() -> None:
    secret = "aya-secret"
    sent = json.loads(
        json.dumps(body(uid=[secret], startTime=secret, endTime=secret, eventTypeId={secret: secret}))
    )
    with pytest.raises(BodyUnreadable) as unreadable:
        say(sent)
    assert secret not in f"{unreadable.value!r}{unreadable.value.faults}{unreadable.value.message}"
