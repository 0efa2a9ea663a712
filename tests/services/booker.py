"""A serving process of its own, whose threads complete bookings of a source when it is told to go.

Run as a program with the settings as JSON in its first argument; it prints the state of each delivery.
"""

from __future__ import annotations

import json
import sys
import threading
from datetime import timedelta
from pathlib import Path
from queue import Empty, SimpleQueue

from hubsync.app import create_app
from hubsync.domain.booking import Booking, Guest
from hubsync.services import now
from hubsync.services.completing import complete_source_booking

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
        answers=(),
    )


def main() -> None:
    told = json.loads(sys.argv[1])
    app = create_app(told["settings"], instance_path=Path(told["instance_path"]))
    start = threading.Barrier(told["threads"] + 1)
    numbers: SimpleQueue[int] = SimpleQueue()
    for number in told["numbers"]:
        numbers.put(number)

    def work() -> None:
        with app.app_context():
            start.wait()
            while True:
                try:
                    number = numbers.get_nowait()
                except Empty:
                    return
                print(complete_source_booking(told["team_id"], booking_of(number)).state, flush=True)

    threads = [threading.Thread(target=work) for _ in range(told["threads"])]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    sys.stdin.readline()
    start.wait()
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    main()
