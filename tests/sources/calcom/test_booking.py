"""Whose booking it is, where they meet, and what each question is called."""

from __future__ import annotations

from typing import Any

import pytest

from hubsync.domain.booking import Booking, BookingEvent
from hubsync.domain.notes import NoteCode
from hubsync.domain.questions import Kind
from hubsync.sources.source import Several
from tests.sources.calcom.bodies import GUEST, PAYLOAD, answered, body, booking, faults, say

LENA = "lena@brandt.example"


def typed(email: str, name: str = "Lena Brandt") -> dict[str, Any]:
    return {"name": {"value": name}, "email": {"value": email}, "company": {"label": "Company", "value": "Brandt"}}


# ---- the guest


def test_the_guest_is_who_typed_the_answers_wherever_the_attendee_stands() -> None:
    aya, lena = PAYLOAD["attendees"][0], {"email": LENA, "timeZone": "Europe/Berlin", "language": {"locale": "de"}}
    late = booking(attendees=[aya, lena], responses=typed(LENA.upper()))
    assert (late.guest.email, late.guest.name) == (f"{LENA.upper().split('@')[0]}@brandt.example", "Lena Brandt")
    assert (late.guest.timezone, late.locale) == ("Europe/Berlin", "de")


def test_without_answers_the_guest_is_the_first_attendee() -> None:
    bare = booking(responses=None)
    assert (bare.guest.name, bare.guest.email, bare.guest.timezone) == ("Aya Mori", GUEST, "Europe/Paris")
    assert (bare.locale, bare.answers) == ("fr", ())
    nobody = booking(responses=None, attendees="none", organizer=5)
    assert (nobody.guest.name, nobody.guest.email, nobody.host) == ("", "", "")


@pytest.mark.parametrize("address", ["81312340000@sms.cal.com", "81312340000@SMS.Cal.com ", ""])
def test_an_address_that_cal_com_made_up_is_none(address: str) -> None:
    attendee = {"email": address, "name": "Sora", "phoneNumber": "+81312340000"}
    by_phone = booking(attendees=[attendee], responses={})
    assert by_phone.guest.email == ""
    assert [(each.key, each.label, each.value, each.kind) for each in by_phone.answers] == [
        ("attendeePhoneNumber", "Phone number", "+81312340000", Kind.PHONE)
    ]


def test_the_number_among_the_answers_counts_before_the_attendees() -> None:
    attendee = {"email": GUEST, "phoneNumber": "+1"}
    taken = booking(attendees=[attendee], responses={"attendeePhoneNumber": {"value": "+2"}})
    assert [each.value for each in taken.answers] == ["+2"]


def test_a_name_in_two_parts_is_one_name() -> None:
    assert answered(name={"value": {"firstName": "Aya", "lastName": "Mori"}}).guest.name == "Aya Mori"
    assert answered(name={"value": {"firstName": "Aya", "lastName": None}}).guest.name == "Aya"
    assert answered(name={"value": ""}).guest.name == "Aya Mori"  # the attendee's


# ---- seats


def test_each_seat_is_a_booking_of_its_own_and_keeps_its_id_whatever_names_it() -> None:
    first = booking(seatsPerTimeSlot=5, attendeeSeatId="s-1")
    second = booking(seatsPerTimeSlot=5, responses=typed(LENA), attendees=[*PAYLOAD["attendees"], {"email": LENA}])
    assert first.external_id != second.external_id
    assert {first.external_id.partition(":")[0], second.external_id.partition(":")[0]} == {"u-1"}
    assert len(first.external_id) == len("u-1:") + 16
    assert "aya" not in first.external_id
    without_seat_id = booking(seatsPerTimeSlot=5)
    without_number = booking(attendeeSeatId="s-1")
    assert {without_seat_id.external_id, without_number.external_id} == {first.external_id}
    moved = booking("BOOKING_RESCHEDULED", uid="u-2", rescheduleUid="u-1", seatsPerTimeSlot=5)
    assert moved.replaces == first.external_id


@pytest.mark.parametrize("seats", [None, 0, True, "5", -1, []])
def test_without_seats_the_id_is_cal_coms(seats: Any) -> None:
    assert booking(seatsPerTimeSlot=seats, attendeeSeatId="").external_id == "u-1"


def test_a_seat_without_any_address_has_the_bookings_id() -> None:
    assert booking(seatsPerTimeSlot=5, attendees=[], responses={}).external_id == "u-1"


def test_answers_of_whoever_booked_first_are_not_another_guests() -> None:
    lena = {"email": LENA, "name": "Lena Brandt"}
    cancelled = booking("BOOKING_CANCELLED", seatsPerTimeSlot=5, attendees=[lena])
    assert (cancelled.guest.name, cancelled.guest.email, cancelled.answers) == ("Lena Brandt", LENA, ())
    assert cancelled.external_id == booking(seatsPerTimeSlot=5, responses=typed(LENA)).external_id
    alone = booking("BOOKING_CANCELLED", attendees=[lena])  # without seats there is one who answers
    assert (alone.guest.email, len(alone.answers)) == (GUEST, 1)


KENJI = {"email": "kenji@ota.example", "name": "Kenji Ota", "timeZone": "Asia/Tokyo"}


def told_of(trigger: str, **changes: Any) -> list[tuple[str, BookingEvent, int]]:
    """The guest's address, the event and the number of answers of each booking that is told of."""
    said = say(body(trigger, seatsPerTimeSlot=5, **changes))
    each = said.told if isinstance(said, Several) else (said,)
    assert isinstance(said, Booking) == (len(each) == 1)
    return [(one.guest.email, one.event, len(one.answers)) for one in each if isinstance(one, Booking)]


def test_a_host_who_cancels_a_time_cancels_every_seat() -> None:
    people = [PAYLOAD["attendees"][0], KENJI]
    assert told_of("BOOKING_CANCELLED", attendees=people) == [
        (GUEST, BookingEvent.CANCELLED, 1),
        ("kenji@ota.example", BookingEvent.CANCELLED, 0),
    ]
    assert len(told_of("BOOKING_CANCELLED", attendees=[*people, KENJI])) == 2
    assert isinstance(say(body("BOOKING_CANCELLED", attendees=people)), Booking)


def test_a_host_moves_every_seat_and_a_guest_only_the_own() -> None:
    people = [PAYLOAD["attendees"][0], KENJI]
    moved = [(GUEST, BookingEvent.MOVED, 1), ("kenji@ota.example", BookingEvent.MOVED, 0)]
    assert told_of("BOOKING_RESCHEDULED", attendees=people, rescheduleUid="u-1") == moved
    by_host = {"rescheduleUid": "u-0", "rescheduledBy": "Ren@Tenji.example"}
    assert told_of("BOOKING_RESCHEDULED", attendees=people, **by_host) == moved
    for by in (GUEST, None, ""):
        alone = told_of("BOOKING_RESCHEDULED", attendees=people, rescheduleUid="u-0", rescheduledBy=by)
        assert alone == moved[:1]
        nobody = {"organizer": {}, "rescheduleUid": "u-0", "rescheduledBy": by}
        assert told_of("BOOKING_RESCHEDULED", attendees=people, **nobody) == moved[:1]
    assert told_of("BOOKING_CREATED", attendees=people) == [(GUEST, BookingEvent.COMPLETED, 1)]
    assert told_of("BOOKING_CANCELLED", attendees=[]) == [(GUEST, BookingEvent.CANCELLED, 1)]


# ---- the place


@pytest.mark.parametrize(
    ("sent", "place"),
    [
        ({"metadata": {"videoCallUrl": "https://a.example"}, "videoCallData": {"url": "https://b.example"}},
         "https://a.example"),
        ({"videoCallData": {"url": "https://b.example"}, "location": "integrations:zoom"}, "https://b.example"),
        ({"location": "https://c.example"}, "https://c.example"),
        ({"location": "1-2-3 Aoba, Sendai"}, "1-2-3 Aoba, Sendai"),
        ({"location": "integrations:daily"}, ""),
        ({"location": "phone"}, ""),
        ({"location": {"type": "x"}, "metadata": [], "videoCallData": "x"}, ""),
        ({}, ""),
    ],
)  # fmt: skip
def test_the_place_is_where_they_meet_and_not_the_kind_of_it(sent: dict[str, Any], place: str) -> None:
    assert booking(**sent).location == place


def test_the_place_that_a_guest_names_counts_where_nothing_else_does() -> None:
    def place(value: Any, location: str = "attendeeInPerson") -> str:
        chosen = {"location": {"label": "location", "value": value}}
        taken = booking(location=location, responses={**PAYLOAD["responses"], **chosen})
        assert "location" not in {each.key for each in taken.answers}
        return taken.location

    assert place({"value": "attendeeInPerson", "optionValue": "Our office"}) == "Our office"
    assert place({"value": "integrations:daily", "optionValue": ""}) == ""
    assert place({"value": "phone", "optionValue": "+33"}, location="https://c.example") == "https://c.example"
    assert place("Our office") == ""


# ---- questions


def test_a_question_is_known_by_its_slug_whatever_it_is_called() -> None:
    called = answered(company={"label": "Company", "value": "Kaede"}).answers
    in_a_cancellation = answered(company={"label": "company", "value": "Kaede"}).answers
    unlabelled = answered(company={"value": "Kaede"}).answers
    assert [(each.key, each.value) for each in (*called, *in_a_cancellation, *unlabelled)] == [
        ("company", "Kaede")
    ] * 3
    assert [each.label for each in (*called, *in_a_cancellation, *unlabelled)] == ["Company", "", ""]


def test_cal_coms_own_questions_have_names_that_a_person_can_read() -> None:
    given = answered(
        notes={"label": "additional_notes", "value": "Two sites"},
        title={"label": "what_is_this_meeting_about", "value": "Prices"},
        attendeePhoneNumber={"label": "phone_number", "value": "+33"},
        smsReminderNumber={"label": "number_text_notifications", "value": "+34"},
        guests={"label": "additional_guests", "value": ["a@x.example", "b@x.example"]},
    ).answers[1:]
    assert [(each.key, each.label, each.value, each.kind) for each in given] == [
        ("notes", "Additional notes", "Two sites", Kind.LONG_TEXT),
        ("title", "What is this meeting about?", "Prices", Kind.TEXT),
        ("attendeePhoneNumber", "Phone number", "+33", Kind.PHONE),
        ("smsReminderNumber", "Phone number (text notifications)", "+34", Kind.PHONE),
        ("guests", "Additional guests", "a@x.example, b@x.example", Kind.TEXT),
    ]


@pytest.mark.parametrize(
    ("value", "taken"),
    [
        ("Yes", "Yes"),
        (45, "45"),
        (1.5, "1.5"),
        (True, True),
        (False, False),
        (["A", "B"], ("A", "B")),
        ([], None),
        ("", None),
        ({"value": "phone", "optionValue": "+33"}, "+33"),
        ({"value": "inPerson", "optionValue": ""}, "inPerson"),
        ({"firstName": "Aya", "lastName": "Mori"}, "Aya Mori"),
        ({"label": "Large", "value": "l"}, "l"),
    ],
)
def test_a_value_is_taken_in_each_of_its_forms(value: Any, taken: Any) -> None:
    assert answered(x={"label": "X", "value": value}).answers[-1].value == taken


def test_an_object_of_another_kind_is_noted_and_costs_its_answer() -> None:
    given = answered(x={"label": "X", "value": {"street": "Aoba"}}, guests={"value": [["a@x.example"]]})
    assert [(each.value, each.note and each.note.code) for each in given.answers[1:]] == [
        (None, NoteCode.UNREADABLE),
        (None, NoteCode.UNREADABLE),
    ]


def test_a_question_without_an_answer_is_one_unless_it_was_hidden() -> None:
    given = answered(
        asked={"label": "Budget", "isHidden": False},
        hidden={"label": "Sales note", "isHidden": True},
        hidden_empty={"label": "Sales note", "value": "", "isHidden": True},
        prefilled={"label": "Partner", "value": "P-7", "isHidden": True},
    )
    assert [(each.label, each.value) for each in given.answers[1:]] == [("Budget", None), ("Partner", "P-7")]


def test_hidden_questions_that_are_called_as_url_parameters_carry_these() -> None:
    given = answered(
        utm_source={"label": "utm_source", "value": "newsletter", "isHidden": True},
        gclid={"label": "gclid", "value": "g-1", "isHidden": True},
        utm_term={"label": "utm_term", "isHidden": True},
        utm_medium={"label": "utm_medium", "value": "mail"},  # a trigger that does not say what is hidden
        utm_campaign={"label": "Where from?", "value": "A friend", "isHidden": False},
    )
    assert given.url_params == {"utm_source": "newsletter", "gclid": "g-1", "utm_medium": "mail"}
    assert [(each.label, each.value) for each in given.answers[1:]] == [("Where from?", "A friend")]


def test_the_host_is_the_organizer() -> None:
    assert booking().host == "Ren Host"
    assert booking(organizer={"email": "ren@tenji.example"}).host == "ren@tenji.example"


def test_responses_of_another_form_are_taken_as_far_as_they_go() -> None:
    assert booking(responses=["x"]).answers == ()
    assert [(each.key, each.value) for each in booking(responses={"email": GUEST, "x": "y"}).answers] == [
        ("x", "y")
    ]


def seats(number: int) -> list[dict[str, Any]]:
    return [{"email": f"guest{each}@kaede.example", "noShow": True} for each in range(number)]


@pytest.mark.parametrize("trigger", ["BOOKING_CANCELLED", "BOOKING_NO_SHOW_UPDATED"])
def test_more_seats_than_a_time_can_have_are_refused(trigger: str) -> None:
    told = {"bookingUid": "u-1", "seatsPerTimeSlot": 1_000}
    said = say(body(trigger, attendees=seats(1_000), **told))
    assert isinstance(said, Several)
    assert len(said.told) == 1_000
    refused = faults(body(trigger, attendees=seats(1_001), **told))
    assert refused == {"payload.attendees": "tells of more than 1,000 bookings, more than one webhook may"}
