"""Ten thousand missed bookings: the pace at HubSpot's own limits, what it takes of a processor, and that all end.

At 100 calls in ten seconds ten thousand bookings take almost half an hour. So the limits are HubSpot's for some
minutes, with all that waits there; then they are raised, so that the rest is through in minutes too, at whatever
pace HubSync has itself.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import Any

import requests
from sqlalchemy import func, select

from bench.figures import median, ms, percentile, table
from bench.installation import Guest, Installation, built, guest
from bench.progress import say, shown
from bench.replay import MOST_PAGE_SECONDS, begin_replay, count_left, lose_access, regain_access
from bench.report import Finding, Report
from bench.serving import Serving, served
from bench.stand_in import StandIn
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.pacing import SHARE
from hubsync.store import db, end_read
from hubsync.store.deliveries import Delivery

MANY = 10_000
CALLS, SECONDS, SEARCHES = 100, 10.0, 5
"""HubSpot's limits: calls in ten seconds, and searches in one, which are counted apart."""
LATENCY_MS = 150
SLICE_SECONDS = 300.0
"""So long the limits are HubSpot's own."""
RAISED = 10
"""So many times HubSpot's limits the stand-in allows afterwards."""
LEAST_PACE, MOST_SHARE = 0.9, 0.5
"""Of what the limits allow: a call counts from before it is sent until ten seconds after its answer, so that
HubSpot never counts more than its limit."""
LOOK_SECONDS = 1.0


@dataclass
class Phase:
    """What was measured while *posted* of the bookings were posted: *calls* and *searches* of HubSpot's log."""

    name: str
    posted: int
    seconds: float
    processor: float
    calls: int
    searches: int
    refused: int
    pages: list[float]

    @property
    def share(self) -> float:
        """Of one core."""
        return self.processor / self.seconds

    @property
    def pace(self) -> float:
        """Calls a second that are no searches."""
        return self.calls / self.seconds


def run(tiny: bool = False) -> Report:
    """Post them all; a quarter of an hour, and no part of `all`."""
    bookings, slice_seconds = (10, 1.0) if tiny else (MANY, SLICE_SECONDS)
    with StandIn() as stand_in, built(stand_in.url) as installation:
        installation.connect(stand_in.begin(LATENCY_MS))
        _limit(stand_in, 1)
        lose_access(installation)
        for who in shown("bookings missed", _guests(bookings), bookings):
            installation.book(who)
        regain_access(installation)
        with served(installation) as serving:
            begin_replay(installation)
            while count_left(installation) == bookings:  # the thread looks for work every quarter of a minute
                time.sleep(0.05)
            watch = _Watch(stand_in, installation, serving)
            phases = [watch.until("HubSpot's limits", slice_seconds)]
            _limit(stand_in, RAISED)
            phases.append(watch.until(f"{RAISED} times HubSpot's limits"))
            memory = serving.resident_mb
        states = _states(installation)
    return Report("backlog", _lines(bookings, phases, states, memory), _findings(bookings, phases, states))


def _guests(number: int) -> list[Guest]:
    """So many guests; every tenth is the first one of a company, the others are of companies that came before."""
    chance, companies, come = random.Random(15), 0, []
    for each in range(number):
        if each % 10 == 0:
            companies += 1
            come.append(guest(each, companies))
        else:
            come.append(guest(each, chance.randint(max(1, companies - 50), companies)))
    return come


def _limit(stand_in: StandIn, times: int) -> None:
    stand_in.switch(burst_limit_per_ten_seconds=CALLS * times, search_limit_per_second=SEARCHES * times)


class _Watch:
    """Looks on while the serving process posts, and opens the booking page now and then."""

    def __init__(self, stand_in: StandIn, installation: Installation, serving: Serving) -> None:
        self._stand_in, self._installation, self._serving = stand_in, installation, serving

    def until(self, name: str, seconds: float = float("inf")) -> Phase:
        """What is posted in so many *seconds*, or until all is."""
        self._stand_in.forget_calls()
        left_before, used = count_left(self._installation) or 0, self._serving.processor_seconds
        began = said = time.perf_counter()
        calls: list[dict[str, Any]] = []
        pages = []
        left: int | None = left_before
        with requests.Session() as session:
            while left is not None and time.perf_counter() - began < seconds:
                time.sleep(LOOK_SECONDS)
                asked = time.perf_counter()
                address = f"{self._serving.url}/book/{self._installation.slug}"
                session.get(address, timeout=60).raise_for_status()
                pages.append(time.perf_counter() - asked)
                left = count_left(self._installation)
                if time.perf_counter() - said > 10:
                    said = time.perf_counter()
                    calls += self._taken_calls()
                    say(f"  {name}: {left or 0} left")
        took = time.perf_counter() - began
        used = self._serving.processor_seconds - used
        calls += self._taken_calls()
        searches = sum(call["path"].endswith("/search") for call in calls)
        refused = sum(call["status"] == 429 for call in calls)
        posted = left_before - (left or 0)
        return Phase(name, posted, took, used, len(calls) - searches, searches, refused, pages)

    def _taken_calls(self) -> list[dict[str, Any]]:
        """The calls since the last look; the stand-in keeps the last thousands alone."""
        taken = self._stand_in.calls()
        self._stand_in.forget_calls()
        return taken


def _states(installation: Installation) -> dict[str, int]:
    with installation.app.app_context():
        counted = select(Delivery.state, func.count(Delivery.id)).group_by(Delivery.state)
        states = {row[0]: row[1] for row in db.session.execute(counted)}
        end_read()
    return states


def _lines(bookings: int, phases: list[Phase], states: dict[str, int], memory: float) -> list[str]:
    head = ("HubSpot allows", "Posted", "Seconds", "A second", "Calls a second", "Searches a second")
    head = (*head, "Refused (429)", "Of one core", "Processor for one", "Page p50", "Page p95")
    rows = [
        (
            each.name,
            each.posted,
            f"{each.seconds:.0f}",
            f"{each.posted / each.seconds:.1f}",
            f"{each.pace:.2f}",
            f"{each.searches / each.seconds:.2f}",
            each.refused,
            f"{each.share:.0%}",
            f"{ms(each.processor / max(1, each.posted))} ms",
            ms(median(each.pages)),
            ms(percentile(each.pages, 0.95)),
        )
        for each in phases
    ]
    first = phases[0]
    whole = bookings / max(first.posted, 1) * first.seconds / 60
    ended = ", ".join(f"{number} {state}" for state, number in sorted(states.items()))
    return [
        f"{bookings} bookings that were missed while access was lost are posted by the serving process; every",
        f"tenth is the first one of a company. HubSpot takes {CALLS} calls in ten seconds and {SEARCHES} searches",
        f"in a second, and each call takes {LATENCY_MS} ms longer. A replay keeps to {SHARE:.0%} of both, the",
        f"rest is left to guests. After {first.seconds:.0f} seconds the stand-in allows {RAISED} times as much,",
        "so that the rest is through in minutes. Meanwhile somebody opens the booking page every second;",
        "the processor time is that of all that the serving process does.",
        "",
        *table(head, rows),
        "",
        f"At HubSpot's limits {bookings} take {whole:.0f} minutes. They ended as: {ended}.",
        f"Most memory resident: {memory:.0f} MB.",
    ]


def _findings(bookings: int, phases: list[Phase], states: dict[str, int]) -> list[Finding]:
    at_limits = phases[0]
    posted = states.get(DeliveryState.POSTED, 0)
    refused = sum(each.refused for each in phases)
    pace = at_limits.pace / (CALLS / SECONDS * SHARE)
    slowest = percentile([page for each in phases for page in each.pages], 0.95)
    return [
        Finding("bookings posted", str(posted), f"all {bookings}", posted == bookings),
        Finding("calls refused for a rate limit", str(refused), "at most 0", refused == 0),
        Finding(
            f"calls a second at HubSpot's limits, of the {SHARE:.0%} of them that are a replay's",
            f"{pace:.0%}",
            f"at least {LEAST_PACE:.0%}",
            pace >= LEAST_PACE,
        ),
        Finding(
            "share of one core at HubSpot's limits",
            f"{at_limits.share:.0%}",
            f"below {MOST_SHARE:.0%}",
            at_limits.share < MOST_SHARE,
        ),
        Finding("p95 of a page meanwhile", f"{ms(slowest)} ms", "under 1000 ms", slowest < MOST_PAGE_SECONDS),
    ]
