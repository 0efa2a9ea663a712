"""What a delivery costs beyond its calls: the service, a bare loop and HubSpot's own clients, in turns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from itertools import count, repeat
from pathlib import Path

from bench.bare import BareLoop, NewClient, OfficialClient
from bench.figures import median, ms, table
from bench.installation import Guest, guest
from bench.poster import SERVICE, Posted, Poster
from bench.progress import shown
from bench.report import Finding, Report, commit_of
from bench.sampling import PARTS, WAITING
from bench.stand_in import StandIn

BATCH = 20
"""Deliveries of each kind before the stand-in starts afresh: its search gets slower with every record."""
REMEMBERED = 999_999
"""The number of the company that everybody knows already."""
MOST_OF_BEFORE = 0.6
"""The share of the milliseconds beyond the calls that is left of those of another checkout."""
MEMORY_NOISE_MB = 1.0
"""By so much the same code differs from run to run."""

HUBSYNC, BESIDE, LOOP = "HubSync", "HubSync beside", "bare loop"
CLIENTS = {
    LOOP: BareLoop,
    "hubspot-api-client": OfficialClient,
    "hubspot-sdk": NewClient,
}


@dataclass(frozen=True)
class Case:
    """What is posted: *remembered* guests come from a company that everybody knows.

    *most_times* is how many times the bare loop's time a delivery may take, *most_commits* what it may cost.
    """

    name: str
    latency_ms: int
    remembered: bool
    deliveries: int
    most_times: float
    most_commits: int


@dataclass
class Measured:
    """What was posted in a case by each way, and the milliseconds of each part of one delivery of HubSync's."""

    posted: dict[str, list[Posted]] = field(default_factory=dict)
    parts: dict[str, dict[str, float]] = field(default_factory=dict)

    def seconds(self, way: str) -> float:
        return median([each.seconds for each in self.posted[way]])

    def times(self, way: str) -> float:
        return self.seconds(way) / self.seconds(LOOP)

    def beyond(self, way: str) -> float:
        """The seconds of a delivery beyond its calls, which the bare loop stands for."""
        return self.seconds(way) - self.seconds(LOOP)

    def processor(self, way: str) -> float:
        return median([each.processor for each in self.posted[way]])

    def commits(self, way: str) -> int:
        return max(each.commits for each in self.posted[way])


def cases(tiny: bool) -> list[Case]:
    """What is measured; *tiny* proves only that it can be."""
    quick, slow = (2, 2) if tiny else (120, 20)
    return [
        Case("new company, 3 calls", 0, False, quick, 2.5, 3),
        Case("remembered company, 1 call", 0, True, quick, 2.5, 2),
        Case("new company, 3 calls", 150, False, slow, 1.03, 3),
        Case("remembered company, 1 call", 150, True, slow, 1.05, 2),
    ]


def run(tiny: bool = False, beside: Path | None = None) -> Report:
    """Measure every case, with another checkout of HubSync *beside* this one if there is one."""
    with StandIn() as stand_in, ExitStack() as stack:
        ways = {HUBSYNC: Poster(SERVICE, stand_in.url)}
        if beside is not None:
            ways[BESIDE] = Poster(SERVICE, stand_in.url, beside)
        ways |= {name: Poster(client.__name__, stand_in.url) for name, client in CLIENTS.items()}
        for poster in ways.values():
            stack.enter_context(closing(poster))
        found = [(case, _measure(case, stand_in, ways)) for case in cases(tiny)]
        memory = {way: ways[way].resident_mb() for way in (HUBSYNC, BESIDE) if way in ways}
    lines = [*_lines(found, memory, beside), "", *_parts(found)]
    findings = [finding for each in found for finding in _findings(*each)]
    return Report("overhead", lines, findings + _memory_findings(memory))


def _measure(case: Case, stand_in: StandIn, ways: dict[str, Poster]) -> Measured:
    found = Measured({way: [] for way in ways})
    services = [way for way in (HUBSYNC, BESIDE) if way in ways]
    batches = range(0, case.deliveries, BATCH)
    for first in shown(f"{case.name}, {case.latency_ms} ms, batches", batches, len(batches)):
        come = map(guest, count(), repeat(REMEMBERED if case.remembered else None))
        company_id = _warm_up(case, stand_in, ways, come)
        numbers = range(first, min(first + BATCH, case.deliveries))
        for number in numbers:
            for way in _turned(list(ways), number):
                found.posted[way].append(ways[way].post(next(come), company_id))
        for number in () if case.latency_ms else numbers[: BATCH // 2]:
            for way in _turned(services, number):
                ways[way].post(next(come), profiled=True)
    for way in () if case.latency_ms else services:
        deliveries, seconds = ways[way].samples()
        found.parts[way] = {part: of_all / deliveries for part, of_all in seconds.items()}
    return found


def _warm_up(case: Case, stand_in: StandIn, ways: dict[str, Poster], come: Iterator[Guest]) -> str | None:
    """Connect all *ways* to an account with nothing in it, and let each post once: connections are open then.

    Returns the id of the company that everybody knows, None where there is none.
    """
    key = stand_in.begin(case.latency_ms)
    for poster in ways.values():
        poster.begin(key)
    company_id = ways[LOOP].post(next(come)).company_id
    for way in ways:
        if way != LOOP:
            ways[way].post(next(come), company_id if way in CLIENTS else None)
    return company_id if case.remembered else None


def _turned(ways: Sequence[str], number: int) -> list[str]:
    """Who comes first changes, so that nobody has the better place."""
    first = number % len(ways)
    return [*ways[first:], *ways[:first]]


def _lines(found: list[tuple[Case, Measured]], memory: dict[str, float], beside: Path | None) -> list[str]:
    head = ("Case", "Latency", "Posted by", "Median", "Times the loop", "Beyond the loop", "Processor", "Commits")
    rows = [
        (
            case.name,
            f"{case.latency_ms} ms",
            way,
            ms(measured.seconds(way)),
            f"{measured.times(way):.2f}",
            ms(measured.beyond(way)),
            ms(measured.processor(way)),
            "" if way in CLIENTS else measured.commits(way),
        )
        for case, measured in found
        for way in measured.posted
    ]
    counts = ", ".join(str(len(measured.posted[LOOP])) for _, measured in found)
    other = [] if beside is None else [f"*{BESIDE}* is HubSync at {commit_of(beside)}."]
    resident = ", ".join(f"{way} {mb:.1f} MB" for way, mb in memory.items())
    return [
        "Medians in milliseconds of deliveries through the service (booking and delivery written down, posted,",
        "and recorded) and of the same calls by others, who write nothing down. Each has a process of its own;",
        "they took turns, and whose turn was first changed. *Beyond the loop* is what a delivery takes longer",
        "than the bare calls, *Processor* what its process computes for one, *Commits* the most durable commits",
        "of one, counted in SQLite's write-ahead log: it waits for the disk once for each. Further processes",
        "made the tables, as `flask db upgrade` does: the memory is that of a process that serves.",
        f"Deliveries of each kind, by case: {counts}. Most memory resident: {resident}.",
        *other,
        "",
        *table(head, rows),
    ]


def _parts(found: list[tuple[Case, Measured]]) -> list[str]:
    sampled = [(case, way, parts) for case, measured in found for way, parts in measured.parts.items()]
    busy = [sum(parts.values()) - parts.get(WAITING, 0.0) for _, _, parts in sampled]
    rows = [
        (
            part,
            *(
                f"{ms(parts.get(part, 0.0))}"
                + ("" if part == WAITING else f" ({parts.get(part, 0.0) / all_but:.0%})")
                for (_, _, parts), all_but in zip(sampled, busy, strict=True)
            ),
        )
        for part in PARTS
    ]
    return [
        "Where the time of a delivery goes, at no latency: mean milliseconds, and the share of all that is no",
        "waiting. Of further deliveries, by samples of what the process is at, 2,000 times in a second.",
        "",
        *table(("Part", *(f"{case.name}, {way}" for case, way, _ in sampled)), rows),
    ]


def _findings(case: Case, measured: Measured) -> list[Finding]:
    what = f"{case.name} at {case.latency_ms} ms"
    times, commits = measured.times(HUBSYNC), measured.commits(HUBSYNC)
    findings = [
        Finding(
            f"{what}, times the bare loop",
            f"{times:.2f}",
            f"at most {case.most_times}",
            times <= case.most_times,
        ),
        Finding(
            f"{what}, durable commits", str(commits), f"at most {case.most_commits}", commits <= case.most_commits
        ),
    ]
    if BESIDE in measured.posted and not case.latency_ms:
        share = measured.beyond(HUBSYNC) / measured.beyond(BESIDE)
        findings.append(
            Finding(
                f"{what}, milliseconds beyond the calls, of those of {BESIDE}",
                f"{share:.0%}",
                f"at most {MOST_OF_BEFORE:.0%}",
                share <= MOST_OF_BEFORE,
            )
        )
    return findings


def _memory_findings(memory: dict[str, float]) -> list[Finding]:
    if BESIDE not in memory:
        return []
    more = memory[HUBSYNC] - memory[BESIDE]
    return [
        Finding(
            f"most memory resident, above that of {BESIDE}",
            f"{more:.1f} MB",
            f"at most {MEMORY_NOISE_MB:g} MB",
            more <= MEMORY_NOISE_MB,
        )
    ]
