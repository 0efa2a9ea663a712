"""Pages for guests who cannot book here or now: a paused page, a blocked guest, too many forms at once."""

from __future__ import annotations

from math import ceil

from flask import make_response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.services.bookings.booking_page import BookingPage
from hubsync.services.limits import FullLimit


def show_paused(page: BookingPage) -> ResponseReturnValue:
    """The page of a calendar that offers nothing for the time being."""
    return render_template("bookings/dead_end.html", page=page, title=page.title, sentence=tell_paused(page))


def tell_paused(page: BookingPage) -> str:
    """That a calendar offers nothing for the time being."""
    return _("%(host)s takes no bookings at the moment. Please come back later.", host=page.host)


def show_blocked(page: BookingPage) -> ResponseReturnValue:
    """The page for a guest whom the team has blocked: it says whom to contact, and not why."""
    sentence = _(
        "Nothing was booked, and nothing that you typed was kept. If you want to meet, please contact %(team)s "
        "directly.",
        team=page.team.responsible or page.team.name,
    )
    title = _("Your booking could not be taken here")
    return render_template("bookings/dead_end.html", page=page, title=title, sentence=sentence), 403


def show_too_many(full: FullLimit, *, moves: bool = False) -> ResponseReturnValue:
    """The page that keeps what was typed until the form can be sent again; it *moves* a booking, or makes one.

    It asks the database nothing, so that a flood of forms takes its time from nobody: the form says in which
    language it was shown.
    """
    seconds = ceil(full.again_in.total_seconds())
    answer = make_response(
        render_template(
            "bookings/too_many.html",
            typed=list(request.form.items(multi=True)),
            minutes=ceil(seconds / 60),
            moves=moves,
        ),
        429,
    )
    answer.headers["Retry-After"] = str(seconds)
    return answer
