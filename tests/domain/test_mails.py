"""When a mail of the outbox is tried again."""

from __future__ import annotations

from datetime import UTC, datetime

from hubsync.domain.mails import RETRIES, MailKind

START = datetime(2027, 1, 1, tzinfo=UTC)


def pauses(kind: MailKind, most: int = 8) -> list[float | None]:
    """In minutes, after each of so many tries; None after the last one."""
    tried = [RETRIES[kind].next_try(tries, START) for tries in range(1, most + 1)]
    assert [RETRIES[kind].is_last(tries) for tries in range(1, most + 1)] == [each is None for each in tried]
    return [(each - START).total_seconds() / 60 if each else None for each in tried]


def test_most_are_tried_seven_times_within_a_day() -> None:
    assert pauses(MailKind.GUEST_CONFIRMATION) == [1, 5, 30, 120, 360, 720, None, None]


def test_pauses_of_a_notice_grow_from_five_minutes_to_six_hours_and_stay_there() -> None:
    assert pauses(MailKind.NOTICE) == [5, 30, 120, 360, 360, 360, 360, 360]


def test_an_expiry_warning_is_tried_every_hour() -> None:
    assert pauses(MailKind.EXPIRY_WARNING, 3) == [60, 60, 60]
