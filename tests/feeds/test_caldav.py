"""CalDAV against a stand-in over real sockets: finding calendars, reading them, and each way to fail."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from hubsync.domain.busy_times import BusyTime
from hubsync.errors import (
    FeedAddressInvalid,
    FeedAddressPrivate,
    FeedBusy,
    FeedCutOff,
    FeedError,
    FeedHasNoCalendars,
    FeedIsWebPage,
    FeedNotCalendar,
    FeedNotFound,
    FeedNotHttps,
    FeedRedirected,
    FeedRefused,
    FeedServerFault,
    FeedTooLarge,
    FeedTooManyEvents,
)
from hubsync.feeds.caldav import Account, RemoteCalendar, find_calendars, read_calendars
from hubsync.feeds.reading import FeedReading, NotModified, Route, Validators
from hubsync.net.deadline import Deadline
from scheduler_sandbox.calendars import Account as Holder
from scheduler_sandbox.calendars import CalendarServer, PersonalCalendar
from tests.feeds.calendars import DECEMBER, HOST, meeting
from tests.kit.http_server import Server, reply

NINE = BusyTime(datetime(2026, 12, 3, 9, tzinfo=UTC), datetime(2026, 12, 3, 10, tzinfo=UTC))
READ = pytest.mark.slow
"""What is read is read by a process of its own, which takes its time to start."""


@pytest.fixture
def provider() -> Iterator[CalendarServer]:
    work, family = PersonalCalendar("Work & more", "office"), PersonalCalendar("Family", "family")
    work.put(meeting("20261203"))
    family.put(meeting("20261204", uid="f"))
    tasks = PersonalCalendar("Tasks", "tasks", holds="VTODO")
    with CalendarServer(Holder(calendars=[work, family, tasks])) as server:
        yield server


def account(provider: CalendarServer, address: str = "") -> Account:
    return Account(address or provider.caldav_url, provider.account.user, provider.account.password)


def find(provider: CalendarServer, route: Route, address: str = "") -> tuple[RemoteCalendar, ...]:
    return find_calendars(account(provider, address), Deadline.after(30), route)


def read(
    provider: CalendarServer, route: Route, *paths: str, validators: Validators | None = None
) -> FeedReading | NotModified:
    addresses = [f"/dav/home/{each}/" for each in paths or ("office",)]
    asked = (validators or Validators(), DECEMBER, HOST, Deadline.after(30), route)
    return read_calendars(account(provider), addresses, *asked)


def test_the_calendars_with_events_are_found(provider: CalendarServer, route: Route) -> None:
    assert find(provider, route) == (
        RemoteCalendar(f"{provider.url}/dav/home/office/", "Work & more"),
        RemoteCalendar(f"{provider.url}/dav/home/family/", "Family"),
    )
    assert {each.headers["user-agent"] for each in provider.requests} == {"HubSync/1.0 (+ops@acme.example)"}


def test_the_server_alone_is_enough(provider: CalendarServer, route: Route) -> None:
    assert len(find(provider, route, provider.url)) == 2
    assert [each.path for each in provider.requests][:2] == ["/", "/.well-known/caldav"]


def test_a_server_that_lets_nobody_in_at_its_root_is_asked_where_to_go_on(
    provider: CalendarServer, route: Route
) -> None:
    provider.switches.root_refused = True
    assert len(find(provider, route, provider.url)) == 2
    wrong = replace(account(provider, provider.url), password="guess")
    with pytest.raises(FeedRefused):
        find_calendars(wrong, Deadline.after(30), route)


def test_the_address_of_one_calendar_is_that_one(provider: CalendarServer, route: Route) -> None:
    address = f"{provider.url}/dav/home/family/"
    assert find(provider, route, address) == (RemoteCalendar(address, "Family"),)


@READ
def test_busy_times_of_the_chosen_calendars(provider: CalendarServer, route: Route) -> None:
    reading = read(provider, route, "office")
    assert isinstance(reading, FeedReading)
    assert (reading.busy, reading.unread) == ((NINE,), ())
    both = read(provider, route, "office", "family")
    assert isinstance(both, FeedReading)
    assert [each.start.day for each in both.busy] == [3, 4]
    asked = next(each for each in provider.requests if each.method == "REPORT")
    assert b'start="20261130T000000Z" end="20270102T000000Z"' in asked.body


@READ
def test_a_series_with_a_moved_time_comes_whole(provider: CalendarServer, route: Route) -> None:
    series = meeting("20261207", "RRULE:FREQ=WEEKLY;COUNT=2", uid="s")
    moved = meeting("20261215", "RECURRENCE-ID:20261214T090000Z", uid="s")
    provider.account.calendars[0].put(f"{series}\r\n{moved}")
    reading = read(provider, route)
    assert isinstance(reading, FeedReading)
    assert [each.start.day for each in reading.busy] == [3, 7, 15]


@READ
def test_calendars_that_have_not_changed_are_not_read_again(provider: CalendarServer, route: Route) -> None:
    first = read(provider, route, "office", "family")
    assert isinstance(first, FeedReading)
    assert read(provider, route, "office", "family", validators=first.validators) == NotModified(first.validators)
    assert sum(each.method == "REPORT" for each in provider.requests) == 2
    for change in (lambda: provider.account.calendars[1].put(meeting("20261210", uid="n")), lambda: None):
        change()
        again = read(provider, route, "family", validators=first.validators)  # others than before: read
        assert isinstance(again, FeedReading)


BAD_DAYS: list[tuple[type[FeedError], dict[str, object]]] = [
    (FeedBusy, {"busy": 120}),
    (FeedServerFault, {"broken": True}),
    (FeedIsWebPage, {"sign_in": True}),
    (FeedCutOff, {"cut_off": True}),
    (FeedServerFault, {"withheld": True}),
    (FeedTooManyEvents, {"truncated": True}),
]


@pytest.mark.parametrize(("kind", "switches"), BAD_DAYS)
def test_a_bad_day_of_the_provider_is_a_fault_and_never_empty(
    provider: CalendarServer, route: Route, kind: type[FeedError], switches: dict[str, object]
) -> None:
    provider.switches = replace(provider.switches, **switches)  # type: ignore[arg-type]
    with pytest.raises(FeedError) as fault:
        read(provider, route)
    assert type(fault.value) is kind


def test_a_wrong_password_is_told(provider: CalendarServer, route: Route) -> None:
    wrong = replace(account(provider), password="guess-canary")
    with pytest.raises(FeedRefused) as fault:
        find_calendars(wrong, Deadline.after(30), route)
    assert "canary" not in repr((fault.value, wrong))


def test_a_calendar_that_was_deleted(provider: CalendarServer, route: Route) -> None:
    with pytest.raises(FeedNotFound):
        read(provider, route, "gone")


def test_an_account_without_calendars(provider: CalendarServer, route: Route) -> None:
    provider.account.calendars[:] = [PersonalCalendar("Tasks", "tasks", holds="VTODO")]
    with pytest.raises(FeedHasNoCalendars):
        find(provider, route)


@pytest.mark.parametrize(
    ("home", "kind"),
    [
        ("https://elsewhere.example/dav/", FeedRedirected),  # the password goes to nobody else
        ("http://localhost:1/dav/", FeedRedirected),
        ("http://169.254.169.254/", FeedNotHttps),
        ("file:///etc/passwd", FeedAddressInvalid),
        ("https://[elsewhere/", FeedAddressInvalid),
        ("", FeedHasNoCalendars),
    ],
)
def test_calendars_elsewhere_are_not_asked(
    provider: CalendarServer, route: Route, home: str, kind: type[FeedError]
) -> None:
    provider.switches.home = home
    with pytest.raises(FeedError) as fault:
        find(provider, route)
    assert type(fault.value) is kind


def test_a_name_with_a_colon_and_an_address_that_is_none(provider: CalendarServer, route: Route) -> None:
    for bad in (replace(account(provider), user="a:b"), replace(account(provider), address="not an address")):
        with pytest.raises(FeedAddressInvalid):
            find_calendars(bad, Deadline.after(30), route)


def test_this_machine_is_not_asked_unless_it_is_named(provider: CalendarServer) -> None:
    with pytest.raises(FeedNotHttps):
        find(provider, Route())
    with pytest.raises(FeedAddressPrivate):
        find(provider, Route(), provider.caldav_url.replace("http:", "https:"))
    assert provider.requests == []


ENTITIES = b"""<?xml version="1.0"?>
<!DOCTYPE multistatus [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<D:multistatus xmlns:D="DAV:"><D:response><D:href>&b;</D:href></D:response></D:multistatus>"""
DEEP = b'<D:multistatus xmlns:D="DAV:">' + b"<D:response>" * 100_000
HUGE = b'<D:multistatus xmlns:D="DAV:"><D:response><D:href>' + b"x" * 6_000_000
MANY = b'<D:multistatus xmlns:D="DAV:">' + b"<D:response></D:response>" * 6_000 + b"</D:multistatus>"

DIGITS = b'<D:multistatus xmlns:D="DAV:"><D:response><D:status>HTTP/1.1 %s</D:status></D:response></D:multistatus>'


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (207, ENTITIES, FeedNotCalendar),
        (207, ENTITIES.decode().encode("utf-16"), FeedNotCalendar),
        (207, DEEP, FeedNotCalendar),
        (207, HUGE, FeedTooLarge),
        (207, MANY, FeedTooManyEvents),
        (207, DIGITS % (b"2" * 5_000), FeedServerFault),
        (207, b"", FeedNotCalendar),
        (207, b"{}", FeedNotCalendar),
        (207, b"<feed/>", FeedNotCalendar),
        (207, b'<D:multistatus xmlns:D="DAV:"></D:multistatus>', FeedNotFound),
        (207, b'<D:multistatus xmlns:D="DAV:"><D:response>', FeedCutOff),
        (200, b"ok", FeedNotCalendar),
        (405, b"", FeedNotCalendar),
        (501, b"", FeedNotCalendar),
    ],
)
def test_answers_that_are_none(
    serve: Callable[..., Server], route: Route, status: int, body: bytes, kind: type[FeedError]
) -> None:
    server = serve(reply(status, body, content_type="application/xml"))
    asked = (["/dav/"], Validators(), DECEMBER, HOST, Deadline.after(30), route)
    with pytest.raises(FeedError) as fault:
        read_calendars(Account(server.url, "ren", "word"), *asked)
    assert type(fault.value) is kind
