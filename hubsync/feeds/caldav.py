"""CalDAV account: a busy calendar that is asked with a user name and an app password (RFC 4791, RFC 6764).

Two kinds of requests, over the exchange that fences ICS feeds as well. The library `caldav` is not used, because
its HTTP cannot be fenced: see docs/ARCHITECTURE.md, "Libraries and why".
"""

from __future__ import annotations

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta
from urllib.parse import urljoin, urlsplit

from hubsync.domain.busy_times import Window
from hubsync.errors import (
    FeedAddressInvalid,
    FeedError,
    FeedHasNoCalendars,
    FeedIsWebPage,
    FeedNotCalendar,
    FeedNotFound,
    FeedRedirected,
    FeedRefused,
    FeedServerFault,
    FeedTooLarge,
    FeedTooManyEvents,
)
from hubsync.feeds.addresses import read_address
from hubsync.feeds.exchange import Answer, Exchange, Request, is_web_page
from hubsync.feeds.expansion import expand_documents
from hubsync.feeds.ics_feed import fingerprint
from hubsync.feeds.multistatus import CALDAV, DAV, SERVER, Resource, read_multistatus
from hubsync.feeds.reading import (
    LARGEST_BYTES,
    MOST_COMPONENTS,
    SECONDS,
    FeedReading,
    NotModified,
    Person,
    Route,
    Validators,
    read_for,
)
from hubsync.net.deadline import Deadline

MOST_CALENDARS = 50
_LONGEST_NAME = 200
_PRINCIPAL, _HOME = f"{DAV}current-user-principal", f"{CALDAV}calendar-home-set"
_NO_DAV = (405, 501)
_ASK = (
    b'<?xml version="1.0" encoding="utf-8"?>'
    b'<propfind xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav" xmlns:S="http://calendarserver.org/ns/"><prop>'
    b"<current-user-principal/><C:calendar-home-set/><resourcetype/><displayname/>"
    b"<C:supported-calendar-component-set/><S:getctag/><sync-token/>"
    b"</prop></propfind>"
)
_EVENTS = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<C:calendar-query xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><prop><C:calendar-data/></prop>'
    '<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">'
    '<C:time-range start="{start:%Y%m%dT%H%M%SZ}" end="{end:%Y%m%dT%H%M%SZ}"/>'
    "</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"
)
_WIDER = timedelta(days=1)
"""Days and times without a zone are where the server thinks that the person is; ours may be another place."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person's account: the *address* of the server, or of anything in the account, *user* and app password."""

    address: str = field(repr=False)
    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RemoteCalendar:
    """A calendar of an account, for the person to choose; *name* is the person's own word for it."""

    address: str = field(repr=False)
    name: str


def find_calendars(account: Account, deadline: Deadline, route: Route) -> tuple[RemoteCalendar, ...]:
    """The calendars with events of *account*, at most MOST_CALENDARS. Raises FeedError.

    The address may be that of one calendar, of the person, or of the server alone, which says where to go on.
    """
    return _Session(account, deadline.within(SECONDS), route).find_calendars()


def read_calendars(
    account: Account,
    addresses: Sequence[str],
    validators: Validators,
    window: Window,
    person: Person,
    deadline: Deadline,
    route: Route,
) -> FeedReading | NotModified:
    """When *person* is busy within *window*, by the calendars of *account* at *addresses*, as `read_feed` says it.

    All limits are those of one ICS feed, for all calendars together. Where one cannot be read, none is.
    """
    session = _Session(account, deadline.within(SECONDS), route)
    tags = [session.tag(each) for each in addresses]
    tag = hashlib.sha256("\n".join([*addresses, *tags]).encode()).hexdigest() if all(tags) else ""
    if tag and tag == validators.etag and validators.suffice(window, person):
        return NotModified(validators)
    documents: list[bytes] = []
    for each in addresses:
        documents += session.read_events(each, window)
        if sum(map(len, documents)) > LARGEST_BYTES:
            raise FeedTooLarge("They are larger than 5 MB.")
        if len(documents) > MOST_COMPONENTS:
            raise FeedTooManyEvents(f"They have more than {MOST_COMPONENTS} events in this period.")
    busy, unread, zone = expand_documents(documents, window, person, deadline)
    left = Validators(tag, "", window.start, window.end, read_for(person))
    return FeedReading(window, busy, unread, zone, fingerprint(*documents), left)


class _Session:
    """The requests of one piece of work, all before one deadline."""

    def __init__(self, account: Account, deadline: Deadline, route: Route) -> None:
        text = account.address.strip()
        self._server = read_address(text if "://" in text else f"https://{text}", route)
        if ":" in account.user:
            raise FeedAddressInvalid("A user name has no colon in it.")
        proof = b64encode(f"{account.user}:{account.password}".encode(errors="replace")).decode()
        self._headers = {"Authorization": f"Basic {proof}", "Content-Type": 'application/xml; charset="utf-8"'}
        self._deadline, self._route = deadline, route
        self._exchange = Exchange(route)

    def find_calendars(self) -> tuple[RemoteCalendar, ...]:
        here, address = self._begin()
        if _is_calendar(here):
            return (_remote(here, address),)
        if not here.leads_to(_HOME) and here.leads_to(_PRINCIPAL):
            here, address = self._look(self._join(address, here.leads_to(_PRINCIPAL)))
        if not here.leads_to(_HOME):
            raise FeedHasNoCalendars("Its server does not say where the calendars are.")
        answer = self._ask("PROPFIND", self._join(address, here.leads_to(_HOME)), _ASK, depth="1")
        found = [
            _remote(each, self._join(answer.address, each.href))
            for each in read_multistatus(answer.content)
            if _is_calendar(each)
        ]
        if not found:
            raise FeedHasNoCalendars("It has no calendar with events.")
        return tuple(found[:MOST_CALENDARS])

    def tag(self, address: str) -> str:
        """What changes whenever the calendar does; empty where its server has no such thing."""
        here, _ = self._look(self._join(self._server, address))
        return here.text(f"{SERVER}getctag") or here.text(f"{DAV}sync-token")

    def read_events(self, address: str, window: Window) -> list[bytes]:
        """The events that touch *window*, each a calendar of its own with all times of a series.

        One that its server holds back is no event less: raises FeedServerFault, or FeedTooManyEvents.
        """
        start, end = window.start.astimezone(UTC) - _WIDER, window.end.astimezone(UTC) + _WIDER
        body = _EVENTS.format(start=start, end=end).encode()
        answer = self._ask("REPORT", self._join(self._server, address), body, depth="1")
        documents = []
        for each in read_multistatus(answer.content):
            if each.status == 507:
                raise FeedTooManyEvents("Its server does not give all events of this period.")
            if each.status == 404:  # deleted while it was asked
                continue
            data = each.text(f"{CALDAV}calendar-data")
            if not data:
                raise FeedServerFault("Its server gave an event without its content.")
            documents.append(data.encode())
        return documents

    def _begin(self) -> tuple[Resource, str]:
        """The resource at the address that was entered, else the one that the server names for CalDAV."""
        refused: FeedRefused | None = None
        try:
            here, address = self._look(self._server)
        except (FeedNotFound, FeedNotCalendar, FeedIsWebPage, FeedRedirected):
            pass
        except FeedRefused as fault:  # of nobody, or of everybody at this address
            refused = fault
        else:
            if _is_calendar(here) or here.leads_to(_HOME) or here.leads_to(_PRINCIPAL):
                return here, address
        try:
            return self._look(urljoin(self._server, "/.well-known/caldav"))
        except FeedError:
            if refused is not None:
                raise refused from None
            raise

    def _look(self, address: str) -> tuple[Resource, str]:
        answer = self._ask("PROPFIND", address, _ASK, depth="0")
        resources = read_multistatus(answer.content)
        if not resources:
            raise FeedNotFound("Nothing is at this address.")
        return resources[0], answer.address

    def _ask(self, method: str, address: str, body: bytes, *, depth: str) -> Answer:
        request = Request(method, address, {**self._headers, "Depth": depth}, body)
        answer = self._exchange.ask(request, self._deadline, wanted=(207, 200, *_NO_DAV))
        if is_web_page(answer):
            raise FeedIsWebPage("It is a web page.")
        if answer.status != 207:
            raise FeedNotCalendar("There is no CalDAV at this address.")
        return answer

    def _join(self, address: str, href: str) -> str:
        """*href*, as the server at *address* wrote it, on the same host or on one beside it.

        iCloud has people's calendars on hosts beside caldav.icloud.com; the password goes to nobody else.
        """
        try:
            there = read_address(urljoin(address, href), self._route)
        except ValueError:
            raise FeedAddressInvalid("Its server leads on to what is no address.") from None
        if not _are_kin(urlsplit(self._server).hostname or "", urlsplit(there).hostname or ""):
            raise FeedRedirected("Its server leads on to another host.")
        return there


def _are_kin(one: str, other: str) -> bool:
    """Whether two hosts are the same, or beside each other in a domain of two names at least."""
    parent = one.partition(".")[2]
    return one == other or ("." in parent and not one[-1].isdigit() and parent == other.partition(".")[2])


def _is_calendar(resource: Resource) -> bool:
    kinds = resource.parts(f"{CALDAV}supported-calendar-component-set")
    return f"{CALDAV}calendar" in resource.parts(f"{DAV}resourcetype") and (not kinds or "VEVENT" in kinds)


def _remote(resource: Resource, address: str) -> RemoteCalendar:
    name = " ".join(resource.text(f"{DAV}displayname").split())[:_LONGEST_NAME]
    return RemoteCalendar(address, name or urlsplit(address).path.rstrip("/").rpartition("/")[2])
