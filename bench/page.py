"""What the booking page costs: busy calendars read, times counted and stored, and pages as guests get them."""

from __future__ import annotations

from bench.feed_reading import feed_reading
from bench.free_times import free_times
from bench.month_page import month_page
from bench.report import Report


def run(tiny: bool = False) -> Report:
    """Measure every part of the page."""
    lines: list[str] = []
    findings = []
    for measure in (free_times, feed_reading, month_page):
        more, further = measure(tiny)
        lines += ["", *more] if lines else more
        findings += further
    return Report("page", lines, findings)
