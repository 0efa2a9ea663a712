from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.booking import Booking
from hubsync.errors import BodyUnreadable
from hubsync.sources.source import Ignored
from tests.sources.signed_json.bodies import BODY, body, faults, read


@pytest.mark.parametrize(
    "time",
    [5, 1764550800, "1764550800", "2026-12-01", "tomorrow", "", "0001-01-01T00:00:00Z",
     "9999-12-31T23:59:59-12:00", "2026-13-01T00:00:00Z", "2026-12-01T10:00:00+99:00", {}, "2" * 100_000],
)  # fmt: skip
def test_a_start_that_is_no_time_is_refused(time):
    assert set(faults(body(start=time))) == {"start"}


@pytest.mark.parametrize("bad", ["", "  ", "a\x00b", "a\nb", "\ud800", "x" * 256, None, [], True, 1.5, 10**200])
def test_an_id_that_cannot_be_kept_as_it_is_is_refused(bad):
    assert set(faults(body(id=bad))) == {"id"}
    assert set(faults(body(calendar={"id": bad}))) == {"calendar.id"}


def test_all_faults_are_named_at_once_with_their_place():
    raw = body(id=[], event=["booking.completed"], calendar=5, start=None)
    assert faults(raw) == {
        "id": "must be a text",
        "event": "must be a text",
        "calendar": "must be an object",
        "start": "is missing",
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
        (body().decode().encode("utf-16"), "is not UTF-8"),
    ],
)
def test_json_that_means_several_things_or_none_is_refused(raw, reason):
    assert faults(raw) == {"body": reason}


def test_what_no_database_can_keep_is_taken_out_of_texts():
    booking = read(
        body(guest={"name": "a\x00b\ud800"}, url_params={"a": "x\x00", "b\x00": "y", "\ud800": "z", "n": None})
    )
    assert booking.guest.name == "ab"
    assert booking.url_params == {"a": "x"}


def test_no_fault_repeats_what_the_guest_typed():
    secret = "hanako-secret"
    raw = body(
        id={secret: 1}, event={secret: 1}, calendar={"id": [secret]}, guest={"name": {secret: secret}},
        start=secret, end=secret,
        answers=[{"label": {secret: 1}, "value": [[secret]]}], url_params={secret: [secret]},
    )  # fmt: skip
    with pytest.raises(BodyUnreadable) as unreadable:
        read(raw)
    assert len(unreadable.value.faults) == 4
    assert secret not in f"{unreadable.value!r}{unreadable.value.faults}{unreadable.value.message}"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from([*BODY, "other"]), _JSON))
def test_whatever_is_sent_is_read_or_refused(changes):
    try:
        said = read(body(**changes))
    except BodyUnreadable:
        return
    assert isinstance(said, Booking | Ignored)


@given(st.binary())
def test_whatever_bytes_are_sent_they_are_refused(raw):
    assert faults(raw)
