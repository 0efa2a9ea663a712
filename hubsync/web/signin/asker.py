"""Requester of a mail, as the request tells: the network address, and the cookie of a known browser.

Browsers get the cookie once somebody is signed in, and keep it after signing out. It is there for
`hubsync.services.signin.mail_limits` alone; pages for guests never set it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from babel.dates import format_time
from flask import Flask, Response, current_app, g, request
from flask_babel import get_locale

from hubsync.domain.zones import is_zone
from hubsync.services import now
from hubsync.services.signin.known_browsers import MARK_LIFE, KnownBrowser, new_browser, read_mark
from hubsync.services.signin.mail_limits import COUNTED_FOR, FROM_NETWORK, TO_MAILBOX, Requester

ROUNDED_TO = timedelta(minutes=5)


def register(app: Flask) -> None:
    """Have every browser marked in which somebody is signed in; let pages say how many mails are sent."""
    app.after_request(_mark)
    app.jinja_env.globals.update(
        mails_from_network=FROM_NETWORK, mails_to_mailbox=TO_MAILBOX, word_again=word_again
    )


def asker() -> Requester:
    """Who asks, as the limits count."""
    return Requester(request.remote_addr, _known_browser())


def again_at(time_zone: str) -> tuple[int, str]:
    """When what is asked for now is not counted any more, and on whose clock: that of *time_zone*, else UTC.

    `word_again` words it, on each page anew: what is kept for a page is not in the language of another one.
    """
    steps = ceil((now() + COUNTED_FOR).timestamp() / ROUNDED_TO.total_seconds())
    return steps * int(ROUNDED_TO.total_seconds()), time_zone if is_zone(time_zone) else "UTC"


def word_again(at: int, time_zone: str) -> str:
    """What `again_at` gave, in the reader's language: ``10:20``."""
    shown = format_time(
        datetime.fromtimestamp(at, UTC), "short", tzinfo=ZoneInfo(time_zone), locale=get_locale() or "en"
    )
    return shown if time_zone != "UTC" else f"{shown} UTC"


def _cookie_name() -> str:
    return f"{current_app.config['SESSION_COOKIE_NAME']}-known"


def _known_browser() -> KnownBrowser | None:
    return read_mark(request.cookies.get(_cookie_name(), ""))


def _mark(response: Response) -> Response:
    person = g.get("person")
    known = _known_browser() if person is not None else None
    if person is None or (known is not None and known.knows(person.id)):
        return response
    response.set_cookie(
        _cookie_name(),
        (known or new_browser()).with_person(person.id).sign(),
        max_age=MARK_LIFE,
        secure=current_app.config["SESSION_COOKIE_SECURE"],
        httponly=True,
        samesite="Lax",
    )
    return response
