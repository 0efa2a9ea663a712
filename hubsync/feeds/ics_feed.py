"""ICS feed: a busy calendar that is published as a file at a secret address."""

from __future__ import annotations

import hashlib

from hubsync.domain.busy_times import Window
from hubsync.errors import FeedIsWebPage
from hubsync.feeds.addresses import read_address
from hubsync.feeds.exchange import Answer, Exchange, Request, is_web_page
from hubsync.feeds.expansion import expand_documents
from hubsync.feeds.reading import FeedReading, NotModified, Person, Route, Validators, read_for
from hubsync.net.deadline import Deadline

_LONGEST_ETAG = 500
_LONGEST_DATE = 100


def read_feed(
    address: str, validators: Validators, window: Window, person: Person, deadline: Deadline, route: Route
) -> FeedReading | NotModified:
    """When *person* is busy within *window*, by the calendar at *address*.

    The server is asked for changes only where *validators* of the last reading suffice for *window*. Nothing of
    the content is kept but busy times and a fingerprint. The download takes SECONDS at most, and working out the
    times as long again; *deadline* ends both sooner. Raises FeedError, of a kind for each thing that goes wrong.
    """
    conditional = validators.suffice(window, person)
    headers = {"Accept": "text/calendar, */*;q=0.5"} | (_conditions(validators) if conditional else {})
    request = Request("GET", read_address(address, route), headers)
    answer = Exchange(route).ask(request, deadline, wanted=(200, 304) if conditional else (200,))
    if answer.status == 304:
        return NotModified(validators)
    if is_web_page(answer):
        raise FeedIsWebPage("It is a web page.")
    busy, unread, zone = expand_documents([answer.content], window, person, deadline)
    return FeedReading(
        window, busy, unread, zone, fingerprint(answer.content), _validators(answer, window, person)
    )


def fingerprint(*documents: bytes) -> str:
    """The SHA-256 of a feed's content."""
    whole = hashlib.sha256()
    for each in documents:
        whole.update(each)
    return whole.hexdigest()


def _conditions(validators: Validators) -> dict[str, str]:
    said = {"If-None-Match": validators.etag, "If-Modified-Since": validators.last_modified}
    return {name: value for name, value in said.items() if value}


def _validators(answer: Answer, window: Window, person: Person) -> Validators:
    return Validators(
        _kept(answer.headers.get("etag", ""), _LONGEST_ETAG),
        _kept(answer.headers.get("last-modified", ""), _LONGEST_DATE),
        window.start,
        window.end,
        read_for(person),
    )


def _kept(header: str, longest: int) -> str:
    """A validator as it is sent back, or none where it is nothing that a header may hold."""
    fit = header.isascii() and header.isprintable() and len(header) <= longest
    return header.strip() if fit else ""
