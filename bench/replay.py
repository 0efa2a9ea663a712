"""Missed bookings posted in the background by the serving process, and how it answers pages meanwhile."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import requests
from sqlalchemy import func, select, update

from bench.figures import median, ms, percentile, table
from bench.installation import Installation, built, guest
from bench.progress import say
from bench.report import Finding, Report
from bench.serving import served
from bench.stand_in import StandIn
from hubsync.domain.connections import ConnectionState
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.replays import ReplayState
from hubsync.services.deliveries import replays
from hubsync.store import db, end_read, write_transaction
from hubsync.store.connections import Connection
from hubsync.store.deliveries import Attempt, Delivery

BURST_LIMIT = 1_000
"""Calls in ten seconds: HubSpot's 100, scaled so that a run takes a minute and not ten."""
MANY = 300
MOST_PAGE_SECONDS = 1.0
COMPANY = 999_999


@dataclass
class Run:
    """What was measured while *bookings* were posted."""

    bookings: int
    seconds: float = 0.0
    pages: list[float] = field(default_factory=list)
    states: dict[str, int] = field(default_factory=dict)
    refused: int = 0


def run(tiny: bool = False) -> Report:
    """Let 300 bookings be missed and posted by gunicorn's background thread, and ask for pages meanwhile."""
    bookings = 10 if tiny else MANY
    with StandIn() as stand_in, built(stand_in.url) as installation:
        installation.connect(stand_in.begin())
        stand_in.switch(burst_limit_per_ten_seconds=BURST_LIMIT)
        lose_access(installation)
        for number in range(bookings):
            installation.book(guest(number, COMPANY))
        regain_access(installation)
        with served(installation) as serving:
            found = _watch(installation, f"{serving.url}/book/{installation.slug}", bookings)
    return Report("replay", _lines(found), _findings(found))


def lose_access(installation: Installation) -> None:
    """What is booked from now on is missed."""
    _set_state(installation, ConnectionState.LOST, "access_lost")


def regain_access(installation: Installation) -> None:
    """HubSpot may be posted to again."""
    _set_state(installation, ConnectionState.CONNECTED, "")


def _set_state(installation: Installation, state: ConnectionState, code: str) -> None:
    with installation.app.app_context(), write_transaction() as session:
        session.execute(update(Connection).values(state=state, lost_code=code))


def begin_replay(installation: Installation) -> None:
    """Press the button that has everything posted that was missed."""
    with installation.app.app_context():
        replays.replay_missed(installation.team_id, installation.owner_id)


def _watch(installation: Installation, page: str, bookings: int) -> Run:
    found = Run(bookings)
    begin_replay(installation)
    began = time.perf_counter()
    said = 0
    with requests.Session() as session:
        while (left := count_left(installation)) is not None:
            asked = time.perf_counter()
            session.get(page, timeout=60).raise_for_status()
            found.pages.append(time.perf_counter() - asked)
            if (bookings - left) * 10 // bookings > said:
                said = (bookings - left) * 10 // bookings
                say(f"  {bookings - left} of {bookings} posted")
            time.sleep(0.05)
    found.seconds = time.perf_counter() - began
    with installation.app.app_context():
        counted = select(Delivery.state, func.count(Delivery.id)).group_by(Delivery.state)
        found.states = {row[0]: row[1] for row in db.session.execute(counted)}
        refused = select(func.count(Attempt.id)).where(Attempt.code == "rate_limited")
        found.refused = db.session.scalars(refused).one()
        end_read()
    return found


def count_left(installation: Installation) -> int | None:
    """How many have yet to be tried; None when the replay has ended."""
    with installation.app.app_context():
        progress = replays.read_progress(installation.team_id)
        end_read()
    assert progress is not None
    return progress.left if progress.state == ReplayState.RUNNING else None


def _lines(found: Run) -> list[str]:
    states = ", ".join(f"{number} {state}" for state, number in sorted(found.states.items()))
    return [
        "Bookings that were missed while access was lost are posted by the thread of the serving process, which",
        f"looks for work every 15 seconds. HubSpot's limit is scaled to {BURST_LIMIT} calls in ten seconds.",
        "Meanwhile somebody opens the booking page again and again.",
        "",
        *table(
            ["Bookings", "Seconds", "A second", "Deliveries", "Refused for a rate limit", "Page p50", "Page p95"],
            [
                [
                    str(found.bookings),
                    f"{found.seconds:.0f}",
                    f"{found.bookings / found.seconds:.1f}",
                    states,
                    str(found.refused),
                    ms(median(found.pages)),
                    ms(percentile(found.pages, 0.95)),
                ]
            ],
        ),
    ]


def _findings(found: Run) -> list[Finding]:
    posted = found.states.get(DeliveryState.POSTED, 0)
    slowest = percentile(found.pages, 0.95)
    return [
        Finding("bookings posted", str(posted), f"all {found.bookings}", posted == found.bookings),
        Finding("calls refused for a rate limit", str(found.refused), "none", found.refused == 0),
        Finding("p95 of a page meanwhile", f"{ms(slowest)} ms", "under 1000 ms", slowest < MOST_PAGE_SECONDS),
    ]
