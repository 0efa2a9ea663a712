"""Internationalization: language and time zone of the pages.

Catalogues live in ``hubsync/translations/<language>/LC_MESSAGES``: ``messages.po`` is written, ``messages.mo`` is
read. ``python -m tools.catalogue`` extracts the sentences, updates the former and compiles the latter.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from gettext import NullTranslations
from typing import Any
from urllib.parse import urlencode

from babel import Locale, UnknownLocaleError
from babel.dates import get_datetime_format
from flask import Flask, Response, after_this_request, current_app, g, has_request_context, request
from flask_babel import (
    Babel,
    format_date,
    format_datetime,
    format_time,
    get_babel,
    get_locale,
    get_translations,
    refresh,
    to_user_timezone,
)
from markupsafe import Markup, escape
from werkzeug.datastructures import LanguageAccept
from wtforms import SelectChoice

from hubsync import phrases
from hubsync.domain.languages import ENGLISH
from hubsync.domain.zones import is_zone
from hubsync.services.question_words import word_label

LANG = "lang"
"""What of a booking page's address names the guest's language (BCP 47)."""
CHOICE_KEPT_FOR = timedelta(days=365)
GUESTS = "bookings"
"""The blueprint of the pages for guests, who have no cookie and no account."""


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
    app.jinja_env.globals.update(
        language=lambda: language_tag(str(get_locale() or ENGLISH)),
        languages_offered=languages_offered,
        addresses_by_language=addresses_by_language,
        language_to_keep=language_to_keep,
    )
    app.jinja_env.filters.update(
        stamp=stamp, end_stamp=end_stamp, day=day, language_name=name_language, question_label=word_label
    )
    phrases.register(app.jinja_env)


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
        name = Locale.parse(tag, sep="-").get_display_name(get_locale() or ENGLISH)
    except (ValueError, UnknownLocaleError):
        return tag
    return phrases.with_own_brackets(name or tag)


def _installed() -> tuple[str, ...]:
    return _look_for_catalogues(tuple(get_babel().translation_directories))


@lru_cache(maxsize=16)  # a page asks a dozen times, and none comes while HubSync runs
def _look_for_catalogues(directories: tuple[str, ...]) -> tuple[str, ...]:
    locales = {str(locale) for locale in get_babel().instance.list_translations()}
    return (ENGLISH, *sorted(locales - {ENGLISH}))


def _language() -> str | None:
    """The reader's choice where there is a catalogue for it, else what the browser asks for.

    A guest's is in the address, else that of the booking or of the calendar; a person's is that of the account,
    else that of the browser's cookie.
    """
    if not has_request_context():  # commands and due work speak English
        return ENGLISH
    if request.blueprint == GUESTS:
        for_guest = (request.args.get(LANG, ""), g.get("guest_language", ""))
        return next(filter(None, map(match_language, for_guest)), None) or _asked()
    person = g.get("person")
    if person and person.language in _installed():
        return str(person.language)
    return language_of_browser()


def language_of_browser() -> str:
    """The language of somebody who has not chosen any for the account: the browser's cookie's, else the one that
    the browser asks for."""
    kept = g.get("kept_language", request.cookies.get(_cookie_name(), ""))
    return kept if kept in _installed() else _asked()


def _asked() -> str:
    # Not best_match: of "ja-JP, en;q=0.5" it takes English, which is named exactly.
    wanted = (match_language(tag) for tag, quality in request.accept_languages if quality > 0)
    return next(filter(None, wanted), ENGLISH)


def match_language(tag: str) -> str:
    """The catalogue for a BCP 47 *tag*, ``ja`` for ``ja-JP``; empty where none is installed."""
    return _match(tag, _installed()) if tag else ""


@lru_cache(maxsize=256)  # what browsers ask for is mostly the same
def _match(tag: str, installed: tuple[str, ...]) -> str:
    return LanguageAccept([(tag.replace("_", "-"), 1)]).best_match(installed) or ""


def speak_to_guest(language: str) -> None:
    """Let this page for a guest be in *language* (BCP 47), unless its address names another."""
    g.guest_language = language
    refresh()


def language_in_address() -> str | None:
    """The language that the address of this guest's page names, for the addresses that lead on from it."""
    return request.args.get(LANG) if match_language(request.args.get(LANG, "")) else None


def language_to_keep() -> str | None:
    """The language of this guest's page, for addresses where the browser's wish would lead to another one."""
    spoken = str(get_locale() or ENGLISH)
    return language_in_address() or (language_tag(spoken) if spoken != _asked() else None)


def keep_language(language: str) -> None:
    """Let the browser remember the catalogue *language* for when nobody is signed in; an empty one is dropped.

    It counts at once.
    """
    g.kept_language = language
    refresh()

    @after_this_request
    def set_cookie(response: Response) -> Response:
        kept: dict[str, Any] = {
            "secure": current_app.config["SESSION_COOKIE_SECURE"],
            "httponly": True,
            "samesite": "Lax",
        }
        if language:
            response.set_cookie(_cookie_name(), language, max_age=CHOICE_KEPT_FOR, **kept)
        else:
            response.delete_cookie(_cookie_name(), **kept)
        return response


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-language"


@dataclass(frozen=True)
class LanguageOffered:
    """A language that a reader can switch to: the *name* of its catalogue, its *tag*, and what it calls itself."""

    name: str
    tag: str
    shown: str
    chosen: bool


def languages_offered() -> list[LanguageOffered]:
    """The languages to choose from, English first; none where there is no choice."""
    installed, now = catalogues(), str(get_locale() or ENGLISH)
    offered = [LanguageOffered(name, language_tag(name), shown, name == now) for name, shown in installed.items()]
    return offered if len(offered) > 1 else []


def addresses_by_language() -> list[tuple[LanguageOffered, str]]:
    """Each language of a guest's page with the page's address in it; none where there is no choice.

    None either where a form was sent: what was typed would be lost.
    """
    if request.blueprint != GUESTS or request.method not in {"GET", "HEAD"}:
        return []
    others = [each for each in request.args.items(multi=True) if each[0] != LANG]
    return [(each, f"{request.path}?{urlencode([*others, (LANG, each.tag)])}") for each in languages_offered()]


def language_choices(of_none: str) -> list[SelectChoice]:
    """The languages as a form offers them; *of_none* are the words for no choice."""
    own_names = [
        SelectChoice(name, shown, render_kw={"lang": language_tag(name)}) for name, shown in catalogues().items()
    ]
    return [SelectChoice("", of_none), *own_names]


def _time_zone() -> str | None:
    person = g.get("person")
    return person.time_zone if person and is_zone(person.time_zone) else None


def stamp(moment: datetime) -> Markup:
    """Date and time in the reader's zone, the full stamp as title."""
    both = str(get_datetime_format("medium", locale=get_locale() or ENGLISH))
    shown = both.replace("{0}", format_time(moment, "short")).replace("{1}", format_date(moment, "medium"))
    return _time_element(moment, shown)


def end_stamp(end: datetime, start: datetime) -> Markup:
    """When something ends that begins at *start*: the time alone where the reader has the same day."""
    if to_user_timezone(start).date() != to_user_timezone(end).date():
        return stamp(end)
    return _time_element(end, format_time(end, "short"))


def day(moment: datetime) -> Markup:
    """The date in the reader's zone, the full stamp as title."""
    return _time_element(moment, format_date(moment, "long"))


def _time_element(moment: datetime, shown: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(
        moment.isoformat(), format_datetime(moment, "full"), escape(shown)
    )
