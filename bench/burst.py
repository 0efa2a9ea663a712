"""300 guests of 100 companies at once, and HubSpot with its limits: what it refuses, and how long it takes."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from bench.figures import median, ms, percentile, table
from bench.guests import book_at_once
from bench.installation import Installation, built, guest
from bench.progress import say
from bench.report import Finding, Report
from bench.serving import served
from bench.stand_in import StandIn
from hubsync.domain.delivery_states import DeliveryState
from hubsync.store import db, end_read
from hubsync.store.deliveries import Delivery

BOOKINGS, COMPANIES = 300, 100
THREADS = (8, 24)
CALLS, SECONDS, SEARCHES = 100, 10.0, 5
"""HubSpot's limits: calls in ten seconds, and searches in one, which are counted apart."""
LATENCY_MS = 100
MOST_REFUSED, MOST_TIMES = 0.05, 1.3
LONGEST_SECONDS = 300.0


@dataclass(frozen=True)
class Run:
    """What was measured on so many *threads*; *answers* and *refused* are numbers of HubSpot's answers."""

    threads: int
    seconds: float
    allowed: float
    answers: int
    refused: int
    waits: list[float]
    states: Counter[str]
    companies: int
    contacts: int

    @property
    def share_refused(self) -> float:
        return self.refused / max(1, self.answers)


def run(tiny: bool = False) -> Report:
    """Measure on 8 and on 24 threads; *tiny* lets come so few that no limit holds them up."""
    bookings, companies = (12, 4) if tiny else (BOOKINGS, COMPANIES)
    found = [_measure(threads, bookings, companies) for threads in THREADS]
    return Report("burst", _lines(found, bookings, companies), _findings(found, bookings, companies))


def _measure(threads: int, bookings: int, companies: int) -> Run:
    say(f"  {bookings} bookings of {companies} companies on {threads} threads")
    come = [guest(number, number % companies) for number in range(bookings)]
    with StandIn() as stand_in, built(stand_in.url) as installation:
        installation.connect(stand_in.begin(LATENCY_MS))
        stand_in.switch(burst_limit_per_ten_seconds=CALLS, search_limit_per_second=SEARCHES)
        stand_in.forget_calls()
        with served(installation, threads) as serving:
            installation.open_always()
            address = f"{serving.url}/book/{installation.slug}"
            confirmed, _took = book_at_once(address, come, installation.question, connect_anew=True)
            states, seconds = _wait_until_posted(installation, bookings)
        calls = stand_in.calls()
        companies_there, contacts_there = stand_in.count("companies"), stand_in.count("contacts")
    return Run(
        threads=threads,
        seconds=seconds,
        allowed=allowed_seconds(calls),
        answers=len(calls),
        refused=sum(call["status"] == 429 for call in calls),
        waits=[each.answered for each in confirmed],
        states=states,
        companies=companies_there,
        contacts=contacts_there,
    )


def allowed_seconds(calls: list[dict[str, Any]]) -> float:
    """The least seconds in which HubSpot's limits let through those of *calls* that it did not refuse.

    A hundred calls and five searches at once, and then as many more as time passes.
    """
    taken = [call for call in calls if call["status"] != 429]
    searches = sum(call["path"].endswith("/search") for call in taken)
    others = len(taken) - searches
    return max((others - CALLS) / (CALLS / SECONDS), (searches - SEARCHES) / SEARCHES, 0.0)


def _wait_until_posted(installation: Installation, bookings: int) -> tuple[Counter[str], float]:
    """The states when no delivery is open any more, and the seconds from the first booking to the last post."""
    gives_up = time.monotonic() + LONGEST_SECONDS
    said = 0
    while True:
        with installation.app.app_context():
            counted = db.session.execute(select(Delivery.state, func.count()).group_by(Delivery.state))
            states = Counter({row[0]: row[1] for row in counted})
            first, last = db.session.execute(
                select(func.min(Delivery.created_at), func.max(Delivery.finished_at))
            ).one()
            end_read()
        left = states[DeliveryState.PENDING] + states[DeliveryState.SENDING] + states[DeliveryState.RETRYING]
        if not left or time.monotonic() > gives_up:
            return states, (last - first).total_seconds()
        if (bookings - left) * 10 // bookings > said:
            said = (bookings - left) * 10 // bookings
            say(f"  {bookings - left} of {bookings} posted")
        time.sleep(0.2)


def _lines(found: list[Run], bookings: int, companies: int) -> list[str]:
    rows = [
        (
            each.threads,
            each.answers,
            f"{each.refused} ({each.share_refused:.1%})",
            f"{each.seconds:.1f}",
            f"{each.allowed:.1f}",
            ms(median(each.waits)),
            ms(percentile(each.waits, 0.95)),
            ms(max(each.waits)),
            ", ".join(f"{number} {state}" for state, number in sorted(each.states.items())),
        )
        for each in found
    ]
    head = (
        *(
            "Threads",
            "Answers of HubSpot",
            "Refused (429)",
            "Seconds until all are posted",
            "Allowed by the limits",
        ),
        *("Answer p50", "Answer p95", "Answer at most", "Deliveries"),
    )
    return [
        f"{bookings} guests of {companies} companies, who are new to HubSpot, press Complete Booking at the same",
        f"instant. HubSpot takes {CALLS} calls in ten seconds and {SEARCHES} searches in a second, which count",
        f"apart; each call takes {LATENCY_MS} ms longer. What the limits allow is computed from the calls that",
        "were needed: a hundred at once and ten in each further second, five searches at once and five in each",
        "further second, whichever takes longer. Milliseconds are those that guests waited for the answer to the",
        "form.",
        "",
        *table(head, rows),
    ]


def _findings(found: list[Run], bookings: int, companies: int) -> list[Finding]:
    findings = []
    for each in found:
        on = f"on {each.threads} threads"
        posted, made = each.states[DeliveryState.POSTED], (each.companies, each.contacts)
        # Too few calls to meet a limit: nothing to compare with.
        times = each.seconds / each.allowed if each.allowed else 0.0
        findings += [
            Finding(f"bookings posted {on}", str(posted), f"all {bookings}", posted == bookings),
            Finding(
                f"companies and contacts made {on}",
                f"{made[0]} and {made[1]}",
                f"{companies} and {bookings}",
                made == (companies, bookings),
            ),
            Finding(
                f"answers 429 {on}",
                f"{each.share_refused:.1%}",
                f"at most {MOST_REFUSED:.0%}",
                each.share_refused <= MOST_REFUSED,
            ),
            Finding(
                f"time until all are posted {on}, times what the limits allow",
                f"{times:.2f}",
                f"at most {MOST_TIMES}",
                times <= MOST_TIMES,
            ),
        ]
    return findings
