"""Time zones that sources name, and the default zone of a calendar."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

NOT_CHOSEN = "UTC"
"""The zone in which everybody and every calendar starts."""

_HOUSE_ZONES = frozenset({"localtime", "posixrules", "Factory"})  # of this machine, or of none
_HOUR = timedelta(hours=1)
_WITH_FRACTION = {
    timedelta(hours=-9, minutes=-30): "Pacific/Marquesas",
    timedelta(hours=3, minutes=30): "Asia/Tehran",
    timedelta(hours=4, minutes=30): "Asia/Kabul",
    timedelta(hours=5, minutes=30): "Asia/Kolkata",
    timedelta(hours=5, minutes=45): "Asia/Kathmandu",
    timedelta(hours=6, minutes=30): "Asia/Yangon",
    timedelta(hours=8, minutes=45): "Australia/Eucla",
    timedelta(hours=9, minutes=30): "Australia/Darwin",
}
_WITH_FRACTION_AND_SUMMER_TIME = ("America/St_Johns", "Australia/Lord_Howe", "Pacific/Chatham")


@cache
def zone_names() -> frozenset[str]:
    """Every name of the zone database, old ones too. Kept, because listing them looks through the files of it."""
    return frozenset(available_timezones())


def is_zone(name: str | None) -> bool:
    """Whether the zone database knows *name*, be it an old name."""
    return name in zone_names()


def zone_named(name: str) -> str:
    """The IANA name that is meant, whatever its case, old names too; empty for anything else."""
    return _known().get(name.strip().casefold(), "") if len(name) <= 64 else ""


def zone_of_start(start: datetime) -> str:
    """A zone that is as far from UTC as *start* (aware), and mostly always is; UTC where nobody lives so.

    ``Etc/GMT-9`` is nine hours ahead of UTC. https://data.iana.org/time-zones/tzdb/etcetera
    """
    offset = start.utcoffset() or timedelta()
    hours, rest = divmod(offset, _HOUR)
    if not rest:
        return (zone_named(f"Etc/GMT{-hours:+d}") if hours else "") or NOT_CHOSEN
    places = (_WITH_FRACTION.get(offset), *_WITH_FRACTION_AND_SUMMER_TIME)
    return next((each for each in places if each and _offset_there(start, each) == offset), NOT_CHOSEN)


def _offset_there(start: datetime, zone: str) -> timedelta | None:
    return start.astimezone(ZoneInfo(zone)).utcoffset()


def zone_of_new_calendar(owners: str, guests: str, start: datetime | None) -> str:
    """The zone of a calendar that a source makes: its owner's, else its first guest's, else its first start's.

    An owner who is still where everybody starts has chosen none.
    """
    chosen = zone_named(owners)
    if chosen and chosen != NOT_CHOSEN:
        return chosen
    return zone_named(guests) or (zone_of_start(start) if start is not None else NOT_CHOSEN)


@cache
def _known() -> dict[str, str]:
    return {name.casefold(): name for name in zone_names() - _HOUSE_ZONES}
