"""Medians, percentiles, and how they are written."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import median


def percentile(seconds: Sequence[float], share: float) -> float:
    """The smallest value that *share* (0 to 1) of all values do not exceed; of at least one value."""
    ordered = sorted(seconds)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def ms(seconds: float) -> str:
    """Seconds as milliseconds with three digits that mean something."""
    value = seconds * 1000
    return f"{value:.2f}" if value < 10 else f"{value:.1f}" if value < 100 else f"{value:.0f}"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> list[str]:
    """A Markdown table; every column but the first is set flush right."""
    lines = ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
    return lines + ["| " + " | ".join(str(each) for each in row) + " |" for row in rows]


__all__ = ["median", "ms", "percentile", "table"]
