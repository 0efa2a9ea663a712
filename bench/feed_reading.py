"""Reading of a busy calendar: a file as a calendar server gives it out, in a process of its own that reads it."""

from __future__ import annotations

import os
import random
import resource
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from bench.figures import median, ms, table
from bench.report import ROOT, Finding
from hubsync.domain.busy_calendars import window_at
from hubsync.domain.busy_times import BusyTime
from hubsync.feeds.expansion import expand_documents
from hubsync.feeds.reading import Person
from hubsync.net.deadline import Deadline

EVENTS, SERIES = 1_000, 50
MOST_SECONDS, MOST_MB = 1.0, 100.0
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
READER = Person(frozenset({"mika@acme.example"}), "Europe/Berlin")
RULES = (
    "FREQ=DAILY",
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
    "FREQ=MONTHLY;BYDAY=1MO",
    "FREQ=MONTHLY;BYMONTHDAY=-1",
)
"""Of the series, in turns; each began up to three years ago and has no end, as most have none."""
BERLIN = """BEGIN:VTIMEZONE
TZID:Europe/Berlin
BEGIN:STANDARD
DTSTART:19961027T030000
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:19810329T020000
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
END:DAYLIGHT
END:VTIMEZONE"""


def feed_reading(tiny: bool) -> tuple[list[str], list[Finding]]:
    """The lines of a report and the numbers to reach."""
    events, series, times = (10, 2, 1) if tiny else (EVENTS, SERIES, 7)
    single = [_read(write_feed(events - series, 0), times), f"{events - series} events"]
    seconds, processor, memory, busy = _read(write_feed(events - series, series), times)
    rows = [
        [single[1], *_shown(*single[0])],
        [f"{events} events, {series} of them series without an end", *_shown(seconds, processor, memory, busy)],
    ]
    lines = [
        "Reading of a busy calendar, from its content to its busy times in 751 days, in the process that is",
        f"started for it and ended with it; medians of {times}. Events of a year are in Berlin's time, each with",
        "a title, a place, a text and three attendees, and every tenth series has a time that was moved.",
        "",
        *table(["Read", "Seconds", "Processor seconds", "MB", "Busy times"], rows),
    ]
    return lines, [
        Finding(
            f"a feed of {EVENTS} events with {SERIES} series",
            f"{ms(seconds)} ms",
            f"under {ms(MOST_SECONDS)} ms",
            seconds < MOST_SECONDS,
        ),
        Finding(
            "memory of the process that reads it", f"{memory:.0f} MB", f"under {MOST_MB:.0f} MB", memory < MOST_MB
        ),
    ]


def write_feed(events: int, series: int) -> bytes:
    """A calendar of *events* within a year and *series*, some of which have a time that was moved."""
    chance = random.Random(14)
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//bench//EN", *BERLIN.split("\n")]
    for number in range(events):
        start = NOW.replace(tzinfo=None) + timedelta(minutes=15 * chance.randrange(-30 * 96, 335 * 96))
        lines += _write_event(f"single-{number}", start, [])
    for number in range(series):
        start = NOW.replace(tzinfo=None) - timedelta(days=chance.randrange(1000), minutes=15 * number)
        lines += _write_event(f"series-{number}", start, [f"RRULE:{RULES[number % len(RULES)]}"])
        if number % 10 == 1:  # a weekly one
            weeks = (NOW.replace(tzinfo=None) - start).days // 7 + 3
            moved = start + timedelta(weeks=weeks)
            its = [f"RECURRENCE-ID;TZID=Europe/Berlin:{moved:%Y%m%dT%H%M%S}", "SEQUENCE:1"]
            lines += _write_event(f"series-{number}", moved + timedelta(hours=1), its)
    return ("\r\n".join([*lines, "END:VCALENDAR"]) + "\r\n").encode()


def _write_event(uid: str, start: datetime, more: list[str]) -> list[str]:
    attendees = [f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:guest{each}@acme.example" for each in range(3)]
    return [
        "BEGIN:VEVENT",
        f"UID:{uid}@bench.example",
        "DTSTAMP:20261101T000000Z",
        f"DTSTART;TZID=Europe/Berlin:{start:%Y%m%dT%H%M%S}",
        f"DTEND;TZID=Europe/Berlin:{start + timedelta(minutes=30):%Y%m%dT%H%M%S}",
        "SUMMARY:A meeting with a title of the usual length",
        "LOCATION:Room 3\\, second floor",
        "DESCRIPTION:" + "What is to be talked about. " * 2,
        *attendees,
        *more,
        "END:VEVENT",
    ]


def _read(content: bytes, times: int) -> tuple[float, float, float, int]:
    """Medians of the seconds and processor seconds of a reading, the most MB of any, and how many busy times."""
    seconds, processor = [], []
    busy: tuple[BusyTime, ...] = ()
    for _ in range(times):
        begin, used = time.perf_counter(), _of_children()
        busy, unread, _zone = expand_documents([content], window_at(NOW), READER, Deadline.after(30))
        seconds.append(time.perf_counter() - begin)
        processor.append(_of_children() - used)
        if unread:
            raise RuntimeError(f"{len(unread)} events of the bench's own feed could not be read")
    return median(seconds), median(processor), _most_resident(content), len(busy)


def _of_children() -> float:
    used = os.times()
    return used.children_user + used.children_system


def _most_resident(content: bytes) -> float:
    """The most MB (10^6 bytes) that the reading process has resident.

    Linux counts what its parent has when it is started, too: so a small one starts it, which is this module.
    """
    command = [sys.executable, "-m", "bench.feed_reading"]
    done = subprocess.run(command, input=content, stdout=subprocess.PIPE, cwd=ROOT, check=True)
    return int(done.stdout) * 1024 / 1e6


def _shown(seconds: float, processor: float, memory: float, busy: int) -> list[str]:
    return [f"{seconds:.2f}", f"{processor:.2f}", f"{memory:.0f}", f"{busy:,}"]


if __name__ == "__main__":
    expand_documents([sys.stdin.buffer.read()], window_at(NOW), READER, Deadline.after(30))
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
