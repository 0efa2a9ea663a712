"""Start time that a guest chooses: a date, a time and a time zone, as typed."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext as _

from hubsync.domain.normal_forms import nfkc
from hubsync.domain.values import date_text

FARTHEST = timedelta(days=731)
"""How far ahead a booking may lie: two years, a leap day among them."""

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::[0-9]{2}(?:\.[0-9]+)?)?")


def read_start(
    typed_date: str, typed_time: str, zone: ZoneInfo, moment: datetime
) -> tuple[datetime | None, dict[str, str]]:
    """The beginning of the appointment in UTC, or what is wrong, as sentences by field (``date``, ``time``).

    *moment* is now, aware. Where clocks are put back, the earlier of the two times is meant.
    """
    problems = {}
    day, problems["date"] = _read_date(typed_date, moment.astimezone(zone).date())
    clock, problems["time"] = _read_time(typed_time)
    start = None
    if day is not None and clock is not None:
        local = datetime.combine(day, clock)
        start = local.replace(tzinfo=zone).astimezone(UTC)
        if start.astimezone(zone).replace(tzinfo=None) != local:
            problems["time"] = _("Clocks skip this time on that day. Choose another time.")
        elif start <= moment:
            problems["time"] = _("This time has passed. Choose a later one.")
    problems = {field: sentence for field, sentence in problems.items() if sentence}
    return (None if problems else start), problems


def _read_date(typed: str, today: date) -> tuple[date | None, str]:
    if not typed.strip():
        return None, _("Choose a date.")
    text = date_text(typed)
    if text is None:
        return None, _("This is not a date. Write it like 2030-12-31.")
    day = date.fromisoformat(text)
    if day < today:
        return None, _("This date has passed. Choose a later one.")
    if day - today > FARTHEST:
        return None, _("Choose a date within the next two years.")
    return day, ""


def _read_time(typed: str) -> tuple[time | None, str]:
    text = nfkc(typed[:40]).strip()
    if not text:
        return None, _("Choose a time.")
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None, _("This is not a time. Write it like 14:30.")
    return time(int(match[1]), int(match[2])), ""
