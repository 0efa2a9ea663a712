"""When the next comparison is due: in the night of whoever owns the team, in summer as in winter."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.comparisons import AT_NIGHT, next_night

ZONES = ("Asia/Tokyo", "UTC", "Europe/Berlin", "America/New_York", "Pacific/Kiritimati", "Pacific/Pago_Pago")


def test_it_is_the_first_night_to_come() -> None:
    noon = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
    assert next_night(noon, "Asia/Tokyo", 7) == datetime(2026, 11, 29, 18, 7, tzinfo=UTC)
    assert next_night(noon + timedelta(hours=7), "Asia/Tokyo", 7) == datetime(2026, 11, 30, 18, 7, tzinfo=UTC)


@pytest.mark.parametrize("zone", ZONES)
@given(
    moment=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2028, 1, 1)), spread=st.integers(0, 999)
)
def test_it_comes_within_a_day_at_three(zone: str, moment: datetime, spread: int) -> None:
    moment = moment.replace(tzinfo=UTC)
    night = next_night(moment, zone, spread)
    assert moment < night <= moment + timedelta(hours=25)
    assert night.tzinfo is UTC
    assert (night.astimezone(ZoneInfo(zone)).hour, night.minute % 15) == (AT_NIGHT, spread % 60 % 15)
