"""Account page: the feed of one's own bookings, whose address is shown once, on a page of its own.

The press that makes it leads to that page, so that reloading the page makes no other one. Between the two the
session holds the address, sealed for its person.
"""

from __future__ import annotations

from flask import Blueprint, flash, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from hubsync.services import now
from hubsync.services.bookings import booking_feed
from hubsync.store.sealed_text import Sealed
from hubsync.web.shell.guards import person_page

SECONDS = 900
"""For so long the address may be shown: a press whose answer was lost is made good by going to the page."""
KEY = "new_feed"

pages = Blueprint("own_feed", __name__)


@pages.post("/account/booking-feed")
@person_page
def make_address() -> ResponseReturnValue:
    """Make the address, or another one in its place, and lead to where it is shown."""
    sealed = booking_feed.make_address(g.person.id)
    session[KEY] = [sealed, int(now().timestamp()) + SECONDS]
    return redirect(url_for("own_feed.show_new_address"))


@pages.get("/account/booking-feed/new")
@person_page
def show_new_address() -> ResponseReturnValue:
    """The page with the new address, once; without one the account page."""
    address = "" if request.method == "HEAD" else _take()
    if not address:
        return redirect(url_for("account.show", _anchor="booking-feed"))
    return render_template("people/new_feed.html", address=address)


@pages.post("/account/booking-feed/off")
@person_page
def switch_off() -> ResponseReturnValue:
    """Let the address lead nowhere from now on."""
    booking_feed.switch_off(g.person.id)
    flash(_("The feed is off. Its address leads nowhere any more."), "success")
    return redirect(url_for("account.show", _anchor="booking-feed"))


def _take() -> str:
    sealed, until = session.pop(KEY, ("", 0))
    return booking_feed.open_address(g.person.id, Sealed(sealed)) if now().timestamp() <= until else ""
