"""The limits that are kept, whoever calls."""

from __future__ import annotations

import heapq
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.pacing import (
    LONGEST_UNDER_WAY,
    ONE_CALL,
    SEARCH_AND_CREATE,
    SEARCHES_PER_SECOND,
    SHARE,
    CallCount,
    RateLimit,
    Usage,
    has_room,
    seconds_until_change,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
START = 1_000_000.0
ATTEMPTS = st.lists(
    st.tuples(
        st.floats(0, 3),  # seconds after the attempt before
        st.sampled_from([ONE_CALL, CallCount(2), SEARCH_AND_CREATE]),
        st.floats(0, 2),  # seconds until a call is sent, each
        st.floats(0, 1),  # where between its sending and its answer it comes to HubSpot
        st.floats(0.001, 4),  # seconds until its answer
    ),
    min_size=1,
    max_size=60,
)


class Clockwork:
    """Attempts that take a place when there is room, and the moments at which HubSpot sees their calls."""

    def __init__(self, limit: RateLimit, share: float) -> None:
        self.usage, self.limit, self.share = Usage(), limit, share
        self.seen: dict[bool, list[float]] = {False: [], True: []}
        self.begun: list[float] = []
        self._agenda: list[tuple[float, int, tuple[object, ...]]] = []

    def enter(self, moment: float, what: tuple[object, ...]) -> None:
        heapq.heappush(self._agenda, (moment, len(self._agenda) + len(self.begun), what))

    def run(self) -> None:
        while self._agenda:
            moment, _, what = heapq.heappop(self._agenda)
            if what[0] == "answer":
                self.usage.end(what[1])  # type: ignore[arg-type]
                self.usage.add(moment, what[1])  # type: ignore[arg-type]
                continue
            _, need, pause, where, latency = what
            used = self.usage.used(moment, self.limit)
            if not has_room(used, need, self.limit, SEARCHES_PER_SECOND, self.share):  # type: ignore[arg-type]
                self.enter(moment + seconds_until_change(self.usage.made, moment, self.limit), what)
                continue
            self.usage.begin(need)  # type: ignore[arg-type]
            self.begun.append(moment)
            at = moment
            for search in [True] * need.searches + [False] * need.calls:  # type: ignore[attr-defined]
                sent = at + pause  # type: ignore[operator]
                at = sent + latency
                self.seen[search].append(sent + where * latency)
                self.enter(at, ("answer", CallCount(0, 1) if search else ONE_CALL))


@given(ATTEMPTS, st.integers(3, 40), st.floats(1, 20), st.sampled_from([1.0, SHARE]))
def test_hubspot_never_sees_more_than_its_limits(
    attempts: list[tuple[float, CallCount, float, float, float]], most: int, window: float, share: float
) -> None:
    clockwork = Clockwork(RateLimit(most, window), share)
    moment = START
    for gap, *what in attempts:
        moment += gap
        clockwork.enter(moment, ("attempt", *what))
    clockwork.run()
    assert len(clockwork.begun) == len(attempts)  # nobody waits for ever
    for search, limit, seconds in ((False, most, window), (True, SEARCHES_PER_SECOND, 1.0)):
        seen = clockwork.seen[search]
        allowed = max(2, int(limit * share)) if not search else max(1, int(limit * share))
        for start in seen:
            # What HubSpot sees a whole window later is no longer in it.
            assert sum(start <= each < start + seconds for each in seen) <= allowed


@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 3)), max_size=20), st.integers(1, 100))
def test_what_was_answered_counts_for_one_window_and_what_is_under_way_until_it_ends(
    made: list[tuple[int, int]], most: int
) -> None:
    limit, usage = RateLimit(most, 10.0), Usage()
    usage.begin(CallCount(4, 1))
    for seconds_ago, calls in made:
        usage.add(START - seconds_ago, CallCount(calls))
    expected = 4 + sum(calls for seconds_ago, calls in made if seconds_ago < 10)
    assert usage.used(START, limit) == (expected, 1)
    usage.forget(START, limit)
    assert usage.used(START, limit) == (expected, 1)
    usage.end(CallCount(4, 1))
    assert usage.used(START + 10.1, limit) == (0, 0)


def test_calls_of_one_tenth_of_a_second_are_kept_as_one_and_searches_each_for_themselves() -> None:
    usage = Usage()
    for after, need in (
        (0.01, ONE_CALL),
        (0.05, ONE_CALL),
        (0.06, CallCount(0, 1)),
        (0.09, ONE_CALL),
        (0.2, ONE_CALL),
    ):
        usage.add(START + after, need)
    assert [made[1:] for made in usage.made] == [(2, 0), (0, 1), (1, 0), (1, 0)]
    assert usage.used(START + 10.04, RateLimit()).calls == 4  # as long as the last of its tenth
    assert usage.used(START + 10.06, RateLimit()).calls == 2
    assert usage.used(START + 1.05, RateLimit()).searches == 1
    assert usage.used(START + 1.07, RateLimit()).searches == 0


def test_a_clock_that_was_set_back_keeps_nobody_waiting() -> None:
    usage = Usage()
    usage.add(START + 3600, CallCount(100, 5))
    usage.add(START + LONGEST_UNDER_WAY, CallCount(1))  # perhaps under way elsewhere
    usage.forget(START, RateLimit())
    assert usage.used(START, RateLimit()) == (1, 0)


@pytest.mark.parametrize(
    ("need", "calls", "searches", "room"),
    [
        (ONE_CALL, 99, 5, True),  # whoever does not search does not wait for searches
        (ONE_CALL, 100, 0, False),
        (SEARCH_AND_CREATE, 98, 4, True),
        (SEARCH_AND_CREATE, 99, 0, False),
        (SEARCH_AND_CREATE, 0, 5, False),
        (CallCount(0, 1), 100, 4, True),
        (CallCount(), 100, 5, True),
        (CallCount(120), 0, 0, True),  # more than there ever is: alone
        (CallCount(120), 1, 0, False),
    ],
)
def test_there_is_room_for_what_is_needed(need: CallCount, calls: int, searches: int, room: bool) -> None:
    assert has_room(CallCount(calls, searches), need, RateLimit(), SEARCHES_PER_SECOND) == room


def test_a_share_leaves_the_rest_to_others() -> None:
    assert has_room(CallCount(69, 2), SEARCH_AND_CREATE, RateLimit(), SEARCHES_PER_SECOND, SHARE) is False
    assert has_room(CallCount(68, 2), SEARCH_AND_CREATE, RateLimit(), SEARCHES_PER_SECOND, SHARE)
    assert has_room(CallCount(), ONE_CALL, RateLimit(1, 10.0), 1, SHARE)
