"""The zones that sources name, and the zone of a calendar that nobody chose one for."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.zones import zone_named, zone_of_new_calendar, zone_of_start


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("Asia/Tokyo", "Asia/Tokyo"), ("asia/tokyo", "Asia/Tokyo"), (" ASIA/TOKYO ", "Asia/Tokyo"), ("utc", "UTC"),
        ("Asia/Calcutta", "Asia/Calcutta"), ("Europe/Kiev", "Europe/Kiev"), ("Etc/GMT-9", "Etc/GMT-9"),
        ("Japan", "Japan"), ("EST5EDT", "EST5EDT"), ("America/Argentina/Buenos_Aires",) * 2,
        ("Tokyo Standard Time", ""), ("JST", ""), ("+09:00", ""), ("Mars/Olympus", ""), ("", ""), ("America", ""),
        ("localtime", ""), ("posixrules", ""), ("Factory", ""), ("right/Asia/Tokyo", ""), ("posix/Asia/Tokyo", ""),
        ("../../etc/passwd", ""), ("/etc/localtime", ""), ("Asia/Tokyo\x00", ""), ("Asia/Tokyo" + " " * 99, ""),
    ],
)  # fmt: skip
def test_a_zone_is_known_by_its_name_of_today_or_before(name: str, zone: str) -> None:
    assert zone_named(name) == zone


def start(hours: float, month: int = 3) -> datetime:
    return datetime(2027, month, 5, 10, tzinfo=timezone(timedelta(hours=hours)))


@pytest.mark.parametrize(
    ("hours", "month", "zone"),
    [
        (0, 3, "UTC"), (9, 3, "Etc/GMT-9"), (-5, 3, "Etc/GMT+5"), (14, 3, "Etc/GMT-14"), (-12, 3, "Etc/GMT+12"),
        (5.5, 3, "Asia/Kolkata"), (5.75, 3, "Asia/Kathmandu"), (-9.5, 3, "Pacific/Marquesas"), (15, 3, "UTC"),
        (-13, 3, "UTC"), (-3.5, 1, "America/St_Johns"), (-2.5, 7, "America/St_Johns"), (-2.5, 1, "UTC"),
        (12.75, 7, "Pacific/Chatham"), (0.25, 3, "UTC"),
    ],
)  # fmt: skip
def test_a_start_has_a_zone_that_is_as_far_from_utc(hours: float, month: int, zone: str) -> None:
    assert zone_of_start(start(hours, month)) == zone


@given(st.integers(-24 * 4 + 1, 24 * 4 - 1), st.integers(1, 12))
def test_the_zone_of_a_start_is_that_far_from_utc_or_utc_itself(quarters: int, month: int) -> None:
    moment = start(quarters / 4, month)
    zone = zone_of_new_calendar("", "", moment)
    assert moment.astimezone(ZoneInfo(zone)).utcoffset() == moment.utcoffset() or zone == "UTC"


@pytest.mark.parametrize(
    ("owners", "guests", "hours", "zone"),
    [
        ("Asia/Tokyo", "Europe/Berlin", 2, "Asia/Tokyo"),
        ("UTC", "Europe/Berlin", 9, "Europe/Berlin"),
        ("UTC", "asia/calcutta", 9, "Asia/Calcutta"),
        ("UTC", "Tokyo Standard Time", 9, "Etc/GMT-9"),
        ("UTC", "", 9, "Etc/GMT-9"),
        ("UTC", "UTC", 9, "UTC"),
        ("Mars/Olympus", "", 0, "UTC"),
    ],
)
def test_a_new_calendar_is_in_its_owners_zone_else_its_guests_else_its_starts(
    owners: str, guests: str, hours: int, zone: str
) -> None:
    assert zone_of_new_calendar(owners, guests, start(hours)) == zone
