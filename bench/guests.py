"""Guests at the booking page: they open it, fill in the form, press Complete Booking and read the confirmation."""

from __future__ import annotations

import re
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count, islice

import requests

from bench.installation import Guest
from hubsync.domain.questions import Part

_TOKEN = re.compile(r'name="form_token" value="([^"]+)"')

_FIRST = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=2)


def half_hours(first: datetime) -> Iterator[datetime]:
    """Starts of half hours from *first* on, each given once: by one thread alone."""
    return (first + number * timedelta(minutes=30) for number in count())


FREE_STARTS = half_hours(_FIRST)
"""Those that the page offers, for a year."""
STARTS_ELSEWHERE = half_hours(_FIRST + timedelta(days=500))
"""Those of bookings that sources send: they take none of the page's times."""


@dataclass(frozen=True)
class Confirmed:
    """Seconds from pressing the button: until the answer came, and until the confirmation was shown."""

    answered: float
    shown: float


class LogReader:
    """One guest with the page open for the free time *start*; *questions* are the ids of the page's questions."""

    def __init__(self, address: str, who: Guest, questions: dict[Part, int], start: datetime) -> None:
        self._address = address
        self._who = who
        self._session = requests.Session()
        self._session.trust_env = False
        chosen = {"start": start.isoformat(), "time_zone": "Asia/Tokyo"}
        page = self._session.get(address, params=chosen, timeout=30)
        page.raise_for_status()
        token = _TOKEN.search(page.text)
        if token is None:
            raise RuntimeError("the booking page has no form token")
        self._form = {
            "form_token": token.group(1),
            "homepage": "",
            **chosen,
            f"question-{questions[Part.COMPANY]}": who.company,
            f"question-{questions[Part.NAME]}": who.name,
            f"question-{questions[Part.EMAIL]}": who.email,
        }

    def complete(self, together: threading.Barrier) -> Confirmed:
        """Press the button when everybody is ready."""
        together.wait(timeout=60)
        began = time.perf_counter()
        answer = self._session.post(self._address, data=self._form, allow_redirects=False, timeout=60)
        answered = time.perf_counter() - began
        if answer.status_code != 303:
            raise RuntimeError(f"the booking page answered {answer.status_code}")
        page = self._session.get(requests.compat.urljoin(self._address, answer.headers["Location"]), timeout=60)
        page.raise_for_status()
        return Confirmed(answered, time.perf_counter() - began)

    def leave(self) -> None:
        self._session.close()


def book_at_once(
    address: str, guests: list[Guest], questions: dict[Part, int], *, connect_anew: bool = False
) -> tuple[list[Confirmed], float]:
    """All *guests* have the page open and press the button at the same instant; seconds it took altogether.

    Each takes a free time of its own that nobody took before: the calendar has to be open always.

    *connect_anew*: not over the connection that the page came by, which the server closes when so many open it.
    """
    together = threading.Barrier(len(guests) + 1)
    with ThreadPoolExecutor(len(guests)) as rooms:
        starts = list(islice(FREE_STARTS, len(guests)))
        ready = list(rooms.map(lambda who, start: LogReader(address, who, questions, start), guests, starts))
        for each in ready if connect_anew else ():
            each.leave()
        pressed = [rooms.submit(each.complete, together) for each in ready]
        together.wait(timeout=60)
        began = time.perf_counter()
        confirmed = [each.result() for each in pressed]
        took = time.perf_counter() - began
        for each in ready:
            each.leave()
    return confirmed, took
