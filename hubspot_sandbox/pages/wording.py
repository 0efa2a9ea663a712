"""Language of the pages: the one chosen in their foot, else the one that the browser asks for.

The catalogue is ``hubspot_sandbox/translations``; its Japanese words are those of HubSpot's own screens. What the
API says is English, as HubSpot's is.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask, request
from flask_babel import Babel, format_datetime, get_locale

ENGLISH, JAPANESE = "en", "ja"
LANGUAGES = {ENGLISH: "English", JAPANESE: "日本語"}
CHOSEN = "hubspot_sandbox_language"
"""The cookie that keeps a choice."""
_STAMPS = {ENGLISH: "d MMM y HH:mm:ss 'UTC'", JAPANESE: "y/MM/dd HH:mm:ss 'UTC'"}


def register(app: Flask) -> None:
    """Let the pages of *app* speak their reader's language."""
    Babel(app, locale_selector=_reader_language)
    app.jinja_env.globals.update(language=language, languages=LANGUAGES, here=_here, gap=between_sentences)


def language() -> str:
    """The language of the page."""
    return str(get_locale() or ENGLISH)


def between_sentences() -> str:
    """What stands between two sentences: nothing in Japanese, whose full stops are wide."""
    return "" if language() == JAPANESE else " "


def moment(seconds: float) -> str:
    """A moment for a person: ``23 Nov 2026 10:44:12 UTC``."""
    return str(format_datetime(datetime.fromtimestamp(seconds, UTC), _STAMPS[language()], rebase=False))


def _reader_language() -> str:
    if request.path.startswith("/sandbox/api/"):  # programs ask there
        return ENGLISH
    chosen = request.cookies.get(CHOSEN, "")
    return chosen if chosen in LANGUAGES else _asked()


def _asked() -> str:
    # Not best_match: of "ja-JP, en;q=0.5" it takes English, which is named exactly.
    wanted = (tag.partition("-")[0].lower() for tag, quality in request.accept_languages if quality > 0)
    return next((each for each in wanted if each in LANGUAGES), ENGLISH)


def _here() -> str:
    """The address of the page for coming back to it; empty where a form was sent: what was typed would be lost."""
    return request.full_path if request.method == "GET" else ""
