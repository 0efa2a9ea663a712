"""When a source counts as silent: never without a history, never within what is usual, always beyond it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.silence import HISTORY, LEAST_BOOKINGS, LEAST_HISTORY, LEAST_SILENCE, silent_since

START = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
GAPS = st.lists(st.integers(min_value=1, max_value=14 * 24 * 60), min_size=1, max_size=60)
"""In minutes."""


def moments(gaps: list[int]) -> list[datetime]:
    found, moment = [START], START
    for each in gaps:
        moment += timedelta(minutes=each)
        found.append(moment)
    return found


def workdays(weeks: int) -> list[datetime]:
    """Two bookings on each workday."""
    days = [START + timedelta(days=day) for day in range(7 * weeks) if day % 7 < 5]
    return [day + timedelta(hours=hour) for day in days for hour in (0, 4)]


def test_a_daily_source_is_silent_after_more_than_a_weekend() -> None:
    came = workdays(5)
    last = came[-1]
    assert silent_since(came, last + timedelta(days=2, hours=20)) is None, "the next Monday"
    assert silent_since(came, last + timedelta(days=3)) is None
    assert silent_since(came, last + timedelta(days=3, hours=1)) == last


def test_a_source_that_had_a_holiday_has_to_be_quiet_for_longer_than_that() -> None:
    came = [each for each in workdays(5) if not timedelta(days=7) <= each - START < timedelta(days=14)]
    last = came[-1]
    assert silent_since(came, last + timedelta(days=9)) is None
    assert silent_since(came, last + timedelta(days=11)) == last


def test_without_a_history_nothing_is_silent() -> None:
    assert silent_since([], START) is None
    assert silent_since(workdays(1), START + timedelta(days=300)) is None, "ten bookings in five days"
    weekly = [START + timedelta(weeks=week) for week in range(LEAST_BOOKINGS - 2)]
    assert silent_since(weekly, START + timedelta(days=300)) is None


def test_what_lies_further_back_than_the_history_says_nothing() -> None:
    old = [START - timedelta(days=200), START - timedelta(days=100)]
    came = [*old, *workdays(6)]
    assert silent_since(came, max(came) + timedelta(days=4)) == max(came)


@given(gaps=GAPS, quiet=st.integers(min_value=0, max_value=400 * 24 * 60), data=st.data())
def test_it_is_never_called_silent_within_what_was_usual(gaps: list[int], quiet: int, data: st.DataObject) -> None:
    came = moments(gaps)
    now = came[-1] + timedelta(minutes=quiet)
    since = silent_since(data.draw(st.permutations(came)), now)
    within = [each for each in came if each > came[-1] - HISTORY]
    usual = max((b - a for a, b in pairwise(within)), default=timedelta(0))
    if since is not None:
        assert since == came[-1]
        assert now - since > max(usual, LEAST_SILENCE)
        assert len(within) >= LEAST_BOOKINGS
        assert since - within[0] >= LEAST_HISTORY


@given(
    gaps=GAPS,
    quiet=st.integers(min_value=0, max_value=60 * 24 * 60),
    more=st.integers(min_value=0, max_value=10**6),
)
def test_a_silence_goes_on_until_a_booking_ends_it(gaps: list[int], quiet: int, more: int) -> None:
    came = moments(gaps)
    now = came[-1] + timedelta(minutes=quiet)
    if silent_since(came, now) is not None:
        assert silent_since(came, now + timedelta(minutes=more)) == came[-1]
        assert silent_since([*came, now], now) is None


@given(gaps=GAPS)
def test_what_has_a_history_is_silent_some_day(gaps: list[int]) -> None:
    came = moments(gaps)
    within = [each for each in came if each > came[-1] - HISTORY]
    enough = len(within) >= LEAST_BOOKINGS and came[-1] - within[0] >= LEAST_HISTORY
    assert (silent_since(came, came[-1] + 4 * HISTORY) is not None) == enough


def test_a_time_in_which_nobody_listened_is_no_silence() -> None:
    came = workdays(5)
    last = came[-1]
    watched_since = last + timedelta(days=40)
    assert silent_since(came, watched_since + timedelta(days=3), watched_since) is None
    assert silent_since(came, watched_since + timedelta(days=3, hours=1), watched_since) == last


@given(gaps=GAPS, quiet=st.integers(0, 60 * 24 * 60), watched=st.integers(0, 60 * 24 * 60))
def test_being_watched_for_less_never_makes_a_source_silent(gaps: list[int], quiet: int, watched: int) -> None:
    came = moments(gaps)
    now = came[-1] + timedelta(minutes=quiet)
    since = silent_since(came, now, now - timedelta(minutes=watched))
    if since is not None:
        assert silent_since(came, now) == since
        assert timedelta(minutes=watched) > LEAST_SILENCE
