"""Places of time zones as readers call them: ``Asia/Tokyo``, or 東京."""

from __future__ import annotations

from functools import cache, lru_cache

from babel import Locale
from babel.core import get_global
from flask_babel import get_locale

ENGLISH = "en"


def place_of(zone: str, locale: Locale | None = None) -> str:
    """The time zone by its place, in the language of *locale*, else in that of the moment.

    In English it is the zone's own name, by which people of the field know it; so it is where the language has no
    word for the place.
    """
    spoken = locale or get_locale() or Locale(ENGLISH)
    return _named(zone, spoken) or zone.replace("_", " ")


@lru_cache(maxsize=2048)  # some hundred zones, in as many languages as people read
def _named(zone: str, locale: Locale) -> str:
    if locale.language == ENGLISH:
        return ""
    known = locale.time_zones
    cities = (known.get(each, {}).get("city", "") for each in (zone, *_other_names().get(zone, ())))
    return next(filter(None, cities), "")


@cache
def _other_names() -> dict[str, tuple[str, ...]]:
    """All names of each zone: CLDR goes on calling some by their former ones."""
    canonical = get_global("zone_aliases")
    names: dict[str, list[str]] = {}
    for name, zone in canonical.items():
        names.setdefault(zone, [zone]).append(name)
    return {each: tuple(group) for group in names.values() for each in group}
