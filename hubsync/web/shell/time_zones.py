"""Choice of time zones, by region, with their present offset from UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from flask_babel import lazy_gettext as _l
from wtforms import SelectChoice

REGIONS = {
    "Africa": _l("Africa"),
    "America": _l("America"),
    "Antarctica": _l("Antarctica"),
    "Arctic": _l("Arctic"),
    "Asia": _l("Asia"),
    "Atlantic": _l("Atlantic"),
    "Australia": _l("Australia"),
    "Europe": _l("Europe"),
    "Indian": _l("Indian Ocean"),
    "Pacific": _l("Pacific"),
}
WORLD = _l("World")


def zone_choices(present: str) -> list[SelectChoice]:
    """One choice for every zone of today's clocks, grouped by region; *present* too, whatever its name is."""
    offsets = _offsets(datetime.now(UTC).replace(minute=0, second=0, microsecond=0))
    names = ({*_living_zones(), present} & offsets.keys()) - {"UTC"}
    world = str(WORLD)
    grouped = sorted((str(REGIONS.get(name.partition("/")[0], WORLD)), name) for name in names)
    grouped.sort(key=lambda pair: pair[0] != world)
    choices = [SelectChoice(name, _label(name, offsets[name]), optgroup=group) for group, name in grouped]
    return [SelectChoice("UTC", "UTC", optgroup=world), *choices]


def _label(name: str, offset: str) -> str:
    return f"{name.replace('_', ' ')} ({offset})"


@cache
def _living_zones() -> frozenset[str]:
    """The zones of the database's own table for choosing: no old names, no bare offsets.

    https://data.iana.org/time-zones/tz-link.html
    """
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    return frozenset(line.split("\t")[2] for line in table.splitlines() if line and not line.startswith("#"))


@lru_cache(maxsize=1)  # opening some 400 zones takes its time, and they change on the hour
def _offsets(moment: datetime) -> dict[str, str]:
    return {name: words_for(moment.astimezone(ZoneInfo(name)).utcoffset()) for name in available_timezones()}


def zone_words(name: str) -> str:
    """A zone as people read it: by its place, or by its distance from UTC where it has none.

    ``Etc/GMT-9`` is nine hours ahead, which nobody would guess.
    """
    if name.startswith("Etc/GMT"):
        return words_for(datetime.now(ZoneInfo(name)).utcoffset())
    return name.replace("_", " ")


def words_for(offset: timedelta | None) -> str:
    """A distance from UTC as people write it: ``UTC+9``, ``UTC-3:30``, ``UTC``."""
    minutes = round((offset or timedelta()).total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")
