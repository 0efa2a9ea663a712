"""Which of HubSpot's refusals pause the whole account, and until when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.pauses import Pause, next_midnight, pause_of
from hubsync.errors import (
    ACCOUNT_TROUBLES,
    AccountFull,
    AnswerLost,
    HubSpotBusy,
    HubSyncError,
    RateLimited,
    RecordRefused,
    family,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def after(**time: float) -> datetime:
    return NOON + timedelta(**time)


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (RateLimited(policy="DAILY"), ("daily_limit", datetime(2026, 11, 23, 15, 1, tzinfo=UTC))),
        (RateLimited(policy="DAILY", retry_after=5), ("daily_limit", datetime(2026, 11, 23, 15, 1, tzinfo=UTC))),
        (HubSpotBusy(status=477), ("account_moving", after(hours=1))),
        (HubSpotBusy(status=477, retry_after=60), ("account_moving", after(hours=1))),
        (HubSpotBusy(status=477, retry_after=7200), ("account_moving", after(hours=2))),
        (AccountFull(status=402, retry_after=7200), ("account_full", after(hours=1))),
    ],
)
def test_a_refusal_of_the_whole_account_pauses_it(fault: HubSyncError, expected: tuple[str, datetime]) -> None:
    assert pause_of(fault, NOON, "Asia/Tokyo") == Pause(*expected)


@pytest.mark.parametrize(
    "fault",
    [
        None,
        RateLimited(policy="TEN_SECONDLY_ROLLING", retry_after=10),
        HubSpotBusy(status=503, retry_after=60),
        AnswerLost(status=500),
        RecordRefused(status=400),
    ],
)
def test_nothing_else_pauses_it(fault: HubSyncError | None) -> None:
    assert pause_of(fault, NOON, "Asia/Tokyo") is None


def test_every_trouble_of_the_account_pauses_it() -> None:
    for code in ACCOUNT_TROUBLES:
        assert pause_of(family()[code](), NOON, "UTC") == (code, after(hours=1))


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
