"""A day's traffic: guests at the booking page, a sender of webhooks, readers of feeds and pages, on a schedule.

Each kind has its pace, whatever the answers take: what comes late is sent late and told of.
"""

from __future__ import annotations

import itertools
import json
import random
import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

from bench.guests import FREE_STARTS, STARTS_ELSEWHERE, LogReader
from bench.installation import Guest, Installation
from bench.ledger import Ledger
from bench.stand_in import StandIn
from hubsync.services import now
from hubsync.services.bookings import booking_feed
from hubsync.services.signin import links
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.sources.registry import SOURCES
from hubsync.store import end_read, write_transaction
from hubsync.store.calendars import Calendar
from tests.kit import rows

SOURCE = SOURCES["signed_json"]
ROOMS = 24
"""So many wait for an answer at a time."""
SENT_TWICE = 20
"""One of so many webhooks comes twice, as from senders that have not heard the first answer."""
FAULTS: tuple[dict[str, Any], ...] = (
    {"action": "status", "status": 429},
    {"action": "status", "status": 500, "times": 3},
    {"action": "status", "status": 503, "when": "after", "times": 3},
    {"action": "drop", "when": "after"},
    {"action": "status", "status": 502},
)
"""What befalls calls to HubSpot, in turns; some after their work was done, some more than one after the other."""
LET_PASS = 15
"""So many calls go well before one goes wrong: where none come, none goes wrong."""
_FORM = re.compile(r'name="csrf_token" value="([^"]+)"')


@dataclass(frozen=True)
class Pace:
    """*act* is begun every so many *seconds*."""

    seconds: float
    act: Callable[[], None]


@dataclass
class Schedule:
    """Begins acts at their paces until the time is over; *late* is how late the latest one began."""

    paces: list[Pace]
    late: float = 0.0
    _open: set[Future[None]] = field(default_factory=set)

    def run(self, seconds: float) -> None:
        """Go on for so many *seconds*, and until the last act has ended."""
        began = time.monotonic()
        due = [
            (began + pace.seconds * (number + 1) / (len(self.paces) + 1)) for number, pace in enumerate(self.paces)
        ]
        with ThreadPoolExecutor(ROOMS) as rooms:
            while (moment := time.monotonic()) < began + seconds:
                for number, pace in enumerate(self.paces):
                    if due[number] <= moment:
                        self._begin(rooms, pace.act, due[number])
                        due[number] += pace.seconds
                time.sleep(max(0.0, min(due) - time.monotonic()))

    def _begin(self, rooms: ThreadPoolExecutor, act: Callable[[], None], due: float) -> None:
        def begin() -> None:
            self.late = max(self.late, time.monotonic() - due)
            act()

        self._open = {each for each in self._open if not each.done() or each.result()}  # a fault of ours ends it
        self._open.add(rooms.submit(begin))


class Traffic:
    """What comes to the installation that answers at *url*, written down in *ledger*."""

    def __init__(self, installation: Installation, url: str, ledger: Ledger) -> None:
        self._installation, self._url, self._ledger = installation, url, ledger
        self._page = f"{url}/book/{installation.slug}"
        self._lock = threading.Lock()
        self._number = 0
        self._chance = random.Random(16)
        with installation.app.app_context():
            self._secret = endpoint_setup.make_endpoint(installation.team_id, SOURCE.name)
            shown = endpoints.show_endpoint(installation.team_id, SOURCE.name)
            end_read()
            self._feed = booking_feed.open_address(
                installation.owner_id, booking_feed.make_address(installation.owner_id)
            )
            end_read()
        if shown is None:
            raise RuntimeError("the address was made and is not there")
        self._intake = f"{url}/intake/{shown.address.split('/intake/')[1]}"
        self._feed = f"{url}/feeds/{self._feed.split('/feeds/')[1]}"
        self._owner = self._sign_in()
        self._pages = self._look_around()

    def open_calendar(self) -> None:
        """Let the webhooks' calendar come in with its first booking, and give it a mapping."""
        who, start = self._next(STARTS_ELSEWHERE)
        self._send(who, start)
        with self._installation.app.app_context(), write_transaction() as session:
            made = session.query(Calendar).where(Calendar.source == SOURCE.name).one()
            rows.add_usual_mapping(session, made.id)
        # It came without a mapping, and is posted to nobody.
        del self._ledger.made[who.email]

    def book_on_the_page(self) -> None:
        """A guest opens the month, then a free time, fills in the form and reads the confirmation."""
        who, start = self._next(FREE_STARTS)
        with self._failures_noted("booking page: month"):
            _session().get(f"{self._page}?time_zone=Asia/Tokyo", timeout=60).raise_for_status()
        with self._failures_noted("booking page: booked"):
            guest = LogReader(self._page, who, self._installation.question, start)
            try:
                confirmed = guest.complete(threading.Barrier(1))
            finally:
                guest.leave()
            self._ledger.confirm(who, by_mail=True)
            self._ledger.wait("booking page: answer to the form", confirmed.answered)

    def send_a_webhook(self) -> None:
        """A sender sends a booking; some of them twice at once."""
        who, start = self._next(STARTS_ELSEWHERE)
        again = threading.Thread(target=self._send, args=(who, start)) if self._every(SENT_TWICE) else None
        if again:
            again.start()
        self._send(who, start)
        if again:
            again.join()

    def read_the_feed(self) -> None:
        """Somebody's calendar program reads the appointments."""
        self._read("feed of one's bookings", self._feed, _session())

    def look_at_a_page(self) -> None:
        """The owner opens one of the team's pages."""
        with self._lock:
            page = self._chance.choice(self._pages)
        self._read("a page of the team", page, self._owner)

    def _read(self, what: str, address: str, session: requests.Session) -> None:
        with self._failures_noted(what):
            began = time.perf_counter()
            answer = session.get(address, timeout=60)
            answer.raise_for_status()
            if "/signin" in answer.url:
                raise requests.HTTPError("signed out")
            self._ledger.wait(what, time.perf_counter() - began)

    def _send(self, who: Guest, start: datetime) -> None:
        with self._failures_noted("webhook"):
            body = _write_booking(who, start)
            headers = dict(SOURCE.prove(self._secret, body, now()).headers)
            began = time.perf_counter()
            _session().post(self._intake, data=body, headers=headers, timeout=60).raise_for_status()
            self._ledger.wait("webhook", time.perf_counter() - began)
            self._ledger.confirm(who, by_mail=False)

    @contextmanager
    def _failures_noted(self, what: str) -> Iterator[None]:
        try:
            yield
        except (requests.RequestException, RuntimeError) as fault:
            self._ledger.fail(f"{what}: {re.sub('[0-9a-f]{6,}|https?://[^ ]+', '…', str(fault))[:120]}")

    def _next(self, starts: Iterator[datetime]) -> tuple[Guest, datetime]:
        """A guest, every fifth of whom is the first one of a company, and the next of the *starts*."""
        with self._lock:
            self._number += 1
            number, start = self._number, next(starts)
            newest = number // 5
            company = newest if number % 5 == 0 else self._chance.randint(max(0, newest - 50), newest)
        return Guest(
            f"Sato Mika{number}", f"guest{number}@company{company}.co.jp", f"Company {company} K.K."
        ), start

    def _every(self, nth: int) -> bool:
        with self._lock:
            return self._chance.randrange(nth) == 0

    def _sign_in(self) -> requests.Session:
        with self._installation.app.app_context():
            link = links.make_link("mika@demo.example")
        address = f"{self._url}/signin/{link.split('/signin/')[1]}"
        session = _session()
        token = _FORM.search(session.get(address, timeout=60).text)
        if token is None:
            raise RuntimeError("the sign-in link leads to no form")
        answer = session.post(address, data={"csrf_token": token.group(1)}, timeout=60, allow_redirects=False)
        if answer.status_code != 302:
            raise RuntimeError(f"the sign-in was answered with {answer.status_code}")
        return session

    def _look_around(self) -> list[str]:
        """Addresses of the team's pages that are looked at most."""
        home = self._owner.get(self._url, timeout=60)
        team = re.search(r"/teams/[a-z0-9-]+", home.url + home.text)
        if team is None:
            raise RuntimeError("nobody is signed in")
        of_the_team = f"{self._url}{team.group(0)}"
        more = ("deliveries", "deliveries?find=guest1", "deliveries?state=retrying", "calendars", "settings")
        return [f"{of_the_team}/{each}" for each in more]


def let_calls_fail(stand_in: StandIn, latency_ms: int) -> Callable[[], None]:
    """An act that lets further calls to HubSpot go wrong, each time in another way; all take *latency_ms*."""
    faults = itertools.cycle(FAULTS)
    return lambda: stand_in.let_fail(latency_ms, path="/crm/", skip=LET_PASS, **next(faults))


def _write_booking(who: Guest, start: datetime) -> bytes:
    told = {
        "id": f"b-{who.email}",
        "event": "booking.completed",
        "calendar": {"id": "intro", "name": "Introduction"},
        "guest": {"name": who.name, "email": who.email, "company": who.company},
        "start": start.isoformat(),
        "answers": [{"label": "Number of employees", "value": 120}, {"label": "Topics", "value": ["Price"]}],
        "url_params": {"utm_source": "spring"},
    }
    return json.dumps(told).encode()


def _session() -> requests.Session:
    """Somebody who comes anew, by a connection of their own."""
    session = requests.Session()
    session.trust_env = False
    session.headers["Connection"] = "close"
    return session


__all__ = ["Pace", "Schedule", "Traffic", "let_calls_fail"]
