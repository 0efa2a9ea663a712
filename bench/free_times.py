"""Free times of a calendar with many bookings and busy times: the days of a page, and searches that go far."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bench.figures import median, ms, table
from bench.report import Finding
from hubsync.domain.availability.hosts import Booked, Busy, HostTimes
from hubsync.domain.availability.offers import Offers
from hubsync.domain.availability.opening_hours import USUAL_HOURS, Interval, OpeningHours
from hubsync.domain.availability.rules import FreeTimeRules, Rolling

MOST_SECONDS = 0.050
NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
TODAY = date(2026, 11, 29)
BERLIN = ZoneInfo("Europe/Berlin")
AROUND_THE_CLOCK = OpeningHours(((Interval(0, 1440),),) * 7)


@dataclass(frozen=True)
class Case:
    """What is asked, how often, and what the hosts are busy with: *hosts* are prepared anew each time."""

    name: str
    rules: FreeTimeRules
    hosts: Sequence[HostTimes]
    ask: Callable[[Offers], object]
    times: int
    most: float | None = None


def hosts(bookings: int, events: int, days: int = 60) -> list[HostTimes]:
    """Three hosts who share *bookings*, each with a feed of *events* busy times, all within *days*."""
    chance = random.Random(14)
    lengths = [timedelta(minutes=each) for each in (15, 30, 30, 45, 60, 120)]

    def some(number: int) -> list[tuple[datetime, datetime]]:
        starts = [NOW + timedelta(minutes=5 * chance.randrange(days * 288)) for _ in range(number)]
        return [(start, start + chance.choice(lengths)) for start in starts]

    return [
        HostTimes(
            host,
            [Busy(start, end, host) for start, end in some(events)],
            [Booked(start, end, bool(host % 2), 0, 10) for start, end in some(bookings // 3)],
        )
        for host in range(3)
    ]


def cases(tiny: bool) -> list[Case]:
    """What is measured; *tiny* proves only that it can be."""
    few, many = (1, 1) if tiny else (20, 5)
    page = FreeTimeRules(BERLIN, USUAL_HOURS, buffer_after=10)
    dense = FreeTimeRules(BERLIN, AROUND_THE_CLOCK, step_minutes=5, buffer_after=10, period=Rolling(365))
    never = [HostTimes(0, [Busy(NOW, NOW + timedelta(days=400), 0)])]
    usual = hosts(2_000, 1_000)

    def two_months(offers: Offers) -> object:
        return offers.between(TODAY, TODAY + timedelta(days=60))

    return [
        Case("60 days, 30-minute step, 3 hosts", page, usual, two_months, few, MOST_SECONDS),
        Case("the same with ten times the bookings and events", page, hosts(20_000, 10_000), two_months, many),
        Case("one instant", page, usual, lambda offers: offers.at(NOW + timedelta(days=9)), few),
        Case("the three nearest", page, usual, lambda offers: offers.nearest(NOW + timedelta(days=9)), few),
        Case(
            "the nearest where nothing is free for a year", dense, never, lambda offers: offers.nearest(NOW), many
        ),
        Case(
            "365 days, 5-minute step, around the clock",
            dense,
            usual,
            lambda offers: offers.between(TODAY, TODAY + timedelta(days=365)),
            many,
        ),
    ]


def measure(case: Case) -> float:
    """The median of its seconds of processor time, from stored times to the answer."""
    seconds = []
    for _ in range(case.times):
        begin = time.process_time()
        case.ask(Offers(case.rules, case.hosts, NOW))
        seconds.append(time.process_time() - begin)
    return median(seconds)


def free_times(tiny: bool) -> tuple[list[str], list[Finding]]:
    """The lines of a report and the numbers to reach."""
    measured = [(case, measure(case)) for case in cases(tiny)]
    base = measured[0][1]
    rows = [[case.name, ms(seconds), f"{seconds / base:.2f}"] for case, seconds in measured]
    lines = [
        "Free times of a calendar, from stored bookings and busy times to the answer: 3 hosts, 2,000",
        "bookings, and a busy calendar of 1,000 events for each host within 60 days. Milliseconds are",
        "medians of processor time; nothing is waited for.",
        "",
        *table(["Asked", "ms", "Times the first"], rows),
    ]
    findings = [
        Finding(case.name, f"{ms(seconds)} ms", f"at most {ms(case.most)} ms", seconds <= case.most)
        for case, seconds in measured
        if case.most is not None
    ]
    return lines, findings
