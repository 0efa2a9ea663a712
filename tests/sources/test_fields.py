"""Single fields of a body, whatever was sent in them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hubsync.sources import fields


@pytest.mark.parametrize(
    ("sent", "tag"),
    [
        ("ja", "ja"), (" en ", "en"), ("ja-JP", "ja-JP"), ("zh_Hant_TW", "zh-Hant-TW"), ("fil", "fil"),
        ("", ""), ("j", ""), ("japanese", ""), ("ja-", ""), ("ja JP", ""), ("日本", ""), ("ja\n-JP", ""),
        ("en-" + "a" * 8 + "-a" * 20, ""), (None, ""), (5, ""), (["ja"], ""),
    ],
)  # fmt: skip
def test_a_language_is_a_tag_or_nothing(sent: object, tag: str) -> None:
    assert fields.language_tag(sent) == tag


AUTUMN = "2026-11-01T01:45:00"  # New York's clocks strike this time twice
SPRING = "2026-03-08T01:45:00"  # and the next half hour is none there


@pytest.mark.parametrize(
    ("sent", "moment"),
    [
        (AUTUMN, datetime(2026, 11, 1, 5, 45, tzinfo=UTC)),
        (SPRING, datetime(2026, 3, 8, 6, 45, tzinfo=UTC)),
        ("2026-03-08T02:15:00", datetime(2026, 3, 8, 7, 15, tzinfo=UTC)),  # a time that no clock shows
    ],
)
def test_a_time_in_a_zone_is_one_moment_though_the_clocks_change(sent: str, moment: datetime) -> None:
    read = fields.place_in_time(fields.moment(sent), "America/New_York", "start")
    assert read == moment
    assert read + timedelta(minutes=30) == moment + timedelta(minutes=30)
