"""Language of the stand-ins' pages: the one chosen in their foot, else the one that the browser asks for.

The catalogue is ``scheduler_sandbox/translations``. Words of a vendor's screens that HubSync's guides name
stand in the Japanese ones too, as those screens have them. What the APIs say is English.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from flask import Flask, redirect, request
from flask_babel import Babel, get_locale
from werkzeug.wrappers import Response

ENGLISH, JAPANESE = "en", "ja"
LANGUAGES = {ENGLISH: "English", JAPANESE: "日本語"}
CHOSEN = "scheduler_sandbox_language"
"""The cookie that keeps a choice, for all stand-ins of this host: cookies do not separate ports."""
CHOICE = "/language"
_KEPT_SECONDS = 365 * 24 * 60 * 60
_STAMPS = {ENGLISH: "%Y-%m-%d %H:%M", JAPANESE: "%Y/%m/%d %H:%M"}


def register(app: Flask) -> None:
    """Let the pages of *app* speak their reader's language."""
    catalogues = Path(__file__).parent / "translations"
    Babel(app, default_translation_directories=str(catalogues), locale_selector=_reader_language)
    app.jinja_env.globals.update(language=language, languages=LANGUAGES, here=_here, gap=between_sentences)
    app.jinja_env.globals.update(language_choice=CHOICE)
    app.jinja_env.filters["stamp"] = stamp
    app.add_url_rule(CHOICE, "language", choose, methods=["POST"])


def language() -> str:
    """The language of the page."""
    return str(get_locale() or ENGLISH)


def between_sentences() -> str:
    """What stands between two sentences: nothing in Japanese, whose full stops are wide."""
    return "" if language() == JAPANESE else " "


def stamp(local: datetime) -> str:
    """A moment, which is in the page's time zone, for a person."""
    return local.strftime(_STAMPS[language()])


def choose() -> Response:
    """Keep the choice in a cookie, and go back."""
    back = request.form.get("next", "/").replace("\\", "/")
    answer = redirect(back if back.startswith("/") and not back.startswith("//") else "/", 303)
    if (chosen := request.form.get("language", "")) in LANGUAGES:
        answer.set_cookie(CHOSEN, chosen, max_age=_KEPT_SECONDS, httponly=True, samesite="Lax")
    return answer


def _reader_language() -> str:
    chosen = request.cookies.get(CHOSEN, "")
    return chosen if chosen in LANGUAGES else _asked()


def _asked() -> str:
    # Not best_match: of "ja-JP, en;q=0.5" it takes English, which is named exactly.
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((each for each in wanted if each in LANGUAGES), ENGLISH)


def _here() -> str:
    """The address of the page for coming back to it; empty where a form was sent: what was typed would be lost."""
    return request.full_path if request.method == "GET" else ""
