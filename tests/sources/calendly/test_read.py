"""What of Calendly's invitee becomes what of a booking."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.booking import Booking, BookingEvent, GivenAnswer
from hubsync.domain.notes import NoteCode
from hubsync.domain.questions import Kind
from hubsync.errors import BodyUnreadable
from hubsync.sources.calendly import SOURCE
from hubsync.sources.calendly.read import EVENTS, read_listed
from hubsync.sources.source import UNKNOWN_EVENT
from tests.sources.calendly.bodies import API, INVITEE, OTHER, body, faults, read, sample


def answers(*entries: Any, **more: Any) -> list[tuple[str, Any]]:
    return [(each.label, each.value) for each in read(body(questions_and_answers=list(entries), **more)).answers]


# ---- what happened


@pytest.mark.parametrize(
    ("event", "payload", "became"),
    [
        ("invitee.created", {}, (BookingEvent.COMPLETED, "", "")),
        ("invitee.created", {"old_invitee": OTHER}, (BookingEvent.MOVED, "INV2", "")),
        ("invitee.canceled", {"status": "canceled"}, (BookingEvent.CANCELLED, "", "")),
        ("invitee.canceled", {"rescheduled": True, "new_invitee": OTHER}, (BookingEvent.MOVED, "", "INV2")),
        ("invitee.canceled", {"rescheduled": True}, (BookingEvent.MOVED, "", "")),
        ("invitee.canceled", {"new_invitee": OTHER}, (BookingEvent.MOVED, "", "INV2")),
        ("invitee.canceled", {"old_invitee": OTHER}, (BookingEvent.CANCELLED, "INV2", "")),
        (
            "invitee.canceled",
            {"old_invitee": f"{API}/x/INV0", "new_invitee": OTHER},
            (BookingEvent.MOVED, "INV0", "INV2"),
        ),
        ("invitee.canceled", {"no_show": {"uri": "x"}}, (BookingEvent.CANCELLED, "", "")),
        ("invitee.created", {"status": "canceled"}, (BookingEvent.CANCELLED, "", "")),
        ("invitee.created", {"status": "canceled", "rescheduled": True}, (BookingEvent.MOVED, "", "")),
        ("invitee.created", {"no_show": {"uri": "x"}}, (BookingEvent.NO_SHOW, "", "")),
        ("invitee_no_show.created", {}, (BookingEvent.NO_SHOW, "", "")),
        ("invitee_no_show.created", {"status": "canceled"}, (BookingEvent.NO_SHOW, "", "")),
        ("invitee_no_show.created", {"old_invitee": OTHER}, (BookingEvent.NO_SHOW, "INV2", "")),
        ("invitee_no_show.deleted", {"no_show": {"uri": "x"}}, (BookingEvent.SHOWED, "", "")),
        ("invitee.created", {"old_invitee": INVITEE, "new_invitee": ""}, (BookingEvent.COMPLETED, "", "")),
    ],
)
def test_what_happened_is_read_from_the_event_and_the_invitees_it_names(
    event: str, payload: dict[str, Any], became: tuple[Any, ...]
) -> None:
    booking = read(body(event=event, **payload))
    assert (booking.event, booking.replaces, booking.replaced_by) == became


def test_every_booking_of_a_pair_is_one_of_its_own() -> None:
    former, new = read(sample("moved_former_side")), read(sample("moved_new_side"))
    assert (former.external_id, former.replaced_by) == (new.replaces, new.external_id)
    assert former.external_id == read(sample("invitee.created")).external_id


def test_guests_of_one_group_event_are_bookings_of_their_own_on_one_calendar() -> None:
    first, second = read(sample("invitee.created")), read(sample("group_second_guest"))
    assert first.external_id != second.external_id
    assert first.calendar_external_id == second.calendar_external_id


@pytest.mark.parametrize(
    "event", ["routing_form_submission.created", "contact.updated", "", "invitee.Created", "x"]
)
def test_what_is_no_event_of_a_booking_is_ignored_whatever_it_holds(event: str) -> None:
    assert SOURCE.read({"event": event}) is UNKNOWN_EVENT
    assert SOURCE.read({"event": event, "payload": 5}) is UNKNOWN_EVENT


@pytest.mark.parametrize(
    ("name", "changes", "since"),
    [
        ("invitee.created", {}, "2026-11-10T05:12:40.254871+00:00"),
        ("invitee.created", {"created_at": None}, "2026-11-10T05:12:41+00:00"),
        ("invitee.canceled", {}, "2026-11-20T08:30:05+00:00"),
        ("invitee.canceled", {"cancellation": None}, "2026-11-20T08:30:06+00:00"),
        ("moved_former_side", {}, None),
        ("moved_new_side", {}, "2026-11-20T08:30:05+00:00"),
        ("invitee_no_show.created", {}, "2026-12-03T06:20:00+00:00"),
        ("invitee_no_show.created", {"no_show": {"uri": "x"}}, "2026-12-03T06:20:01+00:00"),
        ("invitee_no_show.deleted", {}, "2026-12-03T07:02:00+00:00"),
    ],
)
def test_a_booking_says_since_when_it_is_so(name: str, changes: dict[str, Any], since: str | None) -> None:
    booking = read(body(name, **changes))
    assert booking.occurred_at == (datetime.fromisoformat(since) if since else None)
    assert booking.notes == ()


def test_a_time_that_cannot_be_read_is_noted() -> None:
    booking = read(body(created_at="yesterday"))
    assert (booking.occurred_at, [(note.place, note.shown) for note in booking.notes]) == (
        None,
        [("created_at", "yesterday")],
    )


def test_a_reason_is_the_one_of_the_cancellation() -> None:
    assert read(sample("invitee.canceled")).reason == "Our fair stand was moved to that week"
    assert read(body("invitee.canceled", cancellation={"reason": None})).reason == ""
    assert read(body("invitee.canceled", cancellation="ill")).reason == ""


# ---- who, when, where


def test_an_id_is_the_last_part_of_its_uri() -> None:
    assert read(body(uri="INV9")).external_id == "INV9"
    assert read(body(uri=f" {INVITEE}/ ")).external_id == INVITEE.rpartition("/")[2]
    assert read(body(scheduled={"event_type": "ET9"})).calendar_external_id == "ET9"


@pytest.mark.parametrize("bad", ["", " / ", "///", 5, ["x"], "a\nb", "x" * 256, True])
def test_an_invitee_that_is_none_is_refused(bad: Any) -> None:
    assert set(faults(body(uri=bad))) == {"payload.uri"}


def test_a_meeting_of_no_event_type_has_a_calendar_of_its_own() -> None:
    assert read(body(scheduled={"event_type": None})).calendar_external_id == "one-off"
    odd = read(body(scheduled={"event_type": [1]}))
    assert (odd.calendar_external_id, [note.place for note in odd.notes]) == (
        "one-off",
        ["payload.scheduled_event.event_type"],
    )


@pytest.mark.parametrize(
    ("payload", "name"),
    [
        ({"name": "Aya Mori", "first_name": None}, "Aya Mori"),
        ({"name": None, "first_name": "Aya", "last_name": "Mori"}, "Aya Mori"),
        ({"name": None, "first_name": "彩", "last_name": "森"}, "森 彩"),
        ({"name": "", "first_name": "Aya", "last_name": None}, "Aya"),
        ({"name": None}, ""),
    ],
)
def test_a_name_may_come_whole_or_in_parts(payload: dict[str, Any], name: str) -> None:
    assert read(body(**payload)).guest.name == name


def test_parts_of_a_name_and_the_number_for_reminders_are_answers() -> None:
    booking = read(sample("name_in_two_parts"))
    assert booking.answers[:3] == (
        GivenAnswer("First name", "Ken", Kind.TEXT, key="first_name"),
        GivenAnswer("Last name", "Sato", Kind.TEXT, key="last_name"),
        GivenAnswer("Phone number for text reminders", "+81 3-5550-0142", Kind.PHONE, key="text_reminder_number"),
    )
    [odd] = read(body(questions_and_answers=[], last_name=[[1]])).answers
    assert (odd.label, odd.value, odd.note and odd.note.code) == ("Last name", None, NoteCode.UNREADABLE)


@pytest.mark.parametrize(
    ("zone", "name"),
    [("America/New York", "America/New_York"), ("asia/tokyo", "Asia/Tokyo"), (None, ""), (9, ""), ("Mars", "")],
)
def test_a_time_zone_may_be_written_with_a_blank(zone: Any, name: str) -> None:
    assert read(body(timezone=zone)).guest.timezone == name


@pytest.mark.parametrize(
    ("location", "where"),
    [
        ({"type": "zoom", "status": "pushed", "join_url": "https://zoom.example/j/1", "data": {"id": 1}}, "https://zoom.example/j/1"),
        ({"type": "webex_conference", "status": "initiated", "join_url": None}, ""),
        ({"type": "physical", "location": "Room 1", "additional_info": "Ring twice"}, "Room 1, Ring twice"),
        ({"type": "ask_invitee", "location": "At our place", "additional_info": None}, "At our place"),
        ({"type": "inbound_call", "location": "+1 555"}, "+1 555"),
        ({"type": "inbound_call", "location": None}, ""),
        ("Room 1", "Room 1"), (None, ""), ({}, ""),
    ],
)  # fmt: skip
def test_where_they_meet_depends_on_the_kind_of_location(location: Any, where: str) -> None:
    booking = read(body(scheduled={"location": location}))
    assert (booking.location, booking.notes) == (where, ())


def test_hosts_are_named() -> None:
    ren, mia = {"user_name": "Ren Host", "user_email": "ren@tenji.example"}, {"user_email": "mia@tenji.example"}
    for members, host in (([ren, mia, {}, 5], "Ren Host, mia@tenji.example"), ([], ""), (None, ""), ("x", "")):
        assert read(body(scheduled={"event_memberships": members})).host == host


def test_times_are_utc_and_an_end_that_is_none_costs_no_booking() -> None:
    booking = read(sample("invitee.created"))
    assert booking.starts_at == datetime(2026, 12, 3, 6, tzinfo=UTC)
    short = read(body(scheduled={"end_time": None}))
    assert (short.ends_at, [note.place for note in short.notes]) == (
        booking.starts_at + timedelta(minutes=30),
        ["payload.scheduled_event.end_time"],
    )


def test_a_start_without_an_offset_is_read_in_the_guests_zone() -> None:
    naive = {"start_time": "2026-12-03T15:00:00"}
    assert read(body(scheduled=naive)).starts_at == datetime(2026, 12, 3, 6, tzinfo=UTC)
    assert set(faults(body(scheduled=naive, timezone=None))) == {"payload.scheduled_event.start_time"}


def test_tracking_becomes_url_parameters() -> None:
    tracking = {"utm_source": "x", "utm_medium": None, "utm_term": "", "salesforce_uuid": "00Q"}
    assert read(body(tracking=tracking)).url_params == {"utm_source": "x", "salesforce_uuid": "00Q"}
    assert read(body(tracking=None)).url_params == {}


# ---- answers


def test_answers_stand_under_the_text_of_their_question_in_the_forms_order() -> None:
    assert answers(
        {"question": "Topics", "answer": "Pricing\nOnboarding", "position": 1},
        {"question": "Company", "answer": "Kaede", "position": 0},
        {"question": "Phone", "answer": "", "position": 2},
        {"question": "Later", "answer": "x"},
    ) == [("Company", "Kaede"), ("Topics", "Pricing\nOnboarding"), ("Phone", None), ("Later", "x")]


def test_an_answer_of_another_type_is_taken_as_far_as_it_goes() -> None:
    assert answers(
        {"question": "A", "answer": ["x", "y"]}, {"question": "B", "answer": 5}, {"question": "C"}, "d",
        {"question": None, "answer": "e"},
    ) == [("A", ("x", "y")), ("B", "5"), ("C", None), ("", "d"), ("", "e")]  # fmt: skip
    assert answers({"question": "Same", "answer": "1"}, {"question": "Same", "answer": "2"}) == [
        *(("Same", "1"), ("Same", "2")),
    ]
    assert read(body(questions_and_answers=None)).answers == ()
    assert read(body(questions_and_answers={"Company": "Kaede"})).answers == (GivenAnswer("Company", "Kaede"),)


# ---- whatever comes


def test_an_item_of_calendlys_own_list_is_the_same_booking() -> None:
    sent = sample("invitee.created")
    invitee = dict(sent["payload"])
    assert read_listed(invitee, invitee.pop("scheduled_event")) == read(sent)
    assert read_listed({**invitee, "status": "canceled"}, sent["payload"]["scheduled_event"]).event == "cancelled"
    with pytest.raises(BodyUnreadable):
        read_listed({}, {})


def test_a_booking_in_a_traceback_shows_no_guest() -> None:
    shown = repr(read(sample("invitee.canceled")))
    assert not [word for word in ("Sato", "hinode", "Hinode", "fair", "postcard", "meet.example") if word in shown]


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
_PAYLOAD = sample("invitee.canceled")["payload"]


@given(
    st.sampled_from(EVENTS),
    st.dictionaries(st.sampled_from([*_PAYLOAD, "other"]), _JSON),
    st.dictionaries(st.sampled_from([*_PAYLOAD["scheduled_event"], "other"]), _JSON),
)
def test_whatever_is_sent_is_read_or_refused(
    event: str, payload: dict[str, Any], scheduled: dict[str, Any]
) -> None:
    sent = body("invitee.canceled", event=event, scheduled=scheduled)
    sent["payload"] |= payload
    try:
        booking = SOURCE.read(SOURCE.parse(json.dumps(sent, allow_nan=True).encode()))
    except BodyUnreadable:
        return
    assert isinstance(booking, Booking)
    assert booking.external_id
    assert booking.calendar_external_id
