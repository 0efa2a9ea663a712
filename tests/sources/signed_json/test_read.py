from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from hubsync.domain.booking import Booking, GivenAnswer, Guest
from hubsync.domain.questions import Kind
from hubsync.sources import signed_json
from hubsync.sources.signed_json import read
from tests.sources.signed_json.bodies import BODY, body, faults

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
    text = (Path(signed_json.__file__).parent / "README.md").read_text("utf-8")
    booking = read(text.split("```json\n")[1].split("```")[0].encode())
    assert booking.external_id == "b-1001"
    assert [answer.value for answer in booking.answers] == ["120", ("Price", "Support"), True]


def test_what_may_be_missing_may_be_missing_or_null():
    lean = {name: BODY[name] for name in ("id", "event", "start", "end")} | {"calendar": {"id": 7}, "guest": {}}
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
        ([], None), (10**50, "1" + "0" * 50), ("x" * 70_000, "x" * 70_000),
    ],
)  # fmt: skip
def test_an_answer_may_be_a_text_list_number_truth_or_nothing(value, answer):
    [given] = answers({"label": "L", "value": value})
    assert given.value == answer
    assert type(given.value) is type(answer)


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
        "start": "has no offset, and the guest has no time zone"
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
