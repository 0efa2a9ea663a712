"""A serving process of its own, whose threads complete bookings of a source when it is told to go.

It prints the state of each delivery.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from queue import Empty, SimpleQueue

from hubsync.domain.booking import Booking, GivenAnswer, Guest
from hubsync.services import now
from hubsync.services.bookings.completion import complete
from tests.kit.workers import in_threads, read_task

COMPANIES = 5


def booking_of(number: int) -> Booking:
    """The booking with this number: of one of five companies, and of a guest of its own."""
    company, starts = number % COMPANIES, now() + timedelta(days=2)
    return Booking(
        source="signed_json",
        external_id=f"b{number}",
        calendar_external_id="demo",
        calendar_name="Demo",
        guest=Guest(f"Guest {number}", f"guest{number}@acme{company}.co.jp", f"Acme {company}"),
        starts_at=starts,
        ends_at=starts + timedelta(minutes=30),
        answers=(GivenAnswer("Phone", f"1-{number}"), GivenAnswer("Phone", f"2-{number}")),
    )


def main() -> None:
    task, app = read_task()
    numbers: SimpleQueue[int] = SimpleQueue()
    for number in task["numbers"]:
        numbers.put(number)

    def left() -> Iterator[int]:
        try:
            while True:
                yield numbers.get_nowait()
        except Empty:
            return

    def work() -> list[str]:
        return [complete(task["team_id"], booking_of(number)).state for number in left()]

    in_threads(app, task["threads"], work)
