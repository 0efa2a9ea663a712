"""Dates and times in a guest's language and by the habits of the guest's country: 24 hours, or a.m. and p.m."""

from __future__ import annotations

from datetime import date, datetime
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time, get_day_names
from flask import request
from flask_babel import get_locale
from flask_babel import gettext as _

ENGLISH = Locale("en")


def guest_locale() -> Locale:
    """The language of the page, with the country that the browser names for it."""
    spoken = get_locale() or ENGLISH
    for tag in request.accept_languages.values():
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


@lru_cache(maxsize=2048)  # a page of a month names each of its days, and the next guest's page the same ones
def _name_day(day: date, locale: Locale) -> str:
    return format_date(day, "full", locale=locale)


def name_day_shortly(day: date) -> str:
    """``Thu, Dec 3, 2026``, as the language orders it."""
    return format_skeleton("yMMMEd", datetime(day.year, day.month, day.day), locale=guest_locale())


def name_month(month: date) -> str:
    """``December 2026``, as the language orders it."""
    return format_skeleton("yMMMM", datetime(month.year, month.month, 1), locale=guest_locale())


def clock(moment: datetime) -> str:
    """The time of day of *moment* by its own zone: ``14:30``, or ``2:30 PM``."""
    return format_time(moment.replace(tzinfo=None), "short", locale=guest_locale())


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
    short = get_day_names("abbreviated", "stand-alone", guest_locale())
    full = get_day_names("wide", "stand-alone", guest_locale())
    days = [(first_weekday() + number) % 7 for number in range(7)]
    return [(short[day], full[day]) for day in days]
