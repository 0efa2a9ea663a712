from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from hubsync.domain.booking import Booking, BookingEvent, GivenAnswer, Guest
from hubsync.domain.notes import NoteCode
from hubsync.domain.questions import Kind
from hubsync.sources import timerex
from hubsync.sources.source import UNKNOWN_EVENT
from hubsync.sources.strict_json import load_json
from hubsync.sources.timerex.read import read as read_body
from tests.sources.timerex.bodies import BODY, EVENT, FORM, body, read

JST = timezone(timedelta(hours=9))


def noted(booking: Booking) -> dict[str, str]:
    return {note.place: note.shown for note in booking.notes}


def field(kind: Any, label: Any, value: Any, **more: Any) -> dict[str, Any]:
    return {"field_type": kind, "label": label, "value": value, **more}


def test_a_body_as_timerex_sends_it_becomes_a_booking() -> None:
    assert read(body()) == Booking(
        source="timerex",
        external_id="e-1",
        calendar_external_id="c-1",
        calendar_name="相談",
        guest=Guest("山田 花子", "h@acme.example", "Acme"),
        starts_at=datetime(2026, 12, 1, 10, tzinfo=JST),
        ends_at=datetime(2026, 12, 1, 10, 30, tzinfo=JST),
        url_params={"utm_source": "spring"},
        host="佐々木 健",
        host_email="ken@acme.example",
        occurred_at=datetime(2026, 11, 20, 2, tzinfo=UTC),
        location="https://zoom.example/j/1",
        locale="ja",
    )


def test_the_readmes_example_can_be_read() -> None:
    folder = Path(timerex.__file__).parent
    documented = (folder / "README.md").read_text("utf-8").split("```json\n")[1].split("```")[0]
    booking = read(documented.encode())
    sample = read((folder / "samples" / "event_confirmed.json").read_bytes())
    same = (
        "external_id",
        "calendar_external_id",
        "guest",
        "starts_at",
        "ends_at",
        "url_params",
        "location",
        "host",
    )
    assert [getattr(booking, name) for name in same] == [getattr(sample, name) for name in same]


# ---- what happened


@pytest.mark.parametrize(
    ("kind", "changes", "event", "replaces", "replaced_by"),
    [
        ("event_confirmed", {}, BookingEvent.COMPLETED, "", ""),
        ("event_confirmed", {"status": 3}, BookingEvent.COMPLETED, "", ""),
        ("event_confirmed", {"is_changed": True}, BookingEvent.MOVED, "", ""),
        ("event_confirmed", {"old_event_id": "e-0"}, BookingEvent.MOVED, "e-0", ""),
        ("event_confirmed", {"is_changed": True, "old_event_id": "e-0"}, BookingEvent.MOVED, "e-0", ""),
        ("event_confirmed", {"new_event_id": "e-2"}, BookingEvent.MOVED, "", "e-2"),
        ("event_confirmed", {"old_event_id": "e-0", "new_event_id": "e-2"}, BookingEvent.MOVED, "e-0", "e-2"),
        ("event_confirmed", {"old_event_id": "e-1", "new_event_id": "e-1"}, BookingEvent.COMPLETED, "", ""),
        ("event_confirmed", {"old_event_id": "", "new_event_id": ""}, BookingEvent.COMPLETED, "", ""),
        ("event_cancelled", {"status": 1}, BookingEvent.CANCELLED, "", ""),
        ("event_cancelled", {"status": 2}, BookingEvent.CANCELLED, "", ""),
        ("event_cancelled", {"status": 3, "is_changed": True}, BookingEvent.CANCELLED, "", ""),
        ("event_cancelled", {"old_event_id": "e-0"}, BookingEvent.CANCELLED, "e-0", ""),
        ("event_cancelled", {"new_event_id": "e-2"}, BookingEvent.MOVED, "", "e-2"),
    ],
)
def test_what_happened_is_said_by_the_type_and_the_ids_not_by_the_status(
    kind: str, changes: dict[str, Any], event: BookingEvent, replaces: str, replaced_by: str
) -> None:
    booking = read(body(outside={"webhook_type": kind}, **changes))
    assert (booking.event, booking.replaces, booking.replaced_by) == (event, replaces, replaced_by)
    assert booking.notes == ()


def test_a_cancellation_says_when_and_why() -> None:
    cancelled = {"webhook_type": "event_cancelled"}
    at = {"canceled_at": "2026-11-25T00:00:00+00:00", "cancellation_reason": " Ill \n"}
    booking = read(body(outside=cancelled, **at))
    assert (booking.occurred_at, booking.reason) == (datetime(2026, 11, 25, tzinfo=UTC), "Ill")
    unsaid = read(body(outside=cancelled))
    assert (unsaid.occurred_at, unsaid.reason) == (None, "")  # when it was made is not when it was cancelled
    odd = read(body(outside=cancelled, canceled_at="today", cancellation_reason={"code": 1}))
    assert (odd.occurred_at, odd.reason) == (None, "")
    assert noted(odd) == {"occurred_at": "today", "reason": '{"code": 1}'}


@pytest.mark.parametrize("name", ["old_event_id", "new_event_id"])
def test_another_events_id_that_is_none_is_noted(name: str) -> None:
    booking = read(body(**{name: ["e-0"]}))
    assert (booking.event, booking.replaces, booking.replaced_by) == (BookingEvent.COMPLETED, "", "")
    assert list(noted(booking).values()) == ['["e-0"]']


@pytest.mark.parametrize("kind", ["event_reminded", "ping", "", "EVENT_CONFIRMED", "\x00"])
def test_an_event_nobody_knows_is_ignored_whatever_its_body_is(kind: str) -> None:
    for event in (EVENT, None, "x"):
        assert read_body({**BODY, "webhook_type": kind, "event": event}) is UNKNOWN_EVENT
    assert read_body({"webhook_type": kind}) is UNKNOWN_EVENT


# ---- calendar and times


def test_the_calendar_may_be_named_inside_the_event() -> None:
    outside = {"calendar_url_path": None}
    assert read(body(outside=outside, calendar_url_path="c-2")).calendar_external_id == "c-2"
    assert read(body(calendar_url_path="c-2")).calendar_external_id == "c-1"


def test_a_time_without_an_offset_is_read_in_the_calendars_zone() -> None:
    booking = read(body(start_datetime="2026-12-01T10:00:00", end_datetime="2026-12-01 10:45", duration=None))
    assert booking.starts_at == datetime(2026, 12, 1, 10, tzinfo=JST)
    assert booking.ends_at == datetime(2026, 12, 1, 10, 45, tzinfo=JST)
    assert booking.guest.timezone == ""  # the calendar's, which says nothing of where the guest is


@pytest.mark.parametrize(
    ("local", "hours"),
    [
        ("2026-12-01T10:00:00+09:00", 9), ("2026-12-01T09:00:00+08:00", 8),
        ("2026-12-01T10:00:00", 0), ("2026-12-01T11:00:00+09:00", 0), ("soon", 0), (None, 0), (5, 0),
    ],
)  # fmt: skip
def test_the_local_start_gives_the_offset_and_never_another_instant(local: Any, hours: int) -> None:
    booking = read(body(local_start_datetime=local))
    assert booking.starts_at == datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert booking.starts_at is not None
    assert booking.ends_at is not None
    assert booking.starts_at.utcoffset() == booking.ends_at.utcoffset() == timedelta(hours=hours)
    assert booking.notes == ()


@pytest.mark.parametrize(
    ("end", "duration", "minutes", "is_noted"),
    [
        ("2026-12-01T02:00:00Z", 30, 60, False), (None, 45, 45, False), ("soon", 45, 45, False),
        ("2026-12-01T00:00:00Z", 45, 45, False),
        (None, None, 30, True), (None, True, 30, True), (None, 0, 30, True), (None, 10**9, 30, True),
        (None, "45", 30, True), (7, {}, 30, True),
    ],
)  # fmt: skip
def test_an_end_that_is_none_follows_from_the_duration_or_is_noted(
    end: Any, duration: Any, minutes: int, is_noted: bool
) -> None:
    booking = read(body(end_datetime=end, duration=duration))
    assert booking.starts_at is not None
    assert booking.ends_at == booking.starts_at + timedelta(minutes=minutes)
    assert [note.place for note in booking.notes] == ["end"] * is_noted


# ---- guest and answers


def test_the_default_questions_are_known_by_their_type_whatever_their_labels() -> None:
    form = [field(each["field_type"], f"Q{n}", each["value"]) for n, each in enumerate(FORM)]
    booking = read(body(form=[*form, field("guest_comment", "ご質問", "See you\r\nsoon")]))
    assert booking.guest == Guest("山田 花子", "h@acme.example", "Acme")
    assert booking.answers == (GivenAnswer("Comment", "See you\nsoon", Kind.LONG_TEXT),)


def test_the_comment_comes_before_another_question_of_its_label() -> None:
    booking = read(body(form=[field("text", "Comment", "b"), field("guest_comment", "コメント", "a")]))
    assert [(each.label, each.value) for each in booking.answers] == [("Comment", "a"), ("Comment", "b")]


@pytest.mark.parametrize("kind", ["text", "check_box", "hologram", "", None, 7, ["guest_name"], {"a": 1}])
def test_every_other_question_is_known_by_its_label_whatever_its_type(kind: Any) -> None:
    booking = read(body(form=[field(kind, "部署", "営業部", options=["営業部"])]))
    assert booking.answers == (GivenAnswer("部署", "営業部"),)
    assert booking.guest == Guest("", "")


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("a", "a"),
        (["A", "B"], ("A", "B")),
        (["A"], ("A",)),
        ([], None),
        ("", None),
        (None, None),
        (12, "12"),
        (True, True),
    ],
)
def test_an_answer_is_a_text_or_several_or_nothing(value: Any, answer: Any) -> None:
    [given] = read(body(form=[field("x", "L", value)])).answers
    assert (given.value, given.note) == (answer, None)
    [missing] = read(body(form=[{"field_type": "x", "label": "L"}])).answers
    assert (missing.label, missing.value, missing.note) == ("L", None, None)


def test_an_answer_that_has_no_text_is_noted_with_its_question() -> None:
    [given] = read(body(form=[field("x", "L", {"a": 1})])).answers
    assert given.note is not None
    assert (given.value, given.note.code, given.note.label) == (None, NoteCode.UNREADABLE, "L")


def test_a_default_question_that_comes_twice_counts_once_filled_in() -> None:
    twice = read(body(form=[field("guest_name", "A", "Ann"), field("guest_name", "B", "Bo")]))
    assert (twice.guest.name, [(each.label, each.value) for each in twice.answers]) == ("Ann", [("B", "Bo")])
    empty_first = read(body(form=[field("guest_name", "A", ""), field("guest_name", "B", "Bo")]))
    assert (empty_first.guest.name, empty_first.answers) == ("Bo", ())
    comments = read(body(form=[field("guest_comment", "A", "1st"), field("guest_comment", "B", "2nd")]))
    assert [(each.label, each.value) for each in comments.answers] == [("Comment", "1st"), ("B", "2nd")]


@pytest.mark.parametrize("email", ["", None, [], " \u3000"])
def test_a_guest_without_an_address_is_taken(email: Any) -> None:
    booking = read(body(form=[field("guest_name", "名前", "高橋"), field("guest_email", "メール", email)]))
    assert (booking.guest, booking.answers, booking.notes) == (Guest("高橋", ""), (), ())


def test_a_guests_part_may_be_a_list_and_is_noted_when_it_is_neither() -> None:
    booking = read(body(form=[field("guest_name", "A", ["Ann", "Lee"]), field("company_name", "B", {"x": 1})]))
    assert booking.guest == Guest("Ann, Lee", "")
    assert noted(booking) == {"guest.company": '{"x": 1}'}


def test_a_form_that_is_no_list_of_fields_is_read_as_far_as_it_goes() -> None:
    assert read(body(form=None)).answers == ()
    assert [(each.label, each.value) for each in read(body(form={"部署": "営業部"})).answers] == [
        ("部署", "営業部")
    ]
    mixed = read(body(form=[None, {}, "x", ["y"], *FORM]))
    assert [(each.label, each.value) for each in mixed.answers] == [("", "x"), ("", ("y",))]
    assert mixed.guest.email == "h@acme.example"


# ---- the rest


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ([{"a": "x"}, {"b": "y"}], {"a": "x", "b": "y"}), ({"a": "x"}, {"a": "x"}), ([], {}), (None, {}),
        ([{"a": "x", "b": "y"}], {"a": "x", "b": "y"}), ([{"a": "x"}, {"a": "y"}], {"a": "x, y"}),
        ([{"a": None}, {}], {}), ([{"n": 5}, {"t": True}], {"n": "5", "t": "Yes"}),
        ([{"l": ["p", "q"]}], {"l": "p, q"}),
    ],
)  # fmt: skip
def test_url_parameters_are_a_list_of_objects_or_one(sent: Any, kept: dict[str, str]) -> None:
    booking = read(body(url_params=sent))
    assert (booking.url_params, booking.notes) == (kept, ())


def test_url_parameters_that_are_none_are_noted() -> None:
    booking = read(body(url_params=["utm_source=x", {"a": "x"}]))
    assert (booking.url_params, noted(booking)) == ({"a": "x"}, {"url_params": '["utm_source=x"]'})
    assert noted(read(body(url_params="utm_source=x"))) == {"url_params": "utm_source=x"}


@pytest.mark.parametrize("name", ["zoom_meeting", "google_meet_meeting", "microsoft_teams_meeting"])
def test_the_meetings_address_is_the_place(name: str) -> None:
    empty = {"zoom_meeting": {}, "google_meet_meeting": None, "microsoft_teams_meeting": {"join_url": ""}}
    booking = read(body(**{**empty, name: {"join_url": " https://meet.example/1 "}}))
    assert (booking.location, booking.notes) == ("https://meet.example/1", ())
    assert read(body(**empty)).location == ""
    assert noted(read(body(**{**empty, name: {"join_url": {"a": 1}}}))) == {"location": '{"a": 1}'}
    assert read(body(**{**empty, name: "https://meet.example/1"})).location == ""


@pytest.mark.parametrize(
    ("sent", "host", "notes"),
    [
        ([{"name": "Ann", "email": "a@x.example"}, {"name": "Bo"}], "Ann, Bo", {}),
        ([{"name": "", "email": "a@x.example"}, {}], "a@x.example", {}),
        ({"name": "Ann"}, "Ann", {}), ([], "", {}), (None, "", {}),
        (["Ann", {"name": "Bo"}], "Bo", {"host": '["Ann"]'}), (5, "", {"host": "[5]"}),
    ],
)  # fmt: skip
def test_the_hosts_are_named(sent: Any, host: str, notes: dict[str, str]) -> None:
    booking = read(body(hosts=sent))
    assert (booking.host, noted(booking)) == (host, notes)


def test_only_what_a_booking_is_known_by_and_its_start_must_be_there() -> None:
    event = {"id": 7, "start_datetime": EVENT["start_datetime"]}
    booking = read(
        json.dumps({"webhook_type": "event_confirmed", "calendar_url_path": "c", "event": event}).encode()
    )
    assert (booking.external_id, booking.calendar_name, booking.guest) == ("7", "", Guest("", ""))
    assert noted(booking) == {"end": ""}
    nulls = dict.fromkeys({*EVENT} - {*event})
    assert read(body(**nulls, outside={"calendar_name": None})).guest == Guest("", "")


def test_fields_nobody_knows_are_ignored() -> None:
    assert read(body(new={"deep": [1]}, outside={"version": 3})) == read(body())


def test_a_booking_in_a_traceback_shows_no_guest() -> None:
    shown = repr(read(body(form=[*FORM, field("guest_comment", "C", "private")], cancellation_reason="ill")))
    assert not [
        word for word in ("花子", "acme", "Acme", "private", "ill", "spring", "zoom.example") if word in shown
    ]
    assert load_json(body())["event"]["form"]
