"""What the booking page costs: its times as they are counted, as they are stored, and as guests get them."""

from __future__ import annotations

from bench.free_times import free_times
from bench.month_page import month_page
from bench.report import Report


def run(tiny: bool = False) -> Report:
    """Measure every part of the page."""
    lines, findings = free_times(tiny)
    more, further = month_page(tiny)
    return Report("page", [*lines, "", *more], [*findings, *further])
