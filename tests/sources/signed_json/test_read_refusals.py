from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.booking import Booking
from hubsync.errors import BodyUnreadable
from hubsync.sources.signed_json import read
from tests.sources.signed_json.bodies import BODY, body, faults


@pytest.mark.parametrize(
    "time",
    [5, 1764550800, "1764550800", "2026-12-01", "tomorrow", "", "0001-01-01T00:00:00Z",
     "9999-12-31T23:59:59-12:00", "2026-13-01T00:00:00Z", "2026-12-01T10:00:00+99:00", {}, "2" * 100_000],
)  # fmt: skip
def test_a_start_that_is_no_time_is_refused(time):
    assert set(faults(body(start=time))) == {"start"}


def test_an_end_before_the_start_is_refused():
    assert faults(body(end="2026-12-01T10:00:00+10:00")) == {"end": "is before the start"}


@pytest.mark.parametrize("bad", ["", "  ", "a\x00b", "a\nb", "\ud800", "x" * 256, None, [], True, 1.5, 10**200])
def test_an_id_that_cannot_be_kept_as_it_is_is_refused(bad):
    assert set(faults(body(id=bad))) == {"id"}
    assert set(faults(body(calendar={"id": bad}))) == {"calendar.id"}


def test_all_faults_are_named_at_once_with_their_place():
    raw = body(
        event="booking.cancelled", calendar=5, guest=[], answers=[{"label": " ", "value": {}}, 7], url_params=[1]
    )
    assert faults(raw) == {
        "event": "must be booking.completed",
        "calendar": "must be an object",
        "guest": "must be an object",
        "answers.0.label": "is empty",
        "answers.0.value": "must be a text",
        "answers.1": "must be an object",
        "url_params": "must be an object",
    }


@pytest.mark.parametrize("raw", [b"{}", b"[]", b"null", b"1", b'"x"', b"", b"{", b"\xff\xfe", b"\x00", b"nul"])
def test_a_body_that_is_none_is_refused(raw):
    assert faults(raw)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (body()[:-1] + b', "id": "other"}', "has the same name twice in one object"),
        (body().replace(b"120", b"NaN"), "has a number that is none, such as NaN"),
        (body().replace(b"120", b"-Infinity"), "has a number that is none, such as NaN"),
        (b"[" * 200_000, "is nested too deeply"),
        (b'{"a":' * 40_000, "is nested too deeply"),
        (body().replace(b"120", b"1" * 10_000), "is not JSON"),
        (body().replace(b"120", b"1e99999999999999999999"), "is not JSON"),
        (body().decode().encode("utf-16"), "is not UTF-8"),
    ],
)
def test_json_that_means_several_things_or_none_is_refused(raw, reason):
    assert faults(raw) == {"body": reason}


@pytest.mark.parametrize("number", ["1e999999999", "1e-999999999", "1e400", "1" * 400, "0." + "1" * 400])
def test_a_number_that_would_fill_the_memory_is_refused(number):
    assert faults(body().replace(b"120", number.encode())) == {"answers.0.value": "is too long"}


def test_too_much_of_anything_is_refused():
    assert set(faults(body(answers=[{"label": "L"}] * 201))) == {"answers"}
    assert set(faults(body(answers=[{"label": "L", "value": ["x"] * 501}]))) == {"answers.0.value"}
    assert set(faults(body(url_params={str(n): "x" for n in range(101)}))) == {"url_params"}
    assert set(faults(body(guest={"name": "x" * 1_001}))) == {"guest.name"}


def test_what_no_database_can_keep_is_taken_out_of_texts():
    booking = read(
        body(guest={"name": "a\x00b\ud800"}, url_params={"a": "x\x00", "b\x00": "y", "\ud800": "z", "n": None})
    )
    assert booking.guest.name == "ab"
    assert booking.url_params == {"a": "x"}


def test_no_fault_repeats_what_the_guest_typed():
    secret = "hanako-secret"
    raw = body(
        id={secret: 1}, event=secret, calendar={"id": [secret]}, guest={"name": {secret: secret}},
        start=secret, end=secret,
        answers=[{"label": {secret: 1}, "value": [[secret]]}], url_params={secret: [secret]},
    )  # fmt: skip
    with pytest.raises(BodyUnreadable) as unreadable:
        read(raw)
    assert len(unreadable.value.faults) == 9
    assert secret not in f"{unreadable.value!r}{unreadable.value.faults}{unreadable.value.message}"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*BODY, "other"]), _JSON))
def test_whatever_is_sent_is_read_or_refused(changes):
    try:
        booking = read(body(**changes))
    except BodyUnreadable:
        return
    assert isinstance(booking, Booking)


@given(st.binary())
def test_whatever_bytes_are_sent_they_are_refused(raw):
    assert faults(raw)
