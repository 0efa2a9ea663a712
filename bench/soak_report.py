"""What a soak was under, what it measured, and whether that is enough."""

from __future__ import annotations

import os
from collections import Counter
from dataclasses import dataclass

from bench.figures import ms, percentile, table
from bench.ledger import Comparison, Ledger
from bench.report import Finding
from bench.resources import Sample, Samples
from bench.traffic import SENT_TWICE

PAGE_EVERY, WEBHOOK_EVERY = 1 / 2, 1 / 3
"""Seconds between two bookings of each kind: five a second together."""
FEED_EVERY, LOOK_EVERY, FAULT_EVERY, METRICS_EVERY = 20.0, 5.0, 4.0, 10.0
CALLS, SEARCHES = 100, 5
"""HubSpot's limits: calls in ten seconds, and searches in one."""
LATENCY_MS = 100
WARM_UP = 1 / 6
"""Of the time: what is loaded, remembered and pooled once has been by then."""
MOST_GROWTH, MOST_WAL, MOST_WAIT = 8.0, 32.0, 1.0


@dataclass
class Soaked:
    """All that was measured in so many *seconds*."""

    seconds: float
    late: float
    ledger: Ledger
    samples: Samples
    rounds: dict[str, float]
    contacts: Comparison
    companies: Comparison
    mails: Comparison
    alone: int
    states: dict[str, int]
    posted_after: list[float]
    attempts: Counter[str]
    calls: Counter[str]
    drained: float
    readings: int
    log: Counter[str]
    loads: list[float]


def report(soaked: Soaked) -> tuple[list[str], list[Finding]]:
    """The lines of the report and what was to be reached."""
    taken = soaked.samples.taken
    first, last = taken[0], taken[-1]
    share = (last.processor - first.processor) / max(1.0, last.at - first.at)
    most = {
        name: max(getattr(each, name) for each in taken) for name in ("resident", "descriptors", "threads", "wal")
    }
    longest = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in sorted(soaked.rounds.items()))
    lines = [
        *_circumstances(soaked),
        "",
        *_compared(soaked),
        "",
        *_answers(soaked.ledger),
        "",
        *table(
            ("After", "Resident MB", "Files open", "Threads", "Database MB", "WAL MB", "Of one core"),
            [_row(soaked.samples, at) for at in _moments(last.at)],
        ),
        "",
        f"Most resident: {most['resident']:.0f} MB; most files {most['descriptors']}, threads {most['threads']}, "
        f"largest WAL {most['wal']:.1f} MB.",
        f"The server, with the processes that read calendars for it, took {share:.0%} of one core.",
        "Longest rounds of background work (due, mails), and longest waits of a due delivery and mail: "
        f"{longest}.",
        "",
        "Lines of the log of level WARNING and above:",
        "",
        *([f"- {number} of `{kind}`" for kind, number in soaked.log.most_common()] or ["- none"]),
    ]
    return lines, _findings(soaked)


def _circumstances(soaked: Soaked) -> list[str]:
    pages, webhooks = 1 / PAGE_EVERY, 1 / WEBHOOK_EVERY
    least, most = min(soaked.loads, default=0), max(soaked.loads, default=0)
    return [
        f"{soaked.seconds / 60:g} minutes of {pages + webhooks:g} bookings a second: {pages:g} on the booking "
        f"page, {webhooks:g} by signed webhooks,",
        f"of which one in {SENT_TWICE} comes twice at once. Every fifth guest is the first one of a company.",
        "Guest and host of a page are mailed by SMTP. A calendar program reads the host's feed "
        f"every {FEED_EVERY:g} seconds, HubSync reads",
        f"{soaked.readings} busy calendars, and somebody opens a page of the team every {LOOK_EVERY:g} seconds.",
        f"HubSpot takes {CALLS} calls in ten seconds and {SEARCHES} searches in one, each {LATENCY_MS} ms longer.",
        f"About every {FAULT_EVERY:g} seconds, some calls having gone well, one or three go wrong: 429, 500, 502,",
        "and 503 or cut off with their work done. gunicorn with gunicorn.conf.py.",
        f"The machine's load was {least:.1f} to {most:.1f}, what else ran on it included; nice value of the soak: "
        f"{os.getpriority(os.PRIO_PROCESS, 0)}.",
    ]


def _compared(soaked: Soaked) -> list[str]:
    ledger, made, after = soaked.ledger, len(soaked.ledger.made), soaked.posted_after
    compared = (
        ("Contacts at HubSpot", soaked.contacts),
        ("Companies at HubSpot", soaked.companies),
        ("Mails to guests", soaked.mails),
    )
    return [
        *table(
            ("Compared at the end", "Of confirmed bookings", "Missing", "Doubled", "Without reason"),
            [(name, each.expected, each.missing, each.doubled, each.unasked) for name, each in compared],
        ),
        "",
        f"{made} bookings were made, {made / soaked.seconds:.2f} a second; contacts without their company: "
        f"{soaked.alone}.",
        f"Deliveries: {_counts(soaked.states)}; finished within {percentile(after, 0.5):.1f} s (p50), "
        f"{percentile(after, 0.95):.1f} s (p95), {max(after):.0f} s (at most).",
        f"Attempts: {_counts(soaked.attempts)}. Answers of HubSpot: {_counts(soaked.calls)}.",
        f"All was posted and mailed {soaked.drained:.0f} seconds after the last booking.",
        f"Requests that failed: {_counts(ledger.failed) or 0}. None began later than {soaked.late:.1f} s "
        "after its time.",
    ]


def _answers(ledger: Ledger) -> list[str]:
    return table(
        ("Answer to", "Number", "p50 ms", "p95 ms", "p99 ms", "At most"),
        [
            (what, len(waits), *(ms(percentile(waits, each)) for each in (0.5, 0.95, 0.99)), ms(max(waits)))
            for what, waits in sorted(ledger.waits.items())
        ],
    )


def _moments(end: float) -> list[float]:
    step = _step(end)
    moments = [step * number for number in range(int(end // step) + 1)]
    return moments if end - moments[-1] < step / 2 else [*moments, end]


def _step(end: float) -> float:
    return 600.0 if end > 1_200 else max(end / 4, 1.0)


def _row(samples: Samples, at: float) -> tuple[str, ...]:
    """Of that moment; the share of a core since the moment before."""
    here, before = samples.about(at), samples.about(max(0.0, at - _step(samples.taken[-1].at)))
    share = (here.processor - before.processor) / (here.at - before.at) if here.at > before.at else 0.0
    return (
        f"{here.at / 60:.1f} min",
        f"{here.resident:.1f}",
        str(here.descriptors),
        str(here.threads),
        f"{here.database:.1f}",
        f"{here.wal:.1f}",
        f"{share:.0%}",
    )


def _counts(counted: Counter[str] | dict[str, int]) -> str:
    return ", ".join(f"{number} {name}" for name, number in sorted(counted.items()))


def _findings(soaked: Soaked) -> list[Finding]:
    samples, end = soaked.samples, soaked.samples.taken[-1].at
    span = end * WARM_UP
    early = _mean(samples.between(span, 2 * span))
    late = _mean(samples.between(end - span, end))
    wal = max(each.wal for each in samples.taken)
    waits = [each for what, waits in soaked.ledger.waits.items() if what != "a page of the team" for each in waits]
    p95 = percentile(waits, 0.95)
    locked = sum(number for kind, number in soaked.log.items() if "locked" in kind)
    failed = soaked.ledger.failed.total()
    findings = [
        Finding(
            f"{what} missing, doubled, without reason",
            f"{each.missing}, {each.doubled}, {each.unasked}",
            "0, 0, 0",
            each.exact,
        )
        for what, each in (("contacts", soaked.contacts), ("companies", soaked.companies), ("mails", soaked.mails))
    ]
    return [
        *findings,
        Finding("contacts without their company", str(soaked.alone), "0", not soaked.alone),
        Finding("requests that failed", str(failed), "0", not failed),
        Finding("lines about a lock", str(locked), "0", not locked),
        Finding(
            f"resident memory of the last {WARM_UP:.0%} of the time, above that after as much",
            f"{late - early:.1f} MB",
            f"at most {MOST_GROWTH:g} MB",
            late - early <= MOST_GROWTH,
        ),
        Finding(
            "files open at the end, more than after a sixth",
            str(samples.taken[-1].descriptors - samples.about(span).descriptors),
            "at most 8",
            samples.taken[-1].descriptors - samples.about(span).descriptors <= 8,
        ),
        Finding("largest WAL", f"{wal:.1f} MB", f"at most {MOST_WAL:g} MB", wal <= MOST_WAL),
        Finding("p95 of an answer to guests and senders", f"{ms(p95)} ms", "under 1000 ms", p95 < MOST_WAIT),
    ]


def _mean(samples: list[Sample]) -> float:
    return sum(each.resident for each in samples) / len(samples)
