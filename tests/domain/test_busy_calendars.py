"""What counts of a person whose busy calendar cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.availability.rules import LONGEST_PERIOD
from hubsync.domain.busy_calendars import (
    COUNTS_FOR,
    WhenUnreadable,
    is_to_be_announced,
    keeps_times_back,
    next_reading,
    window_at,
)

NOW = datetime(2026, 12, 1, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.mark.parametrize(
    ("chosen", "read_at", "none"),
    [
        (WhenUnreadable.SHOW_NONE, NOW - COUNTS_FOR - MINUTE, True),
        (WhenUnreadable.SHOW_NONE, NOW - COUNTS_FOR, False),
        (WhenUnreadable.SHOW_NONE, None, True),
        (WhenUnreadable.SHOW_TIMES, NOW - COUNTS_FOR - MINUTE, False),
        (WhenUnreadable.SHOW_TIMES, None, False),
    ],
)
def test_the_last_state_counts_for_a_day_then_the_choice(
    chosen: WhenUnreadable, read_at: datetime | None, none: bool
) -> None:
    assert keeps_times_back(chosen, read_at, NOW) is none


def test_what_is_read_is_the_same_all_day_and_covers_the_longest_period() -> None:
    morning, evening = NOW.replace(hour=0, minute=0), NOW.replace(hour=23, minute=59)
    assert window_at(morning) == window_at(evening)
    assert window_at(NOW).start == datetime(2026, 11, 30, tzinfo=UTC)
    assert window_at(evening).end - evening >= timedelta(days=750)
    assert timedelta(days=750) > timedelta(days=LONGEST_PERIOD + 2)


@pytest.mark.parametrize(
    ("failures", "asked", "jitter", "minutes"),
    [
        (0, None, 0, 10),
        (0, None, 1, 15),
        (1, None, 0, 10),
        (2, None, 0, 10),
        (3, None, 0, 20),
        (5, None, 1, 120),
        (99, None, 0, 120),
        (1, 3600.0, 0, 60),
        (1, 3600.0, 1, 66),
        (1, 1.0, 0, 10),
        (1, 1e9, 1, 24 * 60),
    ],
)
def test_pauses_grow_with_failures_and_are_never_shorter_than_a_server_asks(
    failures: int, asked: float | None, jitter: float, minutes: int
) -> None:
    assert next_reading(NOW, failures, asked, jitter) - NOW == minutes * MINUTE


@pytest.mark.parametrize(
    ("failures", "for_minutes", "told", "due"),
    [(3, 60, False, True), (2, 600, False, False), (9, 59, False, False), (9, 600, True, False)],
)
def test_a_person_is_mailed_after_several_readings_in_vain_and_an_hour_once(
    failures: int, for_minutes: int, told: bool, due: bool
) -> None:
    since = NOW - for_minutes * MINUTE
    assert is_to_be_announced(failures, since, NOW if told else None, NOW) is due
    assert not is_to_be_announced(0, None, None, NOW)
