"""Time zones as a guest chooses one: the few that are likely first, the others by place, found by country too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from operator import itemgetter
from zoneinfo import ZoneInfo

from babel import Locale
from markupsafe import Markup

from hubsync.phrases import bracketed
from hubsync.places import place_of
from hubsync.web.bookings.guest_formats import guest_locale
from hubsync.web.shell.time_zone_choices import REGIONS, Place, places_by_region, words_for, zone_words


@dataclass(frozen=True)
class ZoneChoice:
    """The zone that is chosen in *words*, and all *options* as HTML: the likely ones first, then by region."""

    words: str
    options: Markup


def choose_zone(zone: ZoneInfo, calendar_zone: str, day: date) -> ZoneChoice:
    """The choice of a guest who reads times in *zone*; its distance from UTC is that of *day* at noon."""
    likely = list(dict.fromkeys((zone.key, calendar_zone, "UTC")))
    offset = words_for(datetime(day.year, day.month, day.day, 12, tzinfo=zone).utcoffset())
    words = zone_words(zone.key)
    shown = words if words == offset else bracketed(words, offset)
    return ZoneChoice(shown, _options(guest_locale(), tuple(likely)))


@lru_cache(maxsize=128)  # guests of one page are often in one zone
def _options(locale: Locale, likely: Sequence[str]) -> Markup:
    """The options with those that are *likely* first, of which the first one is chosen."""
    options = [_write_option(each, zone_words(each), chosen=each == likely[0]) for each in likely]
    for region, places in _regions(locale):
        others = Markup("").join(option for name, option in places if name not in likely)
        options.append(Markup('<optgroup label="{}">{}</optgroup>').format(str(REGIONS[region]), others))
    return Markup("").join(options)


@lru_cache(maxsize=64)  # as many languages as guests speak, and never more than that
def _regions(locale: Locale) -> list[tuple[str, list[tuple[str, Markup]]]]:
    """The option of each place, which is found by its country in the guest's language as well."""
    countries = locale.territories
    regions = []
    for region, places in places_by_region().items():
        named = sorted(((_name(each, locale), each) for each in places), key=itemgetter(0))
        options = [
            (each.zone, _write_option(each.zone, words, countries.get(each.country, ""))) for words, each in named
        ]
        regions.append((region, options))
    return regions


def _name(place: Place, locale: Locale) -> str:
    """The place in the language of *locale*, without its region where that names it in English."""
    words = place_of(place.zone, locale)
    return place.words if "/" in words else words


def _write_option(zone: str, words: str, country: str | None = None, *, chosen: bool = False) -> Markup:
    more = Markup("") if country is None else Markup(' data-words="{}"').format(country)
    return Markup('<option value="{}"{}{}>{}</option>').format(
        zone, Markup(" selected") if chosen else "", more, words
    )
