"""Choice of time zones: for a person with the offset from UTC, for a calendar, for a guest by region."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from wtforms import SelectChoice
from wtforms.fields.choices import Choice
from wtforms.widgets import Select

from hubsync.domain.zones import zone_names
from hubsync.phrases import bracketed
from hubsync.places import place_of

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


class ZoneSelect(Select):
    """A pull-down of some hundred zones; each option is written once, not for every page."""

    @classmethod
    def render_option(cls, choice: Choice, **more: Any) -> Markup:
        if choice.selected or choice.render_kw or more:
            written: Markup = super().render_option(choice, **more)
            return written
        return _write_option(choice.value, choice.label)


@lru_cache(maxsize=2_000)  # those with an offset change on the hour
def _write_option(value: str, label: str) -> Markup:
    return Markup('<option value="{}">{}</option>').format(value, label)


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
    return bracketed(place_of(name), offset)


@cache
def _living_zones() -> dict[str, str]:
    """The zones of the database's own table for choosing, with their countries: no old names, no bare offsets.

    https://data.iana.org/time-zones/tz-link.html
    """
    table = files("tzdata").joinpath("zoneinfo", "zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if line and not line.startswith("#")]
    return {name: country for country, _coordinates, name, *_comment in rows}


@lru_cache(maxsize=1)  # opening some 400 zones takes its time, and they change on the hour
def _offsets(moment: datetime) -> dict[str, str]:
    return {name: words_for(moment.astimezone(ZoneInfo(name)).utcoffset()) for name in zone_names()}


def calendar_zones(present: str) -> list[str]:
    """The names of the zones in which people live, UTC first; *present* too, if it is a zone of another kind."""
    known = zone_names()
    named = {zone for zone in known if "/" in zone and not zone.startswith(("Etc/", "SystemV/"))}
    return ["UTC", *sorted((named | ({present} & known)) - {"UTC"})]


def tell_zone(name: str) -> str:
    """A zone by its name, behind the place that the reader knows it by where that is another word."""
    place = place_of(name)
    return name if place == name.replace("_", " ") else bracketed(place, name)


class Place(NamedTuple):
    """A zone to choose, the place that it is named by, and the country (ISO 3166) that it is in."""

    zone: str
    words: str
    country: str


@cache
def places_by_region() -> dict[str, tuple[Place, ...]]:
    """The time zones for a guest to choose from, by region, places in alphabetical order."""
    found: dict[str, list[Place]] = {region: [] for region in REGIONS}
    for name, country in _living_zones().items():
        region, _slash, place = name.partition("/")
        found[region].append(Place(name, place.replace("_", " ").replace("/", ", "), country))
    return {region: tuple(sorted(places, key=lambda each: each.words)) for region, places in found.items()}


def is_offered(zone: str, calendar_zone: str) -> bool:
    """Whether a guest's times can be shown in *zone* on the page of a calendar in *calendar_zone*.

    Names of places can be, old ones too, because browsers go on naming them (``Asia/Calcutta``); others (``EST``,
    ``US/Pacific``) are other names of these, or stand still where clocks change.
    https://data.iana.org/time-zones/theory.html
    """
    if zone in ("UTC", calendar_zone):
        return True
    return zone in zone_names() and zone.partition("/")[0] in REGIONS and "/" in zone


def zone_words(name: str) -> str:
    """A zone as the reader calls it: by its place, or by its distance from UTC where it has none.

    ``Etc/GMT-9`` is nine hours ahead, which nobody would guess.
    """
    if name.startswith("Etc/GMT"):
        return words_for(datetime.now(ZoneInfo(name)).utcoffset())
    return place_of(name)


def words_for(offset: timedelta | None) -> str:
    """A distance from UTC as people write it: ``UTC+9``, ``UTC-3:30``, ``UTC``."""
    minutes = round((offset or timedelta()).total_seconds() / 60)
    if not minutes:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}" + (f":{rest:02}" if rest else "")
