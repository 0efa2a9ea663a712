"""How long guests wait for their confirmation when several complete a booking at the same instant."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from sqlalchemy import func, select

from bench.figures import median, ms, percentile, table
from bench.guests import Confirmed, book_at_once
from bench.installation import Installation, built, guest
from bench.progress import shown
from bench.report import Finding, Report
from bench.serving import served
from bench.stand_in import StandIn
from hubsync.store import db
from hubsync.store.deliveries import Delivery

LATENCY_MS = 150
MOST_LATENCIES = 4
MOST_MB = 150
REMEMBERED = 999_999
OWN = "each of a new company"
KNOWN = "of a remembered company"


@dataclass
class Case:
    """So many *guests* at once, *rounds* times; what was measured."""

    guests: int
    company: str
    rounds: int
    confirmed: list[Confirmed] = field(default_factory=list)
    seconds: float = 0.0
    states: Counter[str] = field(default_factory=Counter)

    @property
    def answered(self) -> list[float]:
        return [each.answered for each in self.confirmed]

    @property
    def shown(self) -> list[float]:
        return [each.shown for each in self.confirmed]


def run(tiny: bool = False) -> Report:
    """Measure with 1, 5 and 20 guests; *tiny* proves only that it can be measured."""
    planned = [
        Case(1, KNOWN, 1 if tiny else 30),
        Case(5, KNOWN, 1 if tiny else 12),
        Case(20, KNOWN, 1 if tiny else 10),
        Case(20, OWN, 1 if tiny else 5),
    ]
    with StandIn() as stand_in, built(stand_in.url) as installation:
        installation.connect(stand_in.begin(LATENCY_MS))
        installation.book(guest(0, REMEMBERED))
        with served(installation) as serving:
            installation.open_always()
            address = f"{serving.url}/book/{installation.slug}"
            book_at_once(
                address, [guest(-each, REMEMBERED) for each in range(1, 25)], installation.question
            )  # warm up
            for case in planned:
                _measure(case, address, installation)
            resident = serving.resident_mb
    return Report("confirm", _lines(planned, resident), _findings(planned, resident))


def _measure(case: Case, address: str, installation: Installation) -> None:
    before = _states(installation)
    for number in shown(f"{case.guests} at once, {case.company}", range(case.rounds), case.rounds):
        first = case.guests * 10_000 + number * case.guests + (5_000 if case.company == OWN else 0)
        company = REMEMBERED if case.company == KNOWN else None
        come = [guest(first + each, company) for each in range(case.guests)]
        confirmed, took = book_at_once(address, come, installation.question)
        case.confirmed += confirmed
        case.seconds += took
    case.states = _states(installation) - before


def _states(installation: Installation) -> Counter[str]:
    with installation.app.app_context():
        counted = select(Delivery.state, func.count()).group_by(Delivery.state)
        return Counter({row[0]: row[1] for row in db.session.execute(counted)})


def _lines(found: list[Case], resident: float) -> list[str]:
    rows = [
        (
            f"{case.guests} at once, {case.company}",
            ms(median(case.answered)),
            ms(percentile(case.answered, 0.95)),
            ms(median(case.shown)),
            ms(percentile(case.shown, 0.95)),
            f"{len(case.confirmed) / case.seconds:.1f}",
            ", ".join(f"{count} {state}" for state, count in sorted(case.states.items())),
        )
        for case in found
    ]
    head = ("Guests", "Answer p50", "Answer p95", "Page p50", "Page p95", "Bookings a second", "Deliveries")
    return [
        f"gunicorn, one process with 24 threads; every call to HubSpot takes {LATENCY_MS} ms longer. The guests",
        "have the page open and press Complete Booking at the same instant. Milliseconds until the answer to the",
        "form, and until the confirmation page that follows it is there. Deliveries are counted when the last",
        "guest is served.",
        "",
        *table(head, rows),
        "",
        f"The serving process had at most {resident:.0f} MB resident.",
    ]


def _findings(found: list[Case], resident: float) -> list[Finding]:
    judged = next(case for case in found if case.guests == 20 and case.company == KNOWN)
    ratio = percentile(judged.answered, 0.95) * 1000 / LATENCY_MS
    return [
        Finding(
            "20 guests at once, remembered company, p95 of the answer, times HubSpot's latency",
            f"{ratio:.2f}",
            f"at most {MOST_LATENCIES}",
            ratio <= MOST_LATENCIES,
        ),
        Finding("Resident memory", f"{resident:.0f} MB", f"under {MOST_MB} MB", resident < MOST_MB),
    ]
