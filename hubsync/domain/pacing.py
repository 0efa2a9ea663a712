"""Rate limiting of calls to HubSpot: sliding windows, and pauses after errors.

HubSpot limits an app to 100 calls in any ten seconds or more, and searches to five a second for the whole account.
Searches are counted apart: they have no part in the first limit and their answers do not tell of it.
https://developers.hubspot.com/docs/developer-tooling/platform/usage-guidelines
https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple

CIRCUIT = timedelta(seconds=30)
"""How long first attempts are skipped after HubSpot did not answer."""
UNANSWERED_BORNE = 2
"""So many attempts in a row may go without an answer before the background leaves HubSpot alone as well: of many
calls some do, and HubSpot is not down."""
SHARE = 0.7
"""What replays and retries take of a limit; the rest is for bookings that are made meanwhile."""
SEARCHES_PER_SECOND = 5
_SEARCH_SECONDS = 1.0
LONGEST_UNDER_WAY = 10.0
"""Seconds for which calls count as under way of which no more is heard: their process may be gone."""
_LEAST_WAIT = 0.01


@dataclass(frozen=True)
class RateLimit:
    """At most *calls* in any *seconds*, as HubSpot's headers tell."""

    calls: int = 100
    seconds: float = 10.0


class CallCount(NamedTuple):
    """So many *calls* that are no searches, and so many *searches*."""

    calls: int = 0
    searches: int = 0


ONE_CALL = CallCount(1)
"""A contact, with a company that is remembered or without."""
SEARCH_AND_CREATE = CallCount(2, 1)
"""A company that is looked for and created, and its contact."""


class AnsweredCalls(NamedTuple):
    """Calls that HubSpot had answered at *moment*, in seconds of the clock."""

    moment: float
    calls: int
    searches: int


@dataclass
class Usage:
    """Sliding-window log of the calls to one HubSpot account: what was answered lately, and what is under way.

    A call counts from the moment on that its place is taken until a whole window after its answer. HubSpot counts
    it from its arrival on, which is between the two; so whoever takes a place only where there is room never
    exceeds the limit, however long calls take.
    """

    made: list[AnsweredCalls] = field(default_factory=list)
    calls_under_way: int = 0
    searches_under_way: int = 0

    def begin(self, need: CallCount) -> None:
        """Count *need* as under way."""
        self.calls_under_way += need.calls
        self.searches_under_way += need.searches

    def end(self, need: CallCount) -> None:
        """Count *need* as under way no more: it was not called, or `add` is called when it was answered."""
        self.calls_under_way -= need.calls
        self.searches_under_way -= need.searches

    def add(self, moment: float, need: CallCount) -> None:
        """Count *need* as answered at *moment*, and with it what else was called in that tenth of a second.

        Not so searches, of whose second a tenth is too much.
        """
        last = self.made[-1] if self.made else None
        if last is not None and not need.searches and not last.searches and _tenth(last.moment) == _tenth(moment):
            self.made[-1] = AnsweredCalls(max(last.moment, moment), last.calls + need.calls, 0)
        else:
            self.made.append(AnsweredCalls(moment, *need))

    def forget(self, moment: float, limit: RateLimit) -> None:
        """Drop what no window reaches any more, and what a clock that was set back put into the future."""
        oldest = moment - max(limit.seconds, _SEARCH_SECONDS)
        self.made = [each for each in self.made if oldest < each.moment <= moment + LONGEST_UNDER_WAY]

    def used(self, moment: float, limit: RateLimit) -> CallCount:
        """What counts against the limits at *moment*."""
        calls = sum(each.calls for each in self.made if each.moment > moment - limit.seconds)
        searches = sum(each.searches for each in self.made if each.moment > moment - _SEARCH_SECONDS)
        return CallCount(calls + self.calls_under_way, searches + self.searches_under_way)


def _tenth(moment: float) -> int:
    return int(moment * 10)


def has_room(used: CallCount, need: CallCount, limit: RateLimit, searches: int, share: float = 1.0) -> bool:
    """Whether *need* fits into *share* of the limits (*searches* in a second) beside what is *used*.

    What nothing of is needed does not matter; one call and one search fit into the smallest share.
    """
    return all(
        not wanted or taken + wanted <= max(wanted, int(most * share))
        for wanted, taken, most in (
            (need.calls, used.calls, limit.calls),
            (need.searches, used.searches, searches),
        )
    )


def seconds_until_change(made: Iterable[AnsweredCalls], moment: float, limit: RateLimit) -> float:
    """The seconds until the next of the calls *made* leaves its window; as long as the longest window if none is.

    What is under way leaves nothing before it is answered.
    """
    leaves = [each.moment + limit.seconds - moment for each in made if each.calls]
    leaves += [each.moment + _SEARCH_SECONDS - moment for each in made if each.searches]
    return max(_LEAST_WAIT, min((each for each in leaves if each > 0), default=limit.seconds))
