from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from hubsync.domain.booking import Booking, GivenAnswer, Guest
from hubsync.domain.notes import NoteCode
from hubsync.domain.questions import Kind
from hubsync.sources import signed_json
from tests.sources.signed_json.bodies import BODY, body, faults, read

JST = timezone(timedelta(hours=9))


def answers(*given: Any) -> tuple[GivenAnswer, ...]:
    return read(body(answers=list(given))).answers


def test_the_documented_body_becomes_a_booking():
    assert read(body()) == Booking(
        source="signed_json",
        external_id="b-1",
        calendar_external_id="c-1",
        calendar_name="Introduction",
        guest=Guest("山田 花子", "h@acme.example", "Acme", "Asia/Tokyo"),
        starts_at=datetime(2026, 12, 1, 10, tzinfo=JST),
        ends_at=datetime(2026, 12, 1, 10, 30, tzinfo=JST),
        answers=(GivenAnswer("Employees", "120", Kind.NUMBER),),
        url_params={"utm_source": "spring"},
    )


def test_the_readmes_example_can_be_read():
    folder = Path(signed_json.__file__).parent
    documented = (folder / "README.md").read_text("utf-8").split("```json\n")[1].split("```")[0]
    assert documented == (folder / "samples" / "booking.completed.json").read_text("utf-8")
    booking = read(documented.encode())
    assert booking.external_id == "b-1001"
    assert [answer.value for answer in booking.answers] == ["120", ("Price", "Support"), True]


def test_what_may_be_missing_may_be_missing_or_null():
    lean = {name: BODY[name] for name in ("id", "event", "start", "end")} | {"calendar": {"id": 7}}
    booking = read(json.dumps(lean).encode())
    assert (booking.calendar_external_id, booking.calendar_name) == ("7", "")
    assert booking.guest == Guest("", "", "", "")
    assert (booking.answers, booking.url_params) == ((), {})
    empty = {"name": None, "email": None, "company": None, "timezone": None}
    assert read(
        body(answers=None, url_params=None, guest=empty, calendar={"id": "c", "name": None})
    ).guest == Guest("", "")


def test_fields_nobody_knows_are_ignored():
    assert read(body(new={"deep": [1]}, guest={**BODY["guest"], "age": 5})) == read(body())


@pytest.mark.parametrize(
    ("value", "answer"),
    [
        ("text", "text"), (" a\r\nb ", "a\nb"), (["A", "B"], ("A", "B")), (["A", None, "", 2], ("A", "2")),
        (5, "5"), (-1.5, "-1.5"), (1e3, "1000.0"), (True, True), (False, False), (None, None), ("", None),
        ([], None), (10**50, "1" + "0" * 50), ({}, None), ([None], None), ([True, False], ("Yes", "No")),
        ({"value": "x"}, "x"), ({"label": "Tokyo", "value": "tyo"}, "tyo"), ({"label": "L", "value": None}, "L"),
        ({"value": {"value": 5}}, "5"), ({"value": ["A", "B"]}, ("A", "B")), ({"value": True}, True),
        ([{"value": "a"}, {"label": "B"}, "c", 4], ("a", "B", "c", "4")),
    ],
)  # fmt: skip
def test_an_answer_may_be_a_text_list_number_truth_or_nothing(value, answer):
    [given] = answers({"label": "L", "value": value})
    assert given.value == answer
    assert type(given.value) is type(answer)
    assert given.note is None


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ({"x": 1}, '{"x": 1}'), ({"value": "a", "more": "b"}, '{"value": "a", "more": "b"}'),
        ([{"x": 1}], '[{"x": 1}]'), (["a", {"x": 1}], '["a", {"x": 1}]'), ([["a"], ["b"]], '[["a"], ["b"]]'),
        ([[]], "[[]]"), ({"value": {"value": {"value": {"value": {"value": "x"}}}}}, '{"value": {"value":'),
        ({"a": [1, {"b": None}]}, '{"a": [1, {"b": null}]}'), ({"a": "\x00\ud800é"}, '{"a": "\\u0000é"}'),
    ],
)  # fmt: skip
def test_an_answer_that_has_no_text_is_noted_with_what_came(value, shown):
    [given] = answers({"label": "L", "value": value})
    assert given.value is None
    assert given.note is not None
    assert (given.note.code, given.note.place, given.note.label) == (NoteCode.UNREADABLE, "answers", "L")
    assert given.note.shown.startswith(shown)


def test_an_answer_nested_deeply_costs_only_itself():
    deep = "[" * 400 + '"x"' + "]" * 400
    booking = read(body().replace(b"120", deep.encode()))
    assert booking.answers[0].value is None
    assert booking.answers[0].note is not None
    assert booking.guest.email == "h@acme.example"


@pytest.mark.parametrize(
    ("sent", "value"),
    [
        ("1e999999999", "1E+999999999"), ("1e-999999999", "1E-999999999"), ("1e400", "1E+400"),
        ("1e100", "1" + "0" * 100), ("1" * 400, "1" * 400), ("0." + "1" * 400, "0." + "1" * 400),
        ("1" * 10_000, None), ("-" + "9" * 500_000, None),
        ("1e99999999999999999999", "1e99999999999999999999"), ("-0", "0"), ("1.50", "1.50"),
    ],
)  # fmt: skip
def test_a_number_is_written_out_as_far_as_that_makes_sense(sent, value):
    booking = read(body().replace(b"120", sent.encode()))
    assert booking.answers[0].value == value
    assert (booking.answers[0].note is None) == (value is not None)


def test_what_is_too_long_is_cut_and_noted():
    [given] = answers({"label": "L", "value": "あ" * 70_000})
    assert (given.value, given.note.code) == ("あ" * 65_536, NoteCode.CUT)
    [given] = answers({"label": "L", "value": ["x" * 70_000, *map(str, range(600))]})
    assert (len(given.value), given.value[:2], given.note.code) == (500, ("x" * 65_536, "0"), NoteCode.CUT)
    booking = read(body(guest={"name": "n" * 1_001, "company": "社" * 5_000, "email": "e" * 1_001}))
    assert booking.guest == Guest("n" * 1_000, "e" * 1_000, "社" * 1_000)
    assert {note.place: note.code.value for note in booking.notes} == {
        "guest.name": "cut",
        "guest.company": "cut",
        "guest.email": "cut",
    }
    [given] = answers({"label": "長" * 400, "value": "x"})
    assert (given.label, given.note) == ("長" * 300, None)


@pytest.mark.parametrize(
    ("value", "name", "noted"),
    [
        (5, "5", False), (["Ann"], "Ann", False), (["Ann", None, "Lee"], "Ann, Lee", False),
        ({"value": "Ann"}, "Ann", False),
        ({"first": "Ann"}, "", True), (True, "", True), ([["Ann"]], "", True), ([], "", False), ({}, "", False),
        (" \u200b ", "", False), ("a\x00b\ud800", "ab", False),
    ],
)  # fmt: skip
@pytest.mark.parametrize("part", ["name", "email", "company"])
def test_a_guest_of_another_type_is_read_or_noted(part, value, name, noted):
    booking = read(body(guest={part: value}))
    assert getattr(booking.guest, part) == name
    assert [(note.code, note.place) for note in booking.notes] == [(NoteCode.UNREADABLE, f"guest.{part}")] * noted


@pytest.mark.parametrize("guest", ["Ann <ann@mail.com>", ["Ann"], 5, True])
def test_a_guest_that_is_no_object_is_noted(guest):
    booking = read(body(guest=guest))
    assert booking.guest == Guest("", "")
    assert [(note.place, note.shown) for note in booking.notes] == [
        ("guest", guest if isinstance(guest, str) else json.dumps(guest))
    ]


def test_an_answer_may_have_a_key_of_the_senders_own():
    given = answers(
        {"label": "A", "value": "x", "key": " q1 "}, {"key": 7, "value": "y"}, {"label": "B", "key": {}}
    )
    assert [(each.label, each.key, each.value) for each in given] == [
        ("A", "q1", "x"),
        ("", "7", "y"),
        ("B", "", None),
    ]
    assert [each.note for each in given] == [None, None, None]


def test_answers_that_are_no_list_of_labels_and_values_are_taken_too():
    assert answers("a", 5, ["b", "c"], None, {"label": "", "value": "d"}) == (
        GivenAnswer("", "a"), GivenAnswer("", "5"), GivenAnswer("", ("b", "c")), GivenAnswer("", "d"),
    )  # fmt: skip
    assert [(each.label, each.value) for each in read(body(answers={"Phone": "1", "Topics": ["A"]})).answers] == [
        ("Phone", "1"),
        ("Topics", ("A",)),
    ]
    assert read(body(answers={"label": "Phone", "value": 1})).answers == (GivenAnswer("Phone", "1"),)
    assert read(body(answers="x")).answers == (GivenAnswer("", "x"),)
    [odd] = answers({"label": "Phone", "answer": "1"})
    assert (odd.value, odd.note.shown) == (None, '{"label": "Phone", "answer": "1"}')
    assert [each.label for each in answers({"label": 5}, {"label": {"en": "Phone"}, "value": 1})] == [
        "5",
        '{"en": "Phone"}',
    ]


def test_what_comes_after_the_two_hundredth_answer_is_kept_in_a_note():
    many = [{"label": f"L{number}", "value": number} for number in range(202)]
    booking = read(body(answers=[*many, None, "", {"label": "O", "value": {"x": "é"}}]))
    assert len(booking.answers) == 200
    assert [(note.code, note.shown) for note in booking.notes] == [
        (NoteCode.NO_QUESTION, json.dumps([*many[200:], {"label": "O", "value": {"x": "é"}}], ensure_ascii=False))
    ]


@pytest.mark.parametrize(
    "end", [None, 5, "tomorrow", "2026-12-01", "2026-12-01T10:00:00+10:00", {}, "0001-01-01T00:00:00Z"]
)
def test_an_end_that_is_none_costs_half_an_hour_and_no_booking(end):
    booking = read(body(end=end))
    assert booking.ends_at - booking.starts_at == timedelta(minutes=30)
    assert [(note.code, note.place) for note in booking.notes] == [(NoteCode.UNREADABLE, "end")]


def test_url_parameters_that_cannot_be_kept_are_noted():
    params = {
        "a": "x",
        "b\x00": "y",
        "n": None,
        "o": {"x": 1},
        "l": ["p", "q"],
        "t": True,
        "z": "z" * 3_000,
        "q" * 101: "r",
    }
    booking = read(body(url_params=params))
    assert booking.url_params == {"a": "x", "l": "p, q", "t": "Yes", "z": "z" * 2_000}
    assert {note.code.value: note.shown for note in booking.notes} == {
        "no_question": f"b: y\n{'q' * 101}: r",
        "unreadable": 'o: {"x": 1}',
        "cut": "z",
    }
    assert read(body(url_params=[1])).notes[0].place == "url_params"
    many = read(body(url_params={f"p{number}": "x" for number in range(102)}))
    assert (len(many.url_params), many.notes[0].shown) == (100, "p100: x\np101: x")


def test_a_number_keeps_the_digits_it_was_sent_with():
    raw = body().replace(b'"value": 120', b'"value": 0.10')
    assert read(raw).answers[0].value == "0.10"
    assert read(body().replace(b'"value": 120', b'"value": 12e2')).answers[0].value == "1200"


def test_a_type_counts_when_it_is_known_and_fits():
    given = answers(
        {"label": "1", "value": "a", "type": "long_text"},
        {"label": "2", "value": "a", "type": "several_choices"},
        {"label": "3", "value": "a", "type": "hologram"},
        {"label": "4", "value": "a", "type": ["text"]},
        {"label": "5", "value": True, "type": "text"},
        {"label": "6", "value": "yes", "type": "check_box"},
        {"label": "7", "value": True, "type": "check_box"},
        {"label": "8", "type": "date"},
    )
    assert [(answer.value, answer.kind) for answer in given] == [
        ("a", Kind.LONG_TEXT),
        (("a",), Kind.SEVERAL_CHOICES),
        ("a", None),
        ("a", None),
        (True, None),
        ("yes", None),
        (True, Kind.CHECK_BOX),
        (None, Kind.DATE),
    ]


def test_a_time_without_an_offset_is_read_in_the_guests_zone():
    booking = read(body(start="2026-12-01T10:00:00", end="2026-12-01 10:30"))
    assert booking.starts_at.astimezone(UTC) == datetime(2026, 12, 1, 1, tzinfo=UTC)
    assert booking.ends_at.utcoffset() == timedelta(hours=9)


@pytest.mark.parametrize(
    "zone",
    [None, "", "Mars/Olympus", "America", "../../etc/passwd", "/etc/localtime", 9, "Asia/Tokyo\x00", "localtime"],
)
def test_a_zone_nobody_knows_costs_no_booking_unless_it_is_needed(zone):
    assert read(body(guest={"timezone": zone})).guest.timezone == ""
    assert faults(body(guest={"timezone": zone}, start="2026-12-01T10:00:00")) == {
        "start": "has no offset, and there is no time zone to read it in"
    }


def test_a_booking_in_a_traceback_shows_no_guest():
    shown = repr(read(body()))
    assert not [word for word in ("花子", "acme", "Acme", "120", "spring") if word in shown]


@pytest.mark.parametrize(
    ("sent", "email"),
    [
        ("Hanako <Hanako＠ACME.example>", "Hanako@acme.example"),
        ("mailto:h@acme.example", "h@acme.example"),
        ("h@acme.example.", "h@acme.example"),
        ("h@アクメ.jp", "h@xn--cck0a4k.jp"),
        ("a@x.test\nbcc: b@y.test\r\n\x00", "a@x.test bcc: b@y.test"),
        ("a@x.test, b@x.test", "a@x.test, b@x.test"),
        ("no address\u2028at all", "no address at all"),
        ("h" * 2_000, "h" * 1_000),
        (None, ""),
        (7, "7"),
    ],
)
def test_the_guests_address_is_read_and_what_is_none_is_kept_in_one_line(sent: object, email: str) -> None:
    assert read(body(guest={**BODY["guest"], "email": sent})).guest.email == email
