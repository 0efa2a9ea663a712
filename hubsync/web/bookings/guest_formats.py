"""Dates and times in a guest's language and by the habits of the guest's country: 24 hours, or a.m. and p.m."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_day_names
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from hubsync.phrases import with_own_brackets

ENGLISH = Locale("en")

_KEPT = "hubsync.guest_locale"
"""Where a request has it: a page asks for it with every few days and times that it names."""


def guest_locale() -> Locale:
    """The language of the page, with the country that the browser names for it."""
    kept: Locale | None = request.environ.get(_KEPT)
    if kept is None:
        kept = _guest_locale(get_locale() or ENGLISH, request.headers.get("Accept-Language", ""))
        request.environ[_KEPT] = kept
    return kept


@lru_cache(maxsize=256)
def _guest_locale(spoken: Locale, asked_for: str) -> Locale:
    """Read once for all guests whose browsers ask for the same."""
    for tag in parse_accept_header(asked_for, LanguageAccept).values():
        asked = _parse(tag)
        if asked is not None and asked.language == spoken.language and asked.script in (None, spoken.script):
            return asked
    return spoken


def guest_language() -> str:
    """The same as it is kept with a booking: ``en-GB``."""
    return str(guest_locale()).replace("_", "-")


@lru_cache(maxsize=256)
def _parse(tag: str) -> Locale | None:
    try:
        return Locale.parse(tag, sep="-")
    except (ValueError, UnknownLocaleError):
        return None


def name_day(day: date) -> str:
    """``Thursday, 3 December 2026``, as the language orders it."""
    return _name_day(day, guest_locale())


def name_days(days: Iterable[date]) -> list[str]:
    """The same for many days."""
    locale = guest_locale()
    return [_name_day(each, locale) for each in days]


@lru_cache(maxsize=2048)  # a page of a month names each of its days, and the next guest's page the same ones
def _name_day(day: date, locale: Locale) -> str:
    return format_date(day, "full", locale=locale)


def name_day_shortly(day: date) -> str:
    """``Thu, Dec 3, 2026``, as the language orders it."""
    return with_own_brackets(_name_in_short("yMMMEd", day, guest_locale()))


def name_month(month: date) -> str:
    """``December 2026``, as the language orders it."""
    return _name_in_short("yMMMM", month, guest_locale())


@lru_cache(maxsize=512)
def _name_in_short(skeleton: str, day: date, locale: Locale) -> str:
    return format_skeleton(skeleton, datetime(day.year, day.month, day.day), locale=locale)


def clock(moment: datetime) -> str:
    """The time of day of *moment* by its own zone: ``14:30``, or ``2:30 PM``."""
    return _clock(moment.time(), guest_locale())


def clocks(moments: Iterable[datetime]) -> list[str]:
    """The same of many moments."""
    locale = guest_locale()
    return [_clock(each.time(), locale) for each in moments]


@lru_cache(maxsize=2048)
def _clock(face: time, locale: Locale) -> str:
    return format_time(face, "short", locale=locale)


def tell_moment(moment: datetime) -> str:
    """A moment by its own zone, as the guest reads it."""
    return _("%(day)s, %(time)s", day=name_day(moment.date()), time=clock(moment))


def tell_appointment(starts: datetime, ends: datetime) -> str:
    """A time by its own zone, as the guest reads it, from its beginning to its end."""
    return _("%(day)s, %(start)s to %(end)s", day=name_day(starts.date()), start=clock(starts), end=clock(ends))


def first_weekday() -> int:
    """The first day of the week, 0 for Monday."""
    return guest_locale().first_week_day


def name_weekdays() -> list[tuple[str, str]]:
    """The days of the week in the order of the guest's calendar, each short and in full."""
    locale = guest_locale()
    short = get_day_names("abbreviated", "stand-alone", locale)
    full = get_day_names("wide", "stand-alone", locale)
    days = [(locale.first_week_day + number) % 7 for number in range(7)]
    return [(short[day], full[day]) for day in days]
