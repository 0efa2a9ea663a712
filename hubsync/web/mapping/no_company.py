"""Page of what HubSync never takes for a company: names, web addresses, e-mail domains."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from hubsync.domain.email_domains import free_domains
from hubsync.domain.no_company import words_by_language
from hubsync.domain.roles import Action
from hubsync.domain.shared_hosts import sections
from hubsync.web.shell.guards import team_page

pages = Blueprint("no_company", __name__)

KINDS = {
    "networks": _l("Social networks"),
    "link lists": _l("Link lists"),
    "shorteners": _l("Shortened addresses"),
    "maps": _l("Maps"),
    "searches": _l("Search results, redirects, encyclopedias and news"),
    "shops": _l("Shops and markets"),
    "directories": _l("Reviews, directories, jobs and events"),
    "blogs": _l("Blogs"),
    "builders": _l("Site builders and free hosting"),
    "code": _l("Code, questions and papers"),
    "documents": _l("Documents, forms and files"),
    "meetings": _l("Chat, meetings and appointments"),
}
"""The sections of the list of hosts, as people call them."""


@dataclass(frozen=True)
class WordsShown:
    """The words of one language: those that say "no company", and those that may stand around them."""

    language: str
    code: str
    words: tuple[str, ...]
    around: tuple[str, ...]


@pages.get("/teams/<team_slug>/no-company")
@team_page(Action.CREATE_CALENDAR)
def show() -> ResponseReturnValue:
    """The lists as HubSync has them, each section folded."""
    hosts = [(KINDS[name], [entry.removeprefix(".") for entry in listed]) for name, listed in sections().items()]
    return render_template(
        "mapping/no_company.html", languages=_languages(), hosts=hosts, free=len(free_domains())
    )


def _languages() -> list[WordsShown]:
    languages: dict[str, tuple[list[str], list[str]]] = {}
    for code, words, only_around in words_by_language():
        languages.setdefault(code, ([], []))[only_around].extend(words)
    return [
        WordsShown(_called(code), code, tuple(words), tuple(around)) for code, (words, around) in languages.items()
    ]


def _called(code: str) -> str:
    if code == "*":
        return _("In every language")
    return Locale.parse(code).get_language_name(get_locale() or "en") or code
