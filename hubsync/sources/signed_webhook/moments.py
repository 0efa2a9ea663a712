"""Moments that senders write in other ways than ISO 8601."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

_FIRST_SECOND, _LAST_SECOND = 10**9, 7 * 10**9
_MOST_DIGITS = 13


def iso_time(value: Any) -> Any:
    """Seconds or milliseconds since 1970 as ISO 8601 writes that moment; anything else as it is."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _MOST_DIGITS:
        value = int(value)
    if not isinstance(value, int | Decimal) or value >= _LAST_SECOND * 1_000:
        return value
    seconds = value if value < _LAST_SECOND else value / 1_000
    if not _FIRST_SECOND <= seconds < _LAST_SECOND:
        return value
    return datetime.fromtimestamp(float(seconds), UTC).isoformat()
