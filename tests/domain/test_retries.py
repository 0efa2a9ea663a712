from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.retries import MAX_ATTEMPTS, next_attempt

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)


def wait(attempts: int, retry_after: float | None = None, jitter: float = 0.0) -> timedelta:
    due = next_attempt(attempts, NOW, retry_after, jitter)
    assert due is not None
    return due - NOW


def test_twelve_attempts_take_five_days():
    minutes = [wait(attempts).total_seconds() / 60 for attempts in range(1, MAX_ATTEMPTS)]
    assert minutes == [1, 5, 30, 120, 300, 600, 600, 1440, 1440, 1440, 1440]
    assert MAX_ATTEMPTS == 12
    assert timedelta(days=5) < sum(map(wait, range(1, 12)), timedelta()) < timedelta(days=5, hours=4)


@pytest.mark.parametrize("attempts", [12, 13, 1_000])
def test_after_the_twelfth_there_is_no_next_even_when_hubspot_asks_for_one(attempts):
    assert next_attempt(attempts, NOW, 60.0, 0.0) is None


@pytest.mark.parametrize(("jitter", "seconds"), [(-1, 48), (0.5, 66), (1, 72), (50, 72), (-50, 48)])
def test_jitter_moves_the_pause_by_at_most_a_fifth(jitter, seconds):
    assert wait(1, jitter=jitter) == timedelta(seconds=seconds)


def test_retry_after_wins_when_it_is_longer():
    assert wait(1, retry_after=3_600) == timedelta(hours=1)
    assert wait(4, retry_after=3_600) == timedelta(hours=2)


def test_jitter_never_comes_back_before_hubspot_allows_it():
    assert wait(1, retry_after=60, jitter=-1) == timedelta(seconds=60)


@pytest.mark.parametrize("nonsense", [float("nan"), float("inf"), -1.0, 0.0])
def test_a_nonsensical_retry_after_is_not_obeyed(nonsense):
    assert wait(1, retry_after=nonsense) == timedelta(minutes=1)


def test_a_huge_retry_after_ends_at_two_days():
    assert wait(1, retry_after=1e300) == timedelta(hours=48)


def test_counting_starts_at_one():
    with pytest.raises(ValueError, match="starts at 1"):
        next_attempt(0, NOW, None, 0.0)
