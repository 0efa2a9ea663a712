"""Seconds and milliseconds are moments; whatever else is a number, or none, stays as it is."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.sources.signed_webhook.moments import iso_time


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (1790000000, "2026-09-21T14:13:20+00:00"),
        ("1790000000", "2026-09-21T14:13:20+00:00"),
        (1790000000500, "2026-09-21T14:13:20.500000+00:00"),
        (Decimal("1790000000.25"), "2026-09-21T14:13:20.250000+00:00"),
    ],
)
def test_seconds_and_milliseconds_are_moments(sent: Any, read: str) -> None:
    assert iso_time(sent) == read


@pytest.mark.parametrize(
    "sent", [0, 5, True, 10**10, 10**14, 10**400, -(10**400), Decimal("1e9999"), "1" * 50, None, []]
)
def test_what_is_none_stays_as_it_is(sent: Any) -> None:
    assert iso_time(sent) is sent


@given(st.integers() | st.decimals(allow_nan=False, allow_infinity=False) | st.text())
def test_whatever_is_sent_is_read_or_left(sent: Any) -> None:
    assert iso_time(sent) is sent or isinstance(iso_time(sent), str)
