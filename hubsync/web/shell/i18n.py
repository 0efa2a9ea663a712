"""Internationalization: language and time zone of the pages.

Catalogues live in ``hubsync/translations/<language>/LC_MESSAGES/messages.po`` and are made with::

    pybabel extract -F babel.cfg -k lazy_gettext -k _l -k N_ -o messages.pot .
    pybabel init -i messages.pot -d hubsync/translations -l ja     (the first time; later: update)
    pybabel compile -d hubsync/translations
"""

from __future__ import annotations

from datetime import datetime
from gettext import NullTranslations

from babel import Locale, UnknownLocaleError
from babel.dates import get_datetime_format
from flask import Flask, g, has_request_context, request
from flask_babel import Babel, format_date, format_datetime, format_time, get_babel, get_locale, get_translations
from markupsafe import Markup, escape

from hubsync.domain.zones import is_zone

ENGLISH = "en"


def register(app: Flask) -> None:
    """Speak the reader's language, and show times in the reader's zone."""
    Babel(app, locale_selector=_language, timezone_selector=_time_zone)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # jinja2.ext.i18n has it
        lambda text: _catalogue().gettext(text),
        lambda one, many, number: _catalogue().ngettext(one, many, number),
        newstyle=True,
        pgettext=lambda where, text: _catalogue().pgettext(where, text),
        npgettext=lambda where, one, many, number: _catalogue().npgettext(where, one, many, number),
    )
    app.jinja_env.globals.update(language=lambda: language_tag(str(get_locale() or ENGLISH)))
    app.jinja_env.filters.update(stamp=stamp, day=day)


def _catalogue() -> NullTranslations:
    """The reader's catalogue, found once for a page; Flask-Babel finds it for every sentence of a template."""
    locale = get_locale()
    kept = g.get("catalogue")
    if kept is None or kept[0] is not locale:
        kept = g.catalogue = locale, get_translations()
    return kept[1]  # type: ignore[no-any-return]


def catalogues() -> dict[str, str]:
    """The catalogues that are installed, such as ``zh_Hant``, each with its language's own name; English first."""
    named = {name: Locale.parse(name).get_display_name() or name for name in _installed()}
    return {name: shown[:1].upper() + shown[1:] for name, shown in named.items()}


def language_tag(name: str) -> str:
    """The catalogue's language as HTML writes it, ``zh-Hant``."""
    return name.replace("_", "-")


def name_language(tag: str) -> str:
    """What the reader calls the language of a BCP 47 *tag*; the tag itself where that is not known."""
    try:
        return Locale.parse(tag, sep="-").get_display_name(get_locale() or ENGLISH) or tag
    except (ValueError, UnknownLocaleError):
        return tag


def _installed() -> list[str]:
    locales = {str(locale) for locale in get_babel().instance.list_translations()}
    return [ENGLISH, *sorted(locales - {ENGLISH})]


def _language() -> str | None:
    """The person's choice where there is a catalogue for it, else what the browser asks for."""
    if not has_request_context():  # commands and due work speak English
        return ENGLISH
    installed, person = _installed(), g.get("person")
    if person and person.language in installed:
        return str(person.language)
    return request.accept_languages.best_match(installed, default=ENGLISH)


def _time_zone() -> str | None:
    person = g.get("person")
    return person.time_zone if person and is_zone(person.time_zone) else None


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
