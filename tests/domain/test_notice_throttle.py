"""The throttle of notices: when there may be another."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from hubsync.domain.clock_skew import SKEW
from hubsync.domain.notice_throttle import NoticeStep, next_step

START = datetime(2027, 1, 1, tzinfo=UTC)
WEEK = timedelta(days=7)


@pytest.mark.parametrize(
    ("sent_at", "after", "step"),
    [
        (None, timedelta(0), NoticeStep.PUT),
        (START, WEEK - timedelta(microseconds=1), NoticeStep.WAIT),
        (START, WEEK, NoticeStep.PUT),
        (START, -SKEW, NoticeStep.WAIT),
        (START, -SKEW - timedelta(seconds=1), NoticeStep.SET_BACK),
    ],
)
def test_what_may_be_done_when(sent_at: datetime | None, after: timedelta, step: NoticeStep) -> None:
    assert next_step(sent_at, START + after, WEEK) is step
