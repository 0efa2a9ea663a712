"""The month page over a socket: one guest, twenty who read it at a time, and twenty who open it at one instant.

Beside the seconds that guests wait stands the processor time of the server, which is the same on a busy machine.
"""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import requests

from bench.figures import median, ms, percentile, table
from bench.installation import built
from bench.report import Finding
from bench.serving import served
from bench.stored_times import BOOKINGS, EVENTS, fill, measure_stored

MOST_STORED, MOST_PAGE = 0.050, 0.100
GUESTS = 20
READING_SECONDS = 2.0
"""A guest looks at a month for so long on average before opening the next one; few people are faster."""
NOWHERE = "http://127.0.0.1:9"


def month_page(tiny: bool) -> tuple[list[str], list[Finding]]:
    """The lines of a report and the numbers to reach."""
    times, pages, reading_seconds = (1, 1, 0.0) if tiny else (100, 10, READING_SECONDS)
    bookings, events = (20, 10) if tiny else (BOOKINGS, EVENTS)
    with built(NOWHERE) as installation:
        fill(installation, bookings, events)
        loading, counting = measure_stored(installation, min(times, 20))
        with served(installation) as serving:
            address = f"{serving.url}/book/{installation.slug}?time_zone=Asia/Tokyo"
            _open_pages(address, 3, 0.0)
            used = serving.processor_seconds
            alone = _open_pages(address, times, 0.0)
            a_page = (serving.processor_seconds - used) / times
            reading = _together(address, pages, reading_seconds)
            at_once = _together(address, pages, 0.0)
            memory = serving.resident_mb
    rows = [
        [name, ms(median(seconds)), ms(percentile(seconds, 0.95)), f"{median(seconds) / median(alone):.2f}"]
        for name, seconds in (
            ("one guest after the other", alone),
            (f"{GUESTS} guests, who look at each month for {READING_SECONDS:g} s or so", reading),
            (f"{GUESTS} guests, who open one page after the other at once", at_once),
        )
    ]
    stored = loading + counting
    p95, p95_at_once = percentile(reading, 0.95), percentile(at_once, 0.95)
    lines = [
        f"The same from the database, {bookings} bookings and three busy calendars of {events} times.",
        f"Processor time of 60 days: {ms(loading)} ms to read them, {ms(counting)} ms to count the times.",
        f"Reading is {loading / stored:.0%} of it.",
        "",
        "The month page over a socket, gunicorn with one process and 24 threads, in milliseconds:",
        "",
        *table(["Guests", "p50", "p95", "Times one guest"], rows),
        "",
        f"One page took {ms(a_page)} ms of processor time of the serving process, which had at most",
        f"{memory:.0f} MB resident. Free times of a month are counted again when what they come from has changed.",
    ]
    return lines, [
        Finding(
            "60 days from stored rows",
            f"{ms(stored)} ms",
            f"at most {ms(MOST_STORED)} ms",
            stored <= MOST_STORED,
        ),
        Finding(
            f"p95 of the month page with {GUESTS} guests",
            f"{ms(p95)} ms",
            f"under {ms(MOST_PAGE)} ms",
            p95 < MOST_PAGE,
        ),
        Finding(
            f"p95 of the month page with {GUESTS} guests at once",
            f"{ms(p95_at_once)} ms",
            f"under {ms(MOST_PAGE)} ms",
            p95_at_once < MOST_PAGE,
        ),
    ]


def _together(address: str, pages: int, reading: float) -> list[float]:
    ready = threading.Barrier(GUESTS)

    def guest(number: int) -> list[float]:
        ready.wait(timeout=60)
        return _open_pages(address, pages, reading, number)

    with ThreadPoolExecutor(GUESTS) as rooms:
        return [each for seconds in rooms.map(guest, range(GUESTS)) for each in seconds]


def _open_pages(address: str, pages: int, reading: float, number: int = 0) -> list[float]:
    """The seconds of each page; between them a guest reads for *reading* seconds on average."""
    chance = random.Random(number)
    found = []
    with requests.Session() as session:
        session.trust_env = False
        session.headers["Connection"] = "close"  # gunicorn closes after two seconds what nobody uses
        for _ in range(pages):
            time.sleep(chance.uniform(0, 2 * reading))
            begin = time.perf_counter()
            session.get(address, timeout=60).raise_for_status()
            found.append(time.perf_counter() - begin)
    return found
