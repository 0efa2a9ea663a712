"""Pages, queries and deliveries in databases of a thousand to a million deliveries, measured in turns."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Literal

from sqlalchemy import select

from bench.figures import median, ms, table
from bench.filling import DUE, fill
from bench.installation import Installation, built, guest
from bench.progress import say, shown
from bench.report import Finding, Report
from bench.stand_in import StandIn
from hubsync.domain.delivery_states import NEEDS_A_PERSON, DeliveryState
from hubsync.domain.roles import Role
from hubsync.services.deliveries import queries, statistics
from hubsync.services.deliveries.dispatch import due_deliveries
from hubsync.services.deliveries.search import DeliveryFilter, SearchTerm
from hubsync.services.deliveries.statistics import count_recent
from hubsync.store import db, end_read
from hubsync.store.teams import Membership

MOST_TIMES, MOST_MS = 1.5, 50
REMEMBERED = 999_999
PAGE = queries.PAGE
Read = Callable[["MeasuredLog"], int]
By = Literal["email", "company"]
REPEATS = 3


@dataclass
class MeasuredLog:
    """A installation of *size* deliveries and who reads there; seconds by what was read."""

    installation: Installation
    size: int
    quiet: int
    booked: int = 0
    times: dict[str, list[float]] = field(default_factory=dict)
    role: Role = Role.OWNER

    @property
    def membership(self) -> Membership:
        query = select(Membership).where(
            Membership.team_id == self.installation.team_id, Membership.role == self.role
        )
        return db.session.scalars(query).one()

    def time(self, name: str, read: Read, expected: int) -> None:
        """Do it in a context of its own; it has to find *expected*."""
        with self.installation.app.app_context():
            self.role = Role.MEMBER if name.startswith("member") else Role.OWNER
            self.membership  # noqa: B018  # who reads is known before the page is read
            began = time.perf_counter()
            found = read(self)
            self.times.setdefault(name, []).append(time.perf_counter() - began)
            end_read()
        if found != expected:
            raise RuntimeError(f"{name} found {found} of {expected} with {self.size} deliveries")

    def page(self, states: tuple[str, ...] = (), calendar: int | None = None, before: int | None = None) -> int:
        """How many rows a page of the log shows, with what the page shows of each."""
        listed = queries.list_deliveries(self.membership, states, calendar, before)
        return sum(1 for each in listed.deliveries if each.booking.calendar.name)


@dataclass(frozen=True)
class Job:
    """Something to read, how much it must find, and whether it may not get slower or must be under 50 ms."""

    name: str
    read: Read
    expected: int = PAGE
    kept_under_50_ms: bool = False


def _deliver(log: MeasuredLog) -> int:
    """Book for a company that is remembered; the delivery must be posted."""
    log.booked += 1
    return int(log.installation.book(guest(-10 * log.size - log.booked, REMEMBERED))[0] == DeliveryState.POSTED)


def _searched(by: By, text: str, states: tuple[str, ...] = (), *, exactly: bool = False) -> Read:
    """A page of what is searched for."""
    wanted = DeliveryFilter(states, sought=SearchTerm(by, text, exactly))
    return lambda log: len(queries.list_wanted(log.membership, wanted).deliveries)


def _count(log: MeasuredLog) -> int:
    """Whether the counts of the log, of the banner and of the chart agree with what is there."""
    everything = sum(statistics.count_by_state(log.membership).values())
    return int(everything == log.size + log.booked)


JOBS = (
    Job("log, first page", lambda log: log.page()),
    Job("log, deep page", lambda log: log.page(before=PAGE + 60)),
    Job("log, failed", lambda log: log.page((DeliveryState.FAILED,))),
    Job("log, needs a person", lambda log: log.page(NEEDS_A_PERSON)),
    Job("log, one calendar", lambda log: log.page(calendar=log.quiet - 1)),
    Job("log, quiet calendar", lambda log: log.page(calendar=log.quiet)),
    Job("log, quiet calendar, posted", lambda log: log.page((DeliveryState.POSTED,), log.quiet)),
    Job("member's log", lambda log: log.page()),
    Job("due query", lambda log: len(due_deliveries(100)), DUE),
    Job("delivery of a remembered company", _deliver, 1),
    Job("search, an e-mail", _searched("email", "guest7@company2.co.jp", exactly=True), 1, True),
    Job("search, e-mails that begin alike", _searched("email", "guest"), PAGE, True),
    Job("search, companies that begin alike", _searched("company", "company 1"), PAGE, True),
    Job("search, companies, failed", _searched("company", "company", (DeliveryState.FAILED,)), PAGE, True),
    Job("search, nobody", _searched("email", "nobody"), 0, True),
    Job("counts by state", _count, 1, kept_under_50_ms=True),
    Job("counts of the last 30 days", lambda log: len(count_recent(log.installation.team_id).days), 30, True),
)


def run(tiny: bool = False) -> Report:
    """Measure with each size; *tiny* proves only that it can be measured."""
    sizes = (1_000, 2_000) if tiny else (1_000, 10_000, 100_000, 1_000_000)
    rounds = 2 if tiny else 15
    with StandIn() as stand_in, ExitStack() as installations:
        key = stand_in.begin()
        logs = []
        for size in sizes:
            installation = installations.enter_context(built(stand_in.url))
            began = time.monotonic()
            quiet = fill(installation, size)
            say(f"  {size:,} deliveries filled in within {time.monotonic() - began:.1f} s")
            installation.connect(key)
            logs.append(MeasuredLog(installation, size, quiet))
            _deliver(logs[-1])
        for number in shown("rounds", range(rounds + 1), rounds + 1):
            if number == 1:  # the first round warms up
                for log in logs:
                    log.times.clear()
            for job in JOBS:
                for turn in range(len(logs) * (1 if job.read is _deliver else REPEATS)):
                    logs[(turn + number) % len(logs)].time(job.name, job.read, job.expected)
    return Report("growth", _lines(logs), _findings(logs))


def _lines(logs: list[MeasuredLog]) -> list[str]:
    smallest, largest = logs[0], logs[-1]
    rows = [
        (
            job.name,
            *(ms(median(log.times[job.name])) for log in logs),
            f"{median(largest.times[job.name]) / median(smallest.times[job.name]):.2f}",
        )
        for job in JOBS
    ]
    return [
        "Medians in milliseconds by the number of deliveries of one team, of which 15 % need a person. The",
        f"databases were read in turns, {len(smallest.times[JOBS[0].name])} times each. HubSpot has no latency.",
        "A deep page is the oldest but one. The quiet calendar has the oldest hundred deliveries and belongs to",
        "the member.",
        "",
        *table(("What", *(f"{log.size:,}" for log in logs), "Largest to smallest"), rows),
    ]


def _findings(logs: list[MeasuredLog]) -> list[Finding]:
    smallest, largest = logs[0], logs[-1]
    found = []
    for job in JOBS:
        most = median(largest.times[job.name])
        ratio = most / median(smallest.times[job.name])
        if job.kept_under_50_ms:
            reached = most * 1000 < MOST_MS
            found.append(
                Finding(f"{job.name} at {largest.size:,}", f"{ms(most)} ms", f"under {MOST_MS} ms", reached)
            )
        else:
            what = f"{job.name}, times of {smallest.size:,} at {largest.size:,}"
            found.append(Finding(what, f"{ratio:.2f}", f"at most {MOST_TIMES}", ratio <= MOST_TIMES))
    return found
