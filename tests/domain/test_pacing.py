"""The pace that is kept when nobody waits, and the end of a day at HubSpot."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.pacing import SHARE, RateLimit, next_midnight, paced

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


@given(st.lists(st.integers(1, 6), min_size=1, max_size=60), st.integers(20, 400))
def test_whoever_waits_for_the_pace_stays_under_its_share_of_the_limit(calls: list[int], most: int) -> None:
    limit = RateLimit(most, 10.0)
    moment, busy, made = NOON, None, []
    for number in calls:
        moment = max(moment, busy or moment)
        made.append((moment, number))
        busy = paced(busy, moment, number, 0, limit)
    for start, _ in made:
        within = sum(number for at, number in made if start <= at < start + timedelta(seconds=10))
        # What the burst of two seconds allows, and one delivery that was begun in time, come on top of the share.
        assert within <= most * SHARE * 1.2 + 6 + 1e-6


def test_searches_have_a_limit_of_their_own() -> None:
    busy, moment = None, NOON
    for _each in range(40):
        moment = max(moment, busy or moment)
        busy = paced(busy, moment, 1, 1, RateLimit(1_000_000, 10.0))
    assert 40 / (moment - NOON).total_seconds() < 5


def test_a_quiet_time_saves_up_no_more_than_the_burst() -> None:
    limit = RateLimit(100, 10.0)
    assert paced(NOON - timedelta(days=1), NOON, 10, 0, limit) == paced(None, NOON, 10, 0, limit) < NOON


def test_however_much_guests_book_the_background_waits_little_longer_than_the_limit_looks_back() -> None:
    busy = None
    for _each in range(1000):
        busy = paced(busy, NOON, 3, 1, RateLimit(100, 10.0))
    assert busy is not None
    assert timedelta(seconds=10) < busy - NOON < timedelta(seconds=11)


def test_what_hubspot_asked_for_is_not_cut_short() -> None:
    asked = NOON + timedelta(hours=1)
    assert paced(asked, NOON, 3, 1, RateLimit(100, 10.0)) == asked


@pytest.mark.parametrize(
    ("zone", "expected"),
    [
        ("Asia/Tokyo", datetime(2026, 11, 23, 15, 1, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 11, 24, 5, 1, tzinfo=UTC)),
        ("", datetime(2026, 11, 24, 0, 1, tzinfo=UTC)),
        ("No/Where", datetime(2026, 11, 24, 0, 1, tzinfo=UTC)),
    ],
)
def test_the_day_ends_at_midnight_where_the_account_is(zone: str, expected: datetime) -> None:
    assert next_midnight(NOON, zone) == expected
