"""The chart of the last 30 days: how many bookings of each day were posted, were there already, failed, or
were dismissed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from babel.dates import format_skeleton
from flask_babel import get_locale, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from hubsync.domain.delivery_states import DISMISSED, DeliveryState
from hubsync.phrases import enumerated, labelled
from hubsync.services import now
from hubsync.services.deliveries.statistics import Counts

HEIGHT, STEP, BAR = 60.0, 10, 7
LEAST = 1.5
"""So high is a part of one booking at least, or nobody would see it beside a thousand."""

PARTS: Mapping[str, tuple[tuple[str, ...], LazyString]] = {
    DeliveryState.POSTED: ((DeliveryState.POSTED,), _l("posted")),
    DeliveryState.DUPLICATE: ((DeliveryState.DUPLICATE,), _l("duplicate")),
    DeliveryState.FAILED: ((DeliveryState.FAILED, DeliveryState.PARTIAL), _l("failed or partly posted")),
    DISMISSED: ((DISMISSED,), _l("dismissed")),
}
"""What is stacked, from below: which states, and the word. What was dismissed is a part of its own, because the
kept numbers do not say in which state it was; left out, a day's failures would vanish from it with Dismiss."""
UNUSUAL = (DISMISSED,)
"""What is spoken of only where there is any."""


@dataclass(frozen=True)
class Block:
    """A part of a bar, in units of the drawing."""

    part: str
    y: float
    height: float


@dataclass(frozen=True)
class Day:
    """One day: its name, the number of each part, and its blocks, at *x*."""

    name: str
    x: float
    numbers: Mapping[str, int]
    blocks: tuple[Block, ...]

    @property
    def sentence(self) -> str:
        """What the bar says, in words."""
        numbers = enumerated(f"{PARTS[part][1]} {number}" for part, number in self.numbers.items() if number)
        return labelled(self.name, numbers or "–")


@dataclass(frozen=True)
class Chart:
    """The days, the oldest first; *most* is the number that the drawing is as high as."""

    days: tuple[Day, ...]
    totals: Mapping[str, int]
    most: int

    @property
    def width(self) -> int:
        return STEP * len(self.days)

    @property
    def words(self) -> Mapping[str, str]:
        """The word of each part that is spoken of."""
        return {part: str(PARTS[part][1]) for part in self.totals}

    @property
    def sentence(self) -> str:
        """All of it in a sentence, for those who do not see it."""
        numbers = enumerated(f"{self.words[part]} {number}" for part, number in self.totals.items())
        return ngettext("Last %(num)s day: %(told)s", "Last %(num)s days: %(told)s", len(self.days), told=numbers)

    @property
    def ends(self) -> tuple[str, str]:
        """What stands below its left and its right end."""
        return self.days[0].name, _("today")


def chart_of(counts: Counts) -> Chart:
    """The drawing of *counts*. Days are those of UTC, as they are counted."""
    numbers = [
        {part: sum(day.get(state, 0) for state in states) for part, (states, _word) in PARTS.items()}
        for day in counts.days
    ]
    most = max([sum(each.values()) for each in numbers] + [1])
    first = now().date() - timedelta(days=len(numbers) - 1)
    days = tuple(
        Day(
            format_skeleton("MMMd", first + timedelta(days=place), locale=get_locale()),
            place * STEP + (STEP - BAR) / 2,
            each,
            _stack(each, most),
        )
        for place, each in enumerate(numbers)
    )
    totals = {part: sum(each[part] for each in numbers) for part in PARTS}
    totals = {part: number for part, number in totals.items() if number or part not in UNUSUAL}
    return Chart(days, totals, most)


def _stack(numbers: Mapping[str, int], most: int) -> tuple[Block, ...]:
    heights = {part: max(number / most * HEIGHT, LEAST) for part, number in numbers.items() if number}
    if (excess := sum(heights.values()) - HEIGHT) > 0:  # what was raised to be seen is taken from the highest
        heights[max(heights, key=lambda part: heights[part])] -= excess
    blocks, top = [], HEIGHT
    for part, height in heights.items():
        top -= height
        blocks.append(Block(part, max(round(top, 2), 0.0), round(height, 2)))  # not a hair above the drawing
    return tuple(blocks)
