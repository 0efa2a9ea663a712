"""A serving process of its own, whose threads take in what a source tells of bookings when it is told to go.

It prints what became of each piece of news.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hubsync.domain.booking import Booking, BookingEvent, GivenAnswer
from hubsync.services.bookings.completion import take_in
from tests.kit.source_bookings import source_booking
from tests.kit.workers import in_threads, read_task

FIRST = datetime(2026, 12, 8, 1, tzinfo=UTC)
"""The time of each booking before it is moved by whole days."""
TOLD = datetime(2026, 12, 1, tzinfo=UTC)


def news(
    external_id: str,
    event: str = "completed",
    *,
    day: int = 0,
    minute: int = 0,
    replaces: str = "",
    label: str = "",
) -> Booking:
    """What is told of a booking so many minutes after the first news; *label* is a question that is answered."""
    starts_at = FIRST + timedelta(days=day)
    return replace(
        source_booking(external_id, (GivenAnswer(label, "yes"),) if label else ()),
        event=BookingEvent(event),
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=30),
        occurred_at=TOLD + timedelta(minutes=minute),
        replaces=replaces,
        reason=event,
    )


def main() -> None:
    task, app = read_task()
    told: list[dict[str, Any]] = task["news"]

    def work() -> list[str]:
        return [take_in(task["team_id"], news(**each)).result for each in told]

    in_threads(app, task["threads"], work)
