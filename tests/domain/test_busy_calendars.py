"""What counts of a person whose busy calendar cannot be read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.busy_calendars import COUNTS_FOR, WhenUnreadable, keeps_times_back

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
