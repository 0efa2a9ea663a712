"""What a delivery costs beyond its calls: the service, a bare loop and HubSpot's own client, alternately."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field

from bench.bare import BareLoop, OfficialClient
from bench.figures import median, ms, table
from bench.installation import Guest, Installation, built, guest
from bench.progress import shown
from bench.report import Finding, Report
from bench.stand_in import StandIn
from hubsync.domain.delivery_states import DeliveryState

MOST = {0: 2.5, 150: 1.05}
"""How many times the bare loop's time a delivery may take, by latency in milliseconds."""
MOST_COMMITS = 5
BATCH = 20
"""Deliveries of each kind before the stand-in starts afresh: its search gets slower with every record."""
REMEMBERED = 999_999
"""The number of the company that everybody knows already."""


@dataclass(frozen=True)
class Case:
    """What is posted: *remembered* guests come from a company that everybody knows."""

    name: str
    latency_ms: int
    remembered: bool
    deliveries: int
    judged: bool = True


@dataclass
class Times:
    """Seconds of each delivery by who made it, and the commits of each delivery of the service."""

    service: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    official: list[float] = field(default_factory=list)
    commits: list[int] = field(default_factory=list)


def cases(tiny: bool) -> list[Case]:
    """What is measured; *tiny* proves only that it can be."""
    quick, slow = (2, 2) if tiny else (120, 20)
    return [
        Case("new company, 3 calls", 0, False, quick),
        Case("remembered company, 1 call", 0, True, quick),
        Case("new company, 3 calls", 150, False, slow),
        Case("remembered company, 1 call", 150, True, slow),
    ]


def run(tiny: bool = False) -> Report:
    """Measure every case."""
    with StandIn() as stand_in, built(stand_in.url) as installation:
        found = [(case, _measure(case, stand_in, installation)) for case in cases(tiny)]
    return Report("overhead", _lines(found), [finding for each in found for finding in _findings(*each)])


def _measure(case: Case, stand_in: StandIn, installation: Installation) -> Times:
    times = Times()
    numbers = iter(shown(f"{case.name}, {case.latency_ms} ms", range(case.deliveries), case.deliveries))
    for first in range(0, case.deliveries, BATCH):
        key = stand_in.begin(case.latency_ms)
        installation.connect(key)
        with closing(BareLoop(stand_in.url, key)) as bare:
            ways = _Ways(case, installation, bare, OfficialClient(stand_in.url, key), times)
            for number, _ in zip(range(first, min(first + BATCH, case.deliveries)), numbers, strict=False):
                ways.take_turns(number)
    next(numbers, None)
    return times


class _Ways:
    """The three ways to post a guest, warmed up: connections are open, statements and mappers are made."""

    def __init__(
        self, case: Case, installation: Installation, bare: BareLoop, official: OfficialClient, times: Times
    ) -> None:
        self._installation, self._bare, self._official, self._times = installation, bare, official, times
        self._company: str | None = None
        self._of = REMEMBERED if case.remembered else None
        company_id = bare.post(guest(-1, self._of))
        official.post(guest(-2, self._of), company_id)
        installation.book(guest(-3, self._of))
        if case.remembered:
            self._company = company_id

    def take_turns(self, number: int) -> None:
        """Post one guest each way; who comes first changes, so that nobody has the better place."""
        ways = (self._by_service, self._by_loop, self._by_client)
        for turn in range(3):
            way = (turn + number) % 3
            ways[way](guest(3 * number + way, self._of))

    def _by_service(self, who: Guest) -> None:
        with self._installation.counted_commits() as commits:
            state, took = self._installation.book(who)
        if state != DeliveryState.POSTED:
            raise RuntimeError(f"a delivery of the bench ended as {state}, so its time means nothing")
        self._times.service.append(took)
        self._times.commits.append(len(commits))

    def _by_loop(self, who: Guest) -> None:
        self._times.bare.append(_timed(lambda: self._bare.post(who, self._company)))

    def _by_client(self, who: Guest) -> None:
        self._times.official.append(_timed(lambda: self._official.post(who, self._company)))


def _timed(action: Callable[[], object]) -> float:
    began = time.perf_counter()
    action()
    return time.perf_counter() - began


def _lines(found: list[tuple[Case, Times]]) -> list[str]:
    head = ("Case", "Latency", "Bare loop", "hubspot-api-client", "HubSync", "Ratio", "Ratio of client", "Commits")
    rows = [
        (
            case.name,
            f"{case.latency_ms} ms",
            ms(median(times.bare)),
            ms(median(times.official)),
            ms(median(times.service)),
            f"{median(times.service) / median(times.bare):.2f}",
            f"{median(times.official) / median(times.bare):.2f}",
            max(times.commits),
        )
        for case, times in found
    ]
    count = ", ".join(str(len(times.bare)) for _, times in found)
    return [
        "Medians in milliseconds of deliveries through the service (booking and delivery written down, posted,",
        "and recorded) and of the same calls by others, who write nothing down. The three took turns in one",
        f"process. The ratios are to the bare loop. Deliveries of each kind, by row: {count}.",
        "",
        *table(head, rows),
    ]


def _findings(case: Case, times: Times) -> list[Finding]:
    ratio, most = median(times.service) / median(times.bare), MOST[case.latency_ms]
    commits = max(times.commits)
    what = f"{case.name} at {case.latency_ms} ms"
    return [
        Finding(f"{what}, times the bare loop", f"{ratio:.2f}", f"at most {most}", ratio <= most),
        Finding(f"{what}, commits", str(commits), f"at most {MOST_COMMITS}", commits <= MOST_COMMITS),
    ]
