"""Diary, a booking source of the tests: a small API over a real socket, with a client as a vendor's has one.

It keeps one subscription for each address, as vendors do, and answers one call at a time. Its bookings are those
of signed JSON.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from hubsync.domain.booking import Booking
from hubsync.domain.subscriptions import SubscriptionState
from hubsync.net.deadline import Deadline
from hubsync.net.targets import path as path_of
from hubsync.services import now
from hubsync.services.sources.intake import Intake
from hubsync.sources import signed_json
from hubsync.sources.client import (
    AccountHolder,
    BookingList,
    Known,
    Route,
    SourceApi,
    Subscription,
)
from hubsync.sources.exchange import JsonExchange
from hubsync.sources.registry import SOURCES
from hubsync.sources.signed_json.read import read
from hubsync.sources.source import Said

NAME = "diary"
TOKEN = "diary-token-of-ren"


@dataclass
class Fault:
    """What the next *times* calls meet whose "METHOD path" begins with *call*: a status, or *lost*, an answer that
    never comes although the call was done. *after* calls of the kind pass first."""

    call: str
    status: int = 0
    lost: bool = False
    times: int = 1
    after: int = 0
    body: dict[str, Any] = field(default_factory=dict)


@dataclass
class DiaryServer:
    """What the vendor holds."""

    page_size: int = 2
    pause: float = 0.0
    holders: dict[str, str] = field(default_factory=lambda: {TOKEN: "Ren Host"})
    subscriptions: dict[str, dict[str, str]] = field(default_factory=dict)
    bookings: list[dict[str, Any]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    url: str = ""
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def reset(self) -> None:
        """Nothing happened yet."""
        self.page_size, self.pause, self.holders = 2, 0.0, {TOKEN: "Ren Host"}
        self._numbers = itertools.count(1)
        for each in (self.subscriptions, self.bookings, self.faults, self.calls):
            each.clear()

    def book(self, number: int, **different: Any) -> dict[str, Any]:
        """Somebody books, and nothing is sent for it.

        One that is *always* listed is so when it is known, too; a *broken* one cannot be stored.
        """
        starts = now() + timedelta(days=number % 300, minutes=number)
        body = {
            "id": f"diary-{number}",
            "event": "booking.completed",
            "calendar": {"id": "intro", "name": "Intro"},
            "guest": {"name": f"Guest {number}", "email": f"guest{number}@kaede-{number}.example"},
            "start": starts.isoformat(),
            "end": (starts + timedelta(minutes=30)).isoformat(),
        } | different
        self.bookings.append(body)
        return body

    def deliver(self, body: dict[str, Any], subscribed: dict[str, str] | None = None) -> str:
        """Send *body* to whoever is *subscribed*, the only one if there is one; the state of its delivery."""
        (subscribed,) = [subscribed] if subscribed else self.subscriptions.values()
        raw = json.dumps(body).encode()
        proof = SOURCE.prove(subscribed["secret"], raw, now())
        token = subscribed["address"].rpartition("/")[2]
        return Intake(SOURCE).receive(token, raw, proof.headers, proof.query).state

    def fault(self, call: str, **what: Any) -> None:
        self.faults.append(Fault(call, **what))

    def called(self) -> list[str]:
        """The calls since the last look."""
        with self._lock:
            calls, self.calls = self.calls, []
        return calls

    def answer(self, method: str, target: str, token: str, body: Any) -> tuple[int, Any] | None:
        """The status and the JSON that are answered; None where the answer is lost."""
        url = urlsplit(target)
        with self._lock:
            call = f"{method} {url.path}"
            self.calls.append(call)
            fault = next((each for each in self.faults if call.startswith(each.call)), None)
            if fault is not None and fault.after:
                fault.after, fault = fault.after - 1, None
            if fault is not None:
                fault.times -= 1
                if not fault.times:
                    self.faults.remove(fault)
                if not fault.lost:
                    return fault.status, fault.body
            if token not in self.holders:
                return 401, {"message": "who are you"}
            done = self._do(method, url.path, {name: one for name, (one, *_) in parse_qs(url.query).items()}, body)
            return None if fault is not None else done

    def _do(self, method: str, path: str, query: dict[str, str], body: Any) -> tuple[int, Any]:
        which = path.rpartition("/")[2]
        match method, path:
            case "GET", "/me":
                return 200, {"account": "ren", "name": next(iter(self.holders.values()))}
            case "POST", "/subscriptions":
                if any(each["address"] == body["address"] for each in self.subscriptions.values()):
                    return 409, {"message": "there is one"}
                number = str(next(self._numbers))
                self.subscriptions[number] = {**body, "id": number, "state": "active"}
                return 201, {"id": number}
            case "GET", "/subscriptions":
                return 200, {"list": list(self.subscriptions.values())}
            case "GET", "/bookings":
                return 200, self._page(query)
            case "GET", _ if which in self.subscriptions:
                return 200, self.subscriptions[which]
            case "DELETE", _ if which in self.subscriptions:
                del self.subscriptions[which]
                return 204, None
        return 404, {"message": "there is no such thing"}

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        first = int(query.get("cursor", "0"))
        within = [each for each in self.bookings if query["since"] <= each["start"] <= query["until"]]
        more = first + self.page_size
        return {"list": within[first:more], "next": str(more) if more < len(within) else "", "pause": self.pause}


class _Client:
    """The calls of Diary's API."""

    def __init__(self, route: Route) -> None:
        self._exchange = JsonExchange(route)

    def look_up_holder(self, token: str, deadline: Deadline) -> AccountHolder:
        me = self._exchange.ask("GET", "/me", token, deadline).content
        return AccountHolder(f"diary:{me['name']}", me["name"], "user", {"name": me["name"]})

    def subscribe(
        self, token: str, holder: AccountHolder, address: str, secret: str, deadline: Deadline
    ) -> Subscription:
        assert holder.details["name"] == holder.shown
        wanted = {"address": address, "secret": secret}
        made = self._exchange.ask("POST", "/subscriptions", token, deadline, body=wanted)
        if made.status == 409:
            for each in self._exchange.ask("GET", "/subscriptions", token, deadline).content["list"]:
                if each["address"] == address:
                    self.unsubscribe(token, holder, each["id"], deadline)
            made = self._exchange.ask("POST", "/subscriptions", token, deadline, body=wanted)
        return Subscription(made.content["id"], address, SubscriptionState.ACTIVE)

    def find_subscription(
        self, token: str, holder: AccountHolder, subscription_id: str, deadline: Deadline
    ) -> Subscription:
        found = self._exchange.ask("GET", path_of("subscriptions", subscription_id), token, deadline)
        if found.status == 404:
            return Subscription(subscription_id, "", SubscriptionState.GONE)
        return Subscription(subscription_id, found.content["address"], SubscriptionState(found.content["state"]))

    def unsubscribe(self, token: str, holder: AccountHolder, subscription_id: str, deadline: Deadline) -> None:
        self._exchange.ask("DELETE", path_of("subscriptions", subscription_id), token, deadline)

    def list_bookings(
        self, token: str, holder: AccountHolder, cursor: str, since: datetime, until: datetime, is_known: Known,
        deadline: Deadline,
    ) -> BookingList:  # fmt: skip
        query = {"cursor": cursor or "0", "since": since.isoformat(), "until": until.isoformat()}
        page = self._exchange.ask("GET", "/bookings", token, deadline, query=query).content
        unknown = [each for each in page["list"] if each.get("always") or not is_known(each["id"])]
        return BookingList(tuple(map(_booking, unknown)), page["next"], float(page["pause"]))


def _booking(body: Any) -> Booking:
    said = _read(body)
    assert isinstance(said, Booking)
    # A start that is not aware stands for whatever no database takes, and no reader lets through.
    broken = body.get("broken") and said.starts_at is not None
    return replace(said, starts_at=said.starts_at.replace(tzinfo=None)) if broken else said


def _read(body: Any) -> Said:
    said = read(body)
    return replace(said, source=NAME) if isinstance(said, Booking) else said


SOURCE = replace(
    signed_json.SOURCE,
    name=NAME,
    word=NAME,
    label="Diary",
    read=_read,
    read_with=None,
    api=SourceApi("https://api.diary.example", _Client, "access token"),
)


@contextmanager
def diary_registered() -> Iterator[None]:
    """Diary is one of the sources, as if its folder were there."""
    SOURCES[NAME] = SOURCE
    try:
        yield
    finally:
        del SOURCES[NAME]


@contextmanager
def diary_served() -> Iterator[DiaryServer]:
    """The vendor answers on loopback."""
    diary = DiaryServer()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            token = self.headers.get("Authorization", "").removeprefix("Bearer ")
            told = diary.answer(self.command, self.path, token, json.loads(raw) if raw else None)
            if told is None:
                return
            status, content = told
            body = b"" if content is None else json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            if status == 429:
                self.send_header("Retry-After", "30")
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_DELETE = _answer

        def log_message(self, *_: Any) -> None:
            """Nobody reads it."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    diary.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield diary
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
