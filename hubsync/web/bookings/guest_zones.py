"""Time zones as a guest chooses one: the few that are likely first, the others by place, found by country too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel import Locale

from hubsync.web.bookings.guest_formats import guest_locale
from hubsync.web.shell.time_zone_choices import REGIONS, places_by_region, words_for, zone_words

Option = tuple[str, str, str]
"""The name of a zone, its place, and its country in the guest's language, by which it is found as well."""


@dataclass(frozen=True)
class ZoneChoice:
    """The zone that is *chosen* in words, those that are *likely*, and all the others by region."""

    chosen: str
    words: str
    likely: Sequence[tuple[str, str]]
    regions: Sequence[tuple[str, Sequence[Option]]]


def choose_zone(zone: ZoneInfo, calendar_zone: str, day: date) -> ZoneChoice:
    """The choice of a guest who reads times in *zone*; its distance from UTC is that of *day* at noon."""
    names = list(dict.fromkeys((zone.key, calendar_zone, "UTC")))
    offset = words_for(datetime(day.year, day.month, day.day, 12, tzinfo=zone).utcoffset())
    words = zone_words(zone.key)
    return ZoneChoice(
        chosen=zone.key,
        words=words if words == offset else f"{words} ({offset})",
        likely=[(name, zone_words(name)) for name in names],
        regions=[
            (str(REGIONS[region]), [each for each in options if each[0] not in names])
            for region, options in _options(guest_locale())
        ],
    )


@lru_cache(maxsize=64)  # as many languages as guests speak, and never more than that
def _options(locale: Locale) -> list[tuple[str, list[Option]]]:
    countries = locale.territories
    return [
        (region, [(each.zone, each.words, countries.get(each.country, "")) for each in places])
        for region, places in places_by_region().items()
    ]
