"""Languages and time zones of the pages.

Catalogues live in ``hubsync/translations/<language>/LC_MESSAGES/messages.po`` and are made with::

    pybabel extract -F babel.cfg -k lazy_gettext -k _l -k N_ -o messages.pot .
    pybabel init -i messages.pot -d hubsync/translations -l ja     (the first time; later: update)
    pybabel compile -d hubsync/translations
"""

from __future__ import annotations

from datetime import datetime
from functools import cache
from zoneinfo import available_timezones

from babel import Locale
from babel.dates import get_datetime_format
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, format_date, format_datetime, format_time, get_babel, get_locale
from markupsafe import Markup, escape

ENGLISH = "en"


def register(app: Flask) -> None:
    """Speak the reader's language, and show times in the reader's zone."""
    Babel(app, locale_selector=_language, timezone_selector=_time_zone)
    app.jinja_env.globals.update(language=lambda: _tag(get_locale() or Locale(ENGLISH)))
    app.jinja_env.filters.update(stamp=stamp, day=day)


def catalogues() -> dict[str, str]:
    """The languages that HubSync speaks here, each by its own name: English first, then by tag."""
    return {tag: _own_name(locale) for tag, locale in _spoken().items()}


def is_time_zone(name: str | None) -> bool:
    """Whether the zone database knows *name*, be it an old name."""
    return name in _zones()


def _spoken() -> dict[str, Locale]:
    installed = {_tag(locale): locale for locale in get_babel().instance.list_translations()}
    return {ENGLISH: Locale(ENGLISH)} | dict(sorted(installed.items()))


def _tag(locale: Locale) -> str:
    """The language as HTML and browsers write it."""
    return str(locale).replace("_", "-")


def _own_name(locale: Locale) -> str:
    name = locale.get_display_name() or _tag(locale)
    return name[:1].upper() + name[1:]


def _language() -> str | None:
    """The person's choice where there is a catalogue for it, else what the browser asks for."""
    if not has_request_context():  # commands and due work speak English
        return ENGLISH
    spoken, person = _spoken(), g.get("person")
    chosen = person.language if person and person.language in spoken else None
    return str(spoken[chosen or request.accept_languages.best_match(list(spoken), default=ENGLISH)])


@cache
def _zones() -> frozenset[str]:
    """The zones there are; looking through the files of the zone database takes its time."""
    return frozenset(available_timezones())


def _time_zone() -> str | None:
    person = g.get("person")
    return person.time_zone if person and is_time_zone(person.time_zone) else None


def stamp(moment: datetime) -> Markup:
    """Date and time in the reader's zone, the full stamp as title."""
    both = str(get_datetime_format("medium", locale=get_locale() or ENGLISH))
    shown = both.replace("{0}", format_time(moment, "short")).replace("{1}", format_date(moment, "medium"))
    return _time_element(moment, shown)


def day(moment: datetime) -> Markup:
    """The date in the reader's zone, the full stamp as title."""
    return _time_element(moment, format_date(moment, "long"))


def _time_element(moment: datetime, shown: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(), format_datetime(moment, "full"), escape(shown)
    )
