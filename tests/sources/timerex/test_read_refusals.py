from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.booking import Booking
from hubsync.errors import BodyUnreadable
from hubsync.sources.source import Ignored
from hubsync.sources.strict_json import load_json
from hubsync.sources.timerex.read import read as read_body
from tests.sources.timerex.bodies import BODY, EVENT, body, faults


@pytest.mark.parametrize("bad", ["", "  ", "a\x00b", "a\nb", "\ud800", "x" * 256, None, [], True, 1.5, 10**200])
def test_an_id_that_cannot_be_kept_as_it_is_is_refused(bad: Any) -> None:
    assert set(faults(body(id=bad))) == {"event.id"}
    assert set(faults(body(outside={"calendar_url_path": bad}))) == {"calendar_url_path"}


@pytest.mark.parametrize("time", [5, 1764550800, "2026-12-01", "tomorrow", "", {}, "0001-01-01T00:00:00Z", None])
def test_a_start_that_is_no_time_is_refused_even_if_the_local_one_is(time: Any) -> None:
    assert set(faults(body(start_datetime=time))) == {"event.start_datetime"}


@pytest.mark.parametrize("zone", [None, "", "Mars/Olympus", 9, "/etc/localtime"])
def test_a_start_without_an_offset_needs_the_calendars_zone(zone: Any) -> None:
    assert faults(body(start_datetime="2026-12-01T10:00:00", calendar_timezone=zone)) == {
        "event.start_datetime": "has no offset, and there is no time zone to read it in"
    }


def test_all_faults_are_named_at_once_with_their_place() -> None:
    outside = {"webhook_type": 5, "calendar_url_path": []}
    assert faults(body(id={}, start_datetime=None, outside=outside)) == {
        "webhook_type": "must be a text",
        "calendar_url_path": "must be a text",
        "event.id": "must be a text",
        "event.start_datetime": "is missing",
    }
    assert faults(b'{"webhook_type": null, "event": []}') == {
        "webhook_type": "is missing",
        "calendar_url_path": "is missing",
        "event": "must be an object",
    }


@pytest.mark.parametrize("raw", [b"{}", b"[]", b"null", b"1", b'"x"', b"", b"{", b"\xff\xfe", b"\x00", b"a=b"])
def test_a_body_that_is_none_is_refused(raw: bytes) -> None:
    assert faults(raw)


def test_no_fault_repeats_what_the_guest_typed() -> None:
    secret = "hanako-secret"
    raw = body(
        id={secret: secret}, start_datetime=secret, form=[{secret: secret}],
        outside={"webhook_type": [secret], "calendar_url_path": [secret]},
    )  # fmt: skip
    with pytest.raises(BodyUnreadable) as unreadable:
        read_body(load_json(raw))
    assert len(unreadable.value.faults) == 4
    assert secret not in f"{unreadable.value!r}{unreadable.value.faults}{unreadable.value.message}"


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=8,
)
_TYPES = ("guest_name", "guest_email", "company_name", "guest_comment", "x")
_FIELD = st.dictionaries(
    st.sampled_from(["field_type", "label", "value", "options"]), _JSON | st.sampled_from(_TYPES), max_size=4
)
_MOMENTS = st.datetimes().map(str) | st.datetimes(timezones=st.timezones()).map(lambda each: each.isoformat())


@given(
    st.dictionaries(st.sampled_from([*EVENT, "other"]), _JSON | st.lists(_FIELD | _JSON, max_size=4) | _MOMENTS),
    st.dictionaries(st.sampled_from([*BODY, "other"]), _JSON, max_size=2),
)
def test_whatever_is_sent_is_read_ignored_or_refused(changes: dict[str, Any], outside: dict[str, Any]) -> None:
    sent = {**BODY, "event": {**EVENT, **changes}, **outside}
    try:
        said = read_body(sent)
    except BodyUnreadable:
        return
    assert isinstance(said, Booking | Ignored)
    if isinstance(said, Booking):
        assert said.starts_at is not None
        assert said.ends_at is not None
        assert said.starts_at.utcoffset() is not None
        assert said.starts_at <= said.ends_at


@given(st.binary())
def test_whatever_bytes_are_sent_they_are_refused(raw: bytes) -> None:
    assert faults(raw)
