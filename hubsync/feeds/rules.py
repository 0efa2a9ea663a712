"""Rules by which events repeat (RRULE), put right before they are worked out, or refused.

The library below takes ``INTERVAL=0`` and never ends (https://github.com/dateutil/dateutil/issues/1441), and ends
a series before the day that ``UNTIL`` names.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import cast

from icalendar import vDDDTypes, vRecur

from hubsync.domain.busy_times import UnreadReason, Window
from hubsync.feeds.events import Event, EventReader, Time, Unreadable, moment

_FREQUENCIES = frozenset({"SECONDLY", "MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"})
_GREGORIAN = {"RSCALE": "GREGORIAN", "SKIP": "OMIT"}
"""RFC 7529: what these say is what is meant without them."""
_LONGEST = 2_000
_DAYS = {"DAILY": 1, "WEEKLY": 7}
_MARGIN = timedelta(days=10)
"""More than zones differ, than a week has, and than the library looks back."""
_LAST_MOMENT = timedelta(days=1) - timedelta(seconds=1)


def read_rule(rule: str, event: Event, reader: EventReader) -> vRecur:
    """*rule* of *event* as the library takes it. Raises Unreadable."""
    parts = dict(_parts(rule, event))
    for name, meaning in _GREGORIAN.items():
        if parts.get(name) == meaning:
            del parts[name]
    if parts.get("FREQ") not in _FREQUENCIES or not _is_count(parts.get("INTERVAL", "1")):
        raise Unreadable(UnreadReason.RULE_INVALID, event.day)
    if parts.get("COUNT", "").startswith("-"):  # written for "no limit"
        del parts["COUNT"]
    try:
        if "UNTIL" in parts:
            parts["UNTIL"] = _until(parts["UNTIL"], event.start, reader)
        return cast(vRecur, vRecur.from_ical(";".join(f"{name}={value}" for name, value in parts.items())))
    except (ValueError, OverflowError):
        raise Unreadable(UnreadReason.RULE_INVALID, event.day) from None


def _parts(rule: str, event: Event) -> list[tuple[str, str]]:
    if len(rule) > _LONGEST:
        raise Unreadable(UnreadReason.RULE_INVALID, event.day)
    pairs = [each.partition("=") for each in rule.strip().strip(";").upper().split(";")]
    # FREQ goes first: the library finds UNTIL by what stands before it.
    return sorted(((name.strip(), value.strip()) for name, _, value in pairs), key=lambda each: each[0] != "FREQ")


def _is_count(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= 1


def _until(text: str, start: Time, reader: EventReader) -> str:
    """The end of a series as the library takes it: a date of an all-day series, else by the clock of the series.

    A date includes that day; a moment without a zone is by that clock already.
    """
    end = vDDDTypes.from_ical(text)
    if not isinstance(start, datetime):
        return text[:8] if not isinstance(end, datetime) else day_meant(text, end, reader).strftime("%Y%m%d")
    if not isinstance(end, datetime):
        end = datetime.combine(end, time()) + _LAST_MOMENT
    elif end.tzinfo is not None:
        end = end.astimezone(start.tzinfo)
    return end.strftime("%Y%m%dT%H%M%S")


def day_meant(raw: str, point: datetime, reader: EventReader) -> datetime:
    """*point*, written as *raw* where a day should be, in the zone in which its date is the one that is meant.

    Exchange writes days of all-day series as midnights, in any zone or in UTC.
    """
    if raw[9:15] == "000000":
        return datetime(int(raw[:4]), int(raw[4:6]), int(raw[6:8]))
    return point if point.tzinfo is None else point.astimezone(reader.floating)


def skip_ahead(rules: Sequence[vRecur], event: Event, window: Window) -> timedelta:
    """By how much the start of a series of days or weeks may be put later, and all within *window* stays as it is.

    The library counts a rule through from its start: ten years of every day for each reading. Nothing of what is
    left away reaches into the window, and what repeats after a number of days does so from any of its turns.
    """
    if len(rules) != 1 or "COUNT" in rules[0] or event.extra:
        return timedelta()
    days = _DAYS.get(str(rules[0]["FREQ"][0]))
    if days is None:
        return timedelta()
    turn = timedelta(days=days * int(rules[0].get("INTERVAL", [1])[0]))
    ended = moment(event.end, UTC) + _MARGIN
    return max((window.start - ended) // turn, 0) * turn
