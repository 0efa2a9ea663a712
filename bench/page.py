"""What the booking page costs."""

from __future__ import annotations

from bench.free_times import free_times
from bench.report import Report


def run(tiny: bool = False) -> Report:
    """Measure every part of the page."""
    lines, findings = free_times(tiny)
    return Report("page", lines, findings)
