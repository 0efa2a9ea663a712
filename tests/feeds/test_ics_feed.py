"""Feeds over real sockets: what is asked, what counts as an answer, and the kind of fault that a refusal is."""

from __future__ import annotations

import gzip
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
import trustme

from hubsync.domain.busy_times import BusyTime, Window
from hubsync.errors import (
    FeedAddressInvalid,
    FeedAddressPrivate,
    FeedBusy,
    FeedCutOff,
    FeedError,
    FeedIsWebPage,
    FeedNotCalendar,
    FeedNotFound,
    FeedNotHttps,
    FeedRedirected,
    FeedRefused,
    FeedServerFault,
    FeedTooLarge,
    FeedTooManyEvents,
    FeedTooSlow,
    FeedUnreachable,
)
from hubsync.feeds.ics_feed import read_feed
from hubsync.feeds.reading import FeedReading, NotModified, Person, Route, Validators
from hubsync.net.deadline import Deadline
from hubsync.net.public_addresses import read_exceptions
from tests.feeds.calendars import BERLIN, DECEMBER, HOST, calendar, event, meeting
from tests.kit.http_server import Request, Server, drip, http, raw, reply, say_nothing
from tests.kit.ports import free_port

CONTENT = calendar("X-WR-TIMEZONE:Europe/Berlin", meeting("20261203"))
NINE = BusyTime(datetime(2026, 12, 3, 9, tzinfo=UTC), datetime(2026, 12, 3, 10, tzinfo=UTC))
PAGE = b"<!DOCTYPE html><html><title>Sign in</title>"
Serve = Callable[..., Server]
READ = pytest.mark.slow
"""What is read is read by a process of its own, which takes its time to start."""


def ask(
    address: str,
    route: Route,
    *,
    validators: Validators | None = None,
    window: Window = DECEMBER,
    person: Person = HOST,
    seconds: float = 30,
) -> FeedReading | NotModified:
    return read_feed(address, validators or Validators(), window, person, Deadline.after(seconds), route)


def ics(body: bytes = CONTENT, **headers: str) -> bytes:
    return http(200, body, content_type="text/calendar; charset=utf-8", **headers)


@READ
def test_a_feed_is_read(serve: Serve, route: Route) -> None:
    server = serve(raw(ics(etag='"one"', last_modified="Sun, 29 Nov 2026 10:00:00 GMT")))
    reading = ask(f"{server.url}/secret.ics?key=1#part", route)
    assert isinstance(reading, FeedReading)
    assert (reading.busy, reading.unread, reading.zone) == ((NINE,), (), BERLIN)
    assert len(reading.fingerprint) == 64
    (asked,) = server.requests
    assert asked.line == "GET /secret.ics?key=1 HTTP/1.1"
    assert asked.headers["user-agent"] == "HubSync/1.0 (+ops@acme.example)"
    assert "if-none-match" not in asked.headers


@READ
def test_a_feed_that_has_not_changed(serve: Serve, route: Route) -> None:
    server = serve(raw(ics(etag='W/"one"', last_modified="Sun, 29 Nov 2026 10:00:00 GMT")))
    first = ask(server.url, route)
    server.script = reply(304, b"")
    assert isinstance(first, FeedReading)
    assert ask(server.url, route, validators=first.validators) == NotModified(first.validators)
    sent = server.requests[1].headers
    assert (sent["if-none-match"], sent["if-modified-since"]) == ('W/"one"', "Sun, 29 Nov 2026 10:00:00 GMT")


@READ
def test_a_feed_is_read_anew_where_no_change_would_not_tell_all(serve: Serve, route: Route) -> None:
    server = serve(raw(ics(etag='"one"')))
    first = ask(server.url, route)
    assert isinstance(first, FeedReading)
    asked: list[tuple[Window, Person]] = [
        (replace(DECEMBER, end=DECEMBER.end + timedelta(days=1)), HOST),  # the future missing looks like free time
        (replace(DECEMBER, start=DECEMBER.start - timedelta(days=1)), HOST),
        (DECEMBER, replace(HOST, zone="Asia/Tokyo")),
        (DECEMBER, replace(HOST, emails=frozenset({"new@acme.example"}))),
    ]
    for window, person in asked:
        ask(server.url, route, validators=first.validators, window=window, person=person)
        assert "if-none-match" not in server.requests[-1].headers


def test_not_modified_is_no_answer_to_whoever_did_not_ask_for_changes(serve: Serve, route: Route) -> None:
    with pytest.raises(FeedServerFault):
        ask(serve(status=304, body=b"").url, route)


@READ
def test_a_validator_that_no_header_may_hold_is_not_kept(serve: Serve, route: Route) -> None:
    reading = ask(serve(raw(ics(etag='"' + "x" * 600 + '"'))).url, route)
    assert isinstance(reading, FeedReading)
    assert reading.validators.etag == ""


@READ
def test_a_compressed_feed_is_read(serve: Serve, route: Route) -> None:
    reading = ask(serve(raw(ics(gzip.compress(CONTENT), content_encoding="gzip"))).url, route)
    assert isinstance(reading, FeedReading)
    assert reading.busy == (NINE,)


@READ
def test_a_calendar_without_events_is_free_and_no_fault(serve: Serve, route: Route) -> None:
    reading = ask(serve(raw(ics(calendar()))).url, route)
    assert isinstance(reading, FeedReading)
    assert (reading.busy, reading.unread) == ((), ())


REFUSED = [
    (FeedRefused, http(401, b"")),
    (FeedRefused, http(403, PAGE, content_type="text/html")),
    (FeedNotFound, http(404, PAGE, content_type="text/html")),
    (FeedNotFound, http(410, b"")),
    (FeedBusy, http(429, b"")),
    (FeedBusy, http(429, PAGE, content_type="text/html")),
    (FeedServerFault, http(500, CONTENT)),
    (FeedServerFault, http(503, PAGE, content_type="text/html")),
    (FeedServerFault, http(204, b"")),
    (FeedServerFault, http(400, b"")),
    (FeedIsWebPage, http(200, PAGE, content_type="text/html")),
    (FeedIsWebPage, http(200, b"\xef\xbb\xbf\n " + PAGE, content_type="text/calendar")),
    (FeedIsWebPage, http(200, b"<HTML>", content_type="text/plain")),
    (FeedIsWebPage, http(200, b"", content_type="text/html")),
    pytest.param(FeedNotCalendar, http(200, b"", content_type="text/calendar"), marks=READ),
    pytest.param(FeedNotCalendar, http(200, b"{}", content_type="application/json"), marks=READ),
    pytest.param(FeedNotCalendar, http(200, b"\0" * 1000, content_type="text/calendar"), marks=READ),
    pytest.param(FeedNotCalendar, http(200, b"<?xml version='1.0'?><feed/>", content_type="text/xml"), marks=READ),
    pytest.param(FeedCutOff, ics(CONTENT[: CONTENT.index(b"END:VEVENT")]), marks=READ),
    (FeedCutOff, ics(CONTENT[:-40])[:-60]),
    (FeedCutOff, ics(content_encoding="gzip")),
    (FeedTooLarge, ics(gzip.compress(b"\0" * 50_000_000), content_encoding="gzip")),
    (FeedTooLarge, ics(calendar(meeting("20261203", "DESCRIPTION:" + "x" * 20_000_000)))),
    pytest.param(FeedTooManyEvents, ics(calendar(*["BEGIN:VTODO\r\nEND:VTODO"] * 5001)), marks=READ),
]


@pytest.mark.parametrize(("kind", "answer"), REFUSED)
def test_what_is_no_feed_is_a_fault_of_its_own_kind_and_never_empty(
    serve: Serve, route: Route, kind: type[FeedError], answer: bytes
) -> None:
    def script(sock: object, request: Request) -> bool:
        raw(answer)(sock, request)  # type: ignore[arg-type]
        return False

    with pytest.raises(FeedError) as fault:
        ask(serve(script).url, route)
    assert type(fault.value) is kind


@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        *[("120", 120, 120), ("999999999", 86_400, 86_400), ("soon", 900, 900), ("", 900, 900), ("-5", 900, 900)],
        (f"Mon, 01 Jan 2024 00:00:00 +{'9' * 14}", 900, 900),
        (f"Mon, 01 Jan {'9' * 20} 00:00:00 GMT", 900, 900),
    ],
)
def test_how_long_a_server_asks_to_be_left_alone(
    serve: Serve, route: Route, said: str, least: float, most: float
) -> None:
    with pytest.raises(FeedBusy) as fault:
        ask(serve(status=429, retry_after=said).url, route)
    assert fault.value.pause_seconds is not None
    assert least <= fault.value.pause_seconds <= most


def test_a_server_may_say_until_when(serve: Serve, route: Route) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(hours=1), usegmt=True)
    with pytest.raises(FeedServerFault) as fault:
        ask(serve(status=503, retry_after=until).url, route)
    assert fault.value.pause_seconds is not None
    assert 3_500 < fault.value.pause_seconds <= 3_600


@pytest.mark.parametrize("script", [say_nothing, drip(ics(), at_once=200)], ids=["silent", "dripping"])
def test_a_slow_server_is_given_up(serve: Serve, route: Route, script: object) -> None:
    with pytest.raises(FeedTooSlow):
        ask(serve(script).url, route, seconds=0.3)


def test_an_endless_answer_is_cut(serve: Serve, route: Route) -> None:
    def endless(sock: object, request: Request) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: text/calendar\r\n\r\n")  # type: ignore[attr-defined]
        while True:
            sock.sendall(b"X-LINE:" + b"x" * 60_000 + b"\r\n")  # type: ignore[attr-defined]

    with pytest.raises(FeedTooLarge):
        ask(serve(endless).url, route)


def test_nobody_there(route: Route) -> None:
    with pytest.raises(FeedUnreachable):
        ask(f"http://127.0.0.1:{free_port()}/a.ics", route)


@pytest.mark.parametrize(
    "address",
    [
        *("", "calendar", "https://", "https:///a.ics", "ftp://calendar.example/a.ics", "javascript:alert(1)"),
        *("https://host:name@calendar.example/a.ics", "https://calendar.example:99999/", "https://a b.example/"),
        *("https://calendar.example\\@127.0.0.1/", "https://calendar.example/\n", "file:///etc/passwd"),
        *("https://[::1/a.ics", "https://calendar.example/" + "x" * 2_000, "//calendar.example/a.ics"),
        *("https://.example/", "https://" + "x" * 70 + ".example/"),
    ],
)
def test_what_is_no_address(address: str, route: Route) -> None:
    with pytest.raises((FeedAddressInvalid, FeedUnreachable)) as fault:
        ask(address, route)
    assert "calendar" not in fault.value.message


@pytest.mark.parametrize(
    "address", ["http://calendar.example/a.ics", "HTTP://93.184.216.34/", "http://127.0.0.2/"]
)
def test_http_is_refused_before_anything_is_asked(address: str) -> None:
    with pytest.raises(FeedNotHttps):
        ask(address, Route())


def test_webcal_is_the_web_address_behind_it() -> None:
    with pytest.raises(FeedAddressPrivate):  # and not: no address
        ask("webcal://localhost/a.ics", Route())


@pytest.mark.parametrize(
    "location",
    [
        "https://elsewhere.example/a.ics",
        "//elsewhere.example/a.ics",
        "http://169.254.169.254/latest/meta-data/",
        "http://localhost:{port}/",  # the same machine by another name
        "ftp://127.0.0.1/",
        "http://127.0.0.1:1/",
        "http://user@127.0.0.1:{port}/",
        "http://[::1/",
    ],
)
def test_no_redirect_leads_to_another_host(serve: Serve, route: Route, location: str) -> None:
    server = serve()
    server.script = reply(302, b"", location=location.format(port=server.port))
    with pytest.raises(FeedRedirected):
        ask(server.url, route)
    assert len(server.requests) == 1


@READ
def test_three_redirects_on_the_same_host_are_followed(serve: Serve, route: Route) -> None:
    answers = [
        http(301, b"", location="/a"),
        http(302, b"", location="b?c=1"),
        http(307, b"", location="/d"),
        ics(),
    ]
    server = serve()
    server.script = lambda sock, request: sock.sendall(answers[len(server.requests) - 1])
    assert isinstance(ask(server.url, route), FeedReading)
    assert [each.line.split()[1] for each in server.requests] == ["/", "/a", "/b?c=1", "/d"]


def test_the_fourth_redirect_is_not_followed(serve: Serve, route: Route) -> None:
    server = serve(status=302, body=b"", location="/again")
    with pytest.raises(FeedRedirected):
        ask(server.url, route)
    assert len(server.requests) == 4


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, str]:
    authority = trustme.CA()
    bundle = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context, str(bundle)


@READ
def test_over_tls(serve: Serve, route: Route, certified: tuple[ssl.SSLContext, str]) -> None:
    context, bundle = certified
    server = serve(raw(ics()), context=context)
    assert isinstance(ask(server.host_url, replace(route, ca_bundle=bundle)), FeedReading)
    with pytest.raises(FeedUnreachable, match="certificate was not accepted"):
        ask(server.host_url, route)


def test_the_proxy_is_the_way_to_the_internet_and_not_to_ones_own_hosts(
    serve: Serve, route: Route, certified: tuple[ssl.SSLContext, str]
) -> None:
    context, bundle = certified
    server, proxy = serve(status=404, context=context), serve(status=502, body=b"")
    behind = replace(route, ca_bundle=bundle, https_proxy=proxy.url)
    with pytest.raises(FeedNotFound):
        ask(server.host_url, behind)
    assert proxy.connections == 0
    with pytest.raises(FeedUnreachable, match="proxy refused"):
        ask("https://calendar.invalid/a.ics", behind)
    assert proxy.requests[0].line.startswith("CONNECT calendar.invalid:443")


@pytest.mark.parametrize("exceptions", ["", "10.0.0.0/8", "calendar.lan"])
def test_this_machine_is_not_asked_unless_it_is_named(
    serve: Serve, route: Route, certified: tuple[ssl.SSLContext, str], exceptions: str
) -> None:
    context, bundle = certified
    server = serve(raw(ics()), context=context)
    for address in (server.host_url, server.url):
        with pytest.raises(FeedAddressPrivate):
            ask(address, Route(exceptions=read_exceptions(exceptions), ca_bundle=bundle))
    assert server.connections == 0  # not even connected to


@READ
def test_nothing_of_the_address_or_the_content_is_in_a_fault_or_a_repr(serve: Serve, route: Route) -> None:
    server = serve(raw(ics(calendar(event("SUMMARY:Doctor", "DTSTART:20261203T090000Z")))))
    reading = ask(f"{server.url}/canary", route)
    assert "Doctor" not in repr(reading)
    server.script = reply(404, b"canary")
    with pytest.raises(FeedNotFound) as fault:
        ask(f"{server.url}/canary", route)
    assert "canary" not in repr(fault.value)
