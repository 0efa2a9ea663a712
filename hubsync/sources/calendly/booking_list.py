"""Calendly's own list of bookings, read a few calls at a time: events by their start, then the guests of each.

An event has no guest in it, so that each of them costs a call of its own. The cursor names the page of events, the
place within it, and the page of that event's guests.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from hubsync.domain.booking import Booking
from hubsync.errors import BodyUnreadable, SourceBusy, SourceRightMissing
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path
from hubsync.sources.calendly.pages import Page
from hubsync.sources.calendly.read import last_part, read_listed
from hubsync.sources.client import BookingList, Known
from hubsync.sources.exchange import LONGEST_PAUSE, Answer, JsonExchange, seconds_in
from hubsync.sources.fields import FieldError

log = logging.getLogger(__name__)

EVENTS_PER_PAGE = 5
"""Events of one page, and so the calls of one page but for the first."""
FEWEST_LEFT = 10
"""Calls of the running minute that are left to others; Calendly allows 50 or 500 a minute."""
LEAST_SECONDS = 1.0
"""No further event is looked at when less is left of the deadline."""

_GONE = 404
_USUAL_PAUSE = 60.0
_Items = Page[dict[str, Any]]
_NOBODY = _Items(collection=[])


@dataclass(frozen=True, slots=True)
class _Cursor:
    page: str = ""
    place: int = 0
    guests: str = ""

    def written(self) -> str:
        return json.dumps([self.page, self.place, self.guests])


def list_page(
    exchange: JsonExchange,
    token: str,
    query: Mapping[str, str],
    cursor: str,
    period: tuple[datetime, datetime],
    is_known: Known,
    deadline: Deadline,
) -> BookingList:
    """The bookings of a few events from *cursor* on; *query* says whose, *period* from when until when they begin.

    An event that nobody may look at, or that is gone, is left out. When time or calls run out, what was found
    comes with the place where to go on; raises SourceError where nothing was found out.
    """
    at = begun = _Cursor(*json.loads(cursor)) if cursor else _Cursor()
    answer = exchange.ask(
        "GET", path("scheduled_events"), token, deadline, query=_query(query, period, at.page), values=()
    )
    events = answer.read(_Items)
    found: list[Booking] = []
    for event in events.collection[at.place :]:
        if at != begun and deadline.left() < LEAST_SECONDS:
            break
        try:
            shown = _ask_for_guests(exchange, token, event, at.guests, deadline)
        except SourceBusy as busy:
            if at == begun:
                raise
            return BookingList(tuple(found), at.written(), busy.pause_seconds)
        answer, guests = shown or (answer, _NOBODY)
        found += _bookings(guests.collection, event, is_known)
        if guests.next_token:
            at = replace(at, guests=guests.next_token)
            break
        at = _Cursor(at.page, at.place + 1)
    else:
        if not events.next_token:
            return BookingList(tuple(found), pause_seconds=_pause(answer))
        at = _Cursor(events.next_token)
    return BookingList(tuple(found), at.written(), _pause(answer))


def _ask_for_guests(
    exchange: JsonExchange, token: str, event: Mapping[str, Any], page: str, deadline: Deadline
) -> tuple[Answer, _Items] | None:
    """A page of an *event*'s guests; None where there is nothing to be seen."""
    try:
        call = path("scheduled_events", last_part(event.get("uri")), "invitees")
        query = {"count": "100", **({"page_token": page} if page else {})}
        answer = exchange.ask("GET", call, token, deadline, query=query, values=(_GONE,))
    except (FieldError, ValueError, SourceRightMissing) as fault:
        log.warning("Calendly does not show the guests of one of its events (%s)", type(fault).__name__)
        return None
    return None if answer.status == _GONE else (answer, answer.read(_Items))


def _bookings(guests: Iterable[Mapping[str, Any]], event: Mapping[str, Any], is_known: Known) -> Iterator[Booking]:
    for each in guests:
        try:
            booking = read_listed(each, event)
        except BodyUnreadable as unreadable:
            log.warning("a booking in Calendly's list cannot be read: %s", unreadable.faults)
            continue
        if not is_known(booking.external_id):
            yield booking


def _query(whose: Mapping[str, str], period: tuple[datetime, datetime], page: str) -> dict[str, str]:
    since, until = (each.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") for each in period)
    return {
        **whose,
        "min_start_time": since,
        "max_start_time": until,
        "sort": "start_time:asc",
        "count": str(EVENTS_PER_PAGE),
        **({"page_token": page} if page else {}),
    }


def _pause(answer: Answer) -> float:
    """How long to leave the API alone, by what it says is left of its limits."""
    left = seconds_in(answer.headers, "x-ratelimit-remaining")
    if left is None or left >= FEWEST_LEFT:
        return 0.0
    return min(seconds_in(answer.headers, "x-ratelimit-reset") or _USUAL_PAUSE, LONGEST_PAUSE)
