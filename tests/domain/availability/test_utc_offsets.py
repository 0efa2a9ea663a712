"""The offsets of a zone over a stretch of time: each of its changes to the second, and none overlooked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from hubsync.domain.availability.seconds import last_second, moment_of
from hubsync.domain.availability.utc_offsets import offset_spans


@pytest.mark.parametrize(
    ("zone", "year"),
    [
        ("Europe/Berlin", 2026),
        ("Asia/Gaza", 2040),
        ("Africa/Casablanca", 2026),
        ("Pacific/Apia", 2011),
        ("Asia/Tokyo", 2026),
    ],
)
def test_every_change_of_a_year_is_there(zone: str, year: int) -> None:
    begin, hours = datetime(year, 1, 1, tzinfo=UTC), 365 * 24
    spans = offset_spans(ZoneInfo(zone), last_second(begin), last_second(begin + timedelta(hours=hours)))
    assert [(one.end, one.offset != two.offset) for one, two in pairwise(spans)] == [
        (each.begin, True) for each in spans[1:]
    ]
    for number in range(hours):
        moment = begin + timedelta(hours=number)
        (offset,) = (each.offset for each in spans if each.begin <= last_second(moment) < each.end)
        assert timedelta(seconds=offset) == moment.astimezone(ZoneInfo(zone)).utcoffset()


def test_a_change_is_found_to_the_second_at_both_ends() -> None:
    change = last_second(datetime(2026, 3, 29, 1, tzinfo=UTC))
    berlin = ZoneInfo("Europe/Berlin")
    assert offset_spans(berlin, change - 5, change + 1) == [(change - 5, change, 3600), (change, change + 1, 7200)]
    assert offset_spans(berlin, change - 1, change) == [(change - 1, change, 3600)]
    assert offset_spans(berlin, change, change + 5) == [(change, change + 5, 7200)]
    assert moment_of(change).astimezone(berlin).hour == 3
