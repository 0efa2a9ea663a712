"""What a delivery costs with each thing that can be switched on, beside the same HubSync without it, in turns."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from itertools import count

from bench import switches
from bench.figures import median, ms, table
from bench.installation import Guest, guest
from bench.poster import SERVICE, Posted, Poster
from bench.progress import shown
from bench.report import Finding, Report
from bench.stand_in import StandIn
from hubsync.domain.delivery_states import DeliveryState

ROUNDS, OF_EACH = 4, 5
"""So many times each is switched on and off again, and so many deliveries between two switches."""
KNOWN = 999_999
"""The number of the company that everybody knows already."""
MOST_FOR_A_CALL = 1.5
"""How many times the milliseconds for a call of those without may be."""
WITH, WITHOUT = "with", "without"


@dataclass(frozen=True)
class Feature:
    """Something that can be switched on, for guests whom HubSpot *knows* with their company, or for new ones.

    *most_commits* is how many durable commits a delivery may cost beside those without it.
    """

    name: str
    switch: str
    knows: bool
    ends: DeliveryState
    ends_without: DeliveryState
    most_commits: int


FEATURES = (
    Feature(
        *("fill if empty, both exist", switches.fill.__name__, True),
        *(DeliveryState.DUPLICATE, DeliveryState.DUPLICATE, 6),
    ),
    Feature(
        *("association of an existing contact", switches.associate.__name__, True),
        *(DeliveryState.DUPLICATE, DeliveryState.DUPLICATE, 3),
    ),
    Feature(
        *("meeting, new company", switches.put_on_timeline.__name__, False),
        *(DeliveryState.POSTED, DeliveryState.POSTED, 2),
    ),
    Feature(
        *("owner, new company", switches.give_owner.__name__, False),
        *(DeliveryState.POSTED, DeliveryState.POSTED, 1),
    ),
    Feature(
        *("watch only, new company", switches.watch_alone.__name__, False),
        *(DeliveryState.SKIPPED, DeliveryState.POSTED, 0),
    ),
)


@dataclass
class Measured:
    """The deliveries of one way, and the calls of one of them."""

    posted: list[Posted] = field(default_factory=list)
    calls: int = 0

    @property
    def seconds(self) -> float:
        return median([each.seconds for each in self.posted])

    @property
    def processor(self) -> float:
        return median([each.processor for each in self.posted])

    @property
    def commits(self) -> int:
        return max(each.commits for each in self.posted)


def run(tiny: bool = False) -> Report:
    """Measure each in turns with the same without it."""
    with StandIn() as stand_in:
        rounds, of_each = (1, 1) if tiny else (ROUNDS, OF_EACH)
        with closing(Poster(SERVICE, stand_in.url)) as poster:
            found = [
                (each, _measure(each, stand_in, poster, rounds, of_each))
                for each in shown("features", FEATURES, len(FEATURES))
            ]
    lines = [
        "Deliveries through the service as in `overhead`, at no latency, with one thing switched on and without",
        "it, in turns by one process. The first column of a pair is with it, the second without. *Times* is the",
        "median with it, of that without it, *For a call* the same of the milliseconds for each call. Where both",
        "exist, HubSpot has the contact, and the company is remembered.",
        f"Deliveries of each kind: {len(found[0][1][WITH].posted)}.",
        "",
        *table(
            (
                "Switched on",
                "Calls",
                "",
                "Median ms",
                "",
                "Times",
                "For a call",
                "Processor ms",
                "",
                "Commits",
                "",
            ),
            [_row(*each) for each in found],
        ),
    ]
    return Report("features", lines, [finding for each in found for finding in _findings(*each)])


def _measure(
    feature: Feature, stand_in: StandIn, poster: Poster, rounds: int, of_each: int
) -> dict[str, Measured]:
    found, come = {WITH: Measured(), WITHOUT: Measured()}, count(1)
    poster.begin(stand_in.begin())
    poster.post(guest(next(come), KNOWN))
    for _round in range(rounds):
        for way, ends in ((WITH, feature.ends), (WITHOUT, feature.ends_without)):
            poster.switch(feature.switch, on=way == WITH)
            for number in range(-1, of_each):  # the first one reads anew what was changed, and is not counted
                who = _come(feature, stand_in, next(come))
                stand_in.forget_calls()
                posted = poster.post(who, ends=ends)
                if number >= 0:
                    found[way].posted.append(posted)
                    found[way].calls = max(found[way].calls, len(stand_in.calls()))
    return found


def _come(feature: Feature, stand_in: StandIn, number: int) -> Guest:
    """A guest whom HubSpot knows, or does not."""
    who = guest(number, KNOWN if feature.knows else None)
    if feature.knows:
        stand_in.seed("contacts", email=who.email)
    return who


def _per_call(found: dict[str, Measured]) -> float:
    with_it, without = found[WITH], found[WITHOUT]
    return (with_it.seconds / with_it.calls) / (without.seconds / without.calls)


def _row(feature: Feature, found: dict[str, Measured]) -> tuple[object, ...]:
    with_it, without = found[WITH], found[WITHOUT]
    return (
        *(feature.name, with_it.calls, without.calls, ms(with_it.seconds), ms(without.seconds)),
        *(f"{with_it.seconds / without.seconds:.2f}", f"{_per_call(found):.2f}"),
        *(ms(with_it.processor), ms(without.processor), with_it.commits, without.commits),
    )


def _findings(feature: Feature, found: dict[str, Measured]) -> list[Finding]:
    times, more = _per_call(found), found[WITH].commits - found[WITHOUT].commits
    return [
        Finding(
            f"{feature.name}, milliseconds for a call, of those without",
            f"{times:.2f}",
            f"at most {MOST_FOR_A_CALL}",
            times <= MOST_FOR_A_CALL,
        ),
        Finding(
            f"{feature.name}, durable commits more than without",
            str(more),
            f"at most {feature.most_commits}",
            more <= feature.most_commits,
        ),
    ]
