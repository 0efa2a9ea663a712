"""The feed of a person's own bookings, for calendar programs: its address is all they have, so it is the proof."""

from __future__ import annotations

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from hubsync.errors import NotFound
from hubsync.services.bookings import booking_feed

pages = Blueprint("booking_feeds", __name__)


@pages.get("/feeds/<token>.ics")
def read_feed(token: str) -> ResponseReturnValue:
    """The calendar, or 304 where the program has it already. Nobody's session is looked at."""
    response = Response(booking_feed.read_feed(token), content_type="text/calendar; charset=utf-8")
    response.headers["Cache-Control"] = "private, no-cache"
    response.add_etag()
    return response.make_conditional(request)


@pages.errorhandler(NotFound)
def show_not_found(fault: NotFound) -> ResponseReturnValue:
    """For programs, which show nobody a page."""
    return Response("Not found\n", 404, content_type="text/plain; charset=utf-8")
