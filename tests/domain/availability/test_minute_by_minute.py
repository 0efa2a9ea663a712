"""Free times against a second count of them, minute by minute, in many zones and around the changes of clocks.

The quick part plays a few examples, the whole 10,000, of which each zone has its share; ``TEST_EXAMPLES`` says how
many examples a zone has instead.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import pairwise
from random import Random
from typing import TypeVar
from zlib import crc32
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, seed, settings
from hypothesis import strategies as st

from hubsync.domain.availability.hosts import Booked, Busy, HostTimes
from hubsync.domain.availability.offers import Offers
from hubsync.domain.availability.opening_hours import Interval, OpeningHours
from hubsync.domain.availability.refusals import Refusal
from hubsync.domain.availability.rules import Fixed, FreeTimeRules, Period, Rolling
from hubsync.domain.availability.start_times import StartTime
from tests.domain.availability.minute_by_minute import A_MINUTE, ONE_DAY, Expected, expected_times

YEARS = {
    "Africa/Cairo": 2026,  # no midnight on the day clocks are put forward, two on the day they are put back
    "Africa/Casablanca": 2026,
    "America/Asuncion": 2024,  # summer time for good, in the middle of it
    "America/Caracas": 2016,  # half an hour, once
    "America/Havana": 2026,
    "America/New_York": 2026,
    "America/Nuuk": 2023,
    "America/Santiago": 2026,
    "America/Sao_Paulo": 2018,
    "America/St_Johns": 2010,  # at one minute past midnight
    "Antarctica/Troll": 2026,  # two hours
    "Asia/Beirut": 2026,
    "Asia/Gaza": 2040,  # two changes within a week
    "Asia/Kathmandu": 2026,
    "Asia/Kolkata": 2026,
    "Asia/Pyongyang": 2018,  # half an hour, up to midnight
    "Asia/Tehran": 2021,
    "Asia/Tokyo": 2026,
    "Atlantic/Azores": 2026,
    "Australia/Lord_Howe": 2026,  # half an hour, each year
    "Europe/Berlin": 2026,
    "Europe/Dublin": 2026,
    "Pacific/Apia": 2011,  # without the 30th of December
    "Pacific/Chatham": 2026,
    "Pacific/Kiritimati": 2026,
}
"""A year of each zone in which its clocks did something."""

EXAMPLES = int(os.environ.get("TEST_EXAMPLES", 10_000 // len(YEARS)))

T = TypeVar("T")

LENGTHS = (5, 10, 15, 20, 25, 30, 30, 45, 50, 60, 90, 240)
BUFFERS = (0, 0, 0, 5, 10, 15, 30, 60)
ROUND_MINUTES = (0, 30, 60, 90, 120, 180, 240, 1380, 1410, 1439)
NOTICES = (0, 0, 0, 0, 0, 0, 0, 0, 1, 60, 240, 1440)


def by_chance(make: Callable[[Random], T]) -> st.SearchStrategy[T]:
    """What *make* makes of a number that is drawn: what Hypothesis takes longest for is the count of its draws."""
    return st.integers(0, 2**24 - 1).map(lambda number: make(Random(number)))


def mostly(chance: Random) -> bool:
    return chance.randrange(4) > 0


def minute(chance: Random) -> int:
    match chance.randrange(3):
        case 0:
            return chance.randrange(288) * 5
        case 1:
            return chance.choice(ROUND_MINUTES)
    return chance.randrange(1440)


def interval(chance: Random) -> Interval:
    return Interval(minute(chance), minute(chance) if mostly(chance) else 1440)


SPECIAL_DAYS = (
    (Interval(0, 1440),),
    (Interval(1320, 120),),
    (Interval(0, 120), Interval(120, 300), Interval(1320, 1440)),
    (),
)


def intervals(chance: Random) -> tuple[Interval, ...]:
    if chance.randrange(2):
        return chance.choice(SPECIAL_DAYS)
    return tuple(interval(chance) for _ in range(chance.randint(1, 3)))


def length(chance: Random) -> int:
    return chance.choice([*LENGTHS, chance.randint(5, 240), chance.randint(5, 1440)])


def buffer(chance: Random) -> int:
    return chance.choice([*BUFFERS, *[chance.randint(0, 240)] * 6, chance.randint(0, 1440)])


def rules(chance: Random) -> dict[str, int | None]:
    return {
        "duration_minutes": length(chance),
        "step_minutes": length(chance),
        "buffer_before": buffer(chance),
        "buffer_after": buffer(chance),
        "notice_minutes": chance.choice([*NOTICES, chance.randint(0, 1440), chance.randint(0, 5 * 1440)]),
        "most_a_day": chance.choice([None, 1, 2]),
    }


def span(chance: Random, least: timedelta, most: timedelta) -> timedelta:
    """To the second, or to the microsecond."""
    unit = chance.choice([timedelta(seconds=1), timedelta(microseconds=1)])
    return chance.randint(least // unit, most // unit) * unit


def after(chance: Random) -> timedelta:
    """How long after the midnight (in UTC) of the day before, mostly a round time."""
    round_time = chance.randint(0, 3 * 288) * 5 * A_MINUTE
    return chance.choice([round_time, round_time, span(chance, timedelta(), 3 * ONE_DAY)])


FIXED_SPANS = (
    *(timedelta(), timedelta(seconds=1), ONE_DAY, 40 * ONE_DAY),
    *(n * A_MINUTE for n in (-30, 5, 30, 30, 60, 300)),
)


def lasting(chance: Random) -> timedelta:
    return chance.choice([chance.choice(FIXED_SPANS), span(chance, timedelta(hours=-1), timedelta(hours=6))])


BusyFor = tuple[timedelta, timedelta, int]
BookedFor = tuple[timedelta, timedelta, bool, int, int]


def host(chance: Random) -> tuple[list[BusyFor], list[BookedFor], int | None]:
    """What a host is busy with, what is booked, and the busy calendar that cannot be read."""
    return (
        [(after(chance), lasting(chance), chance.randint(1, 2)) for _ in range(chance.choice([0, 1, 1, 2, 3, 4]))],
        [
            (after(chance), lasting(chance), chance.random() < 0.5, buffer(chance), buffer(chance))
            for _ in range(chance.choice([0, 1, 1, 2, 3]))
        ],
        chance.choice([*[None] * 12, 3]),
    )


CHANCE = by_chance(lambda chance: chance)
INTERVALS, RULES = by_chance(intervals), by_chance(rules)
HOSTS = st.lists(by_chance(host), min_size=1, max_size=3)
FEW_DAYS = range(6)
BEFORE = (0, 1, 2, 2, 3, 3, 4)
TO_CHANGE = (-2, -1, -1, 0, 0, 0, 1)
DAYS_OF_YEAR = range(13, 13 * 28, 13)
"""Of every weekday and every month; few, because the model reads the clock anew at each minute of a date."""


@cache
def changes(zone: str) -> list[date]:
    """The dates of a zone's year on which its clocks are changed, as hour after hour shows."""
    there, hour = ZoneInfo(zone), datetime(YEARS[zone], 1, 1, tzinfo=UTC)
    hours = [(hour + timedelta(hours=number)).astimezone(there) for number in range(365 * 24)]
    return [after.date() for before, after in pairwise(hours) if before.utcoffset() != after.utcoffset()]


class Draws:
    """What one example is made of, around a day near which the clocks of *zone* are mostly changed.

    *chance* makes all that is not drawn by itself, here and of what is asked.
    """

    def __init__(self, data: st.DataObject, zone: str, rolling: Sequence[int]) -> None:
        self.chance = chance = data.draw(CHANCE)
        around = changes(zone)
        if around and mostly(chance):
            self.day = chance.choice(around) + chance.choice(TO_CHANGE) * ONE_DAY
        else:
            self.day = date(YEARS[zone], 1, 1) + chance.choice(DAYS_OF_YEAR) * ONE_DAY
        usual, other = data.draw(INTERVALS), data.draw(INTERVALS)
        special = [self.day + chance.randint(-2, 3) * ONE_DAY for _ in range(chance.randint(0, 2))]
        self.rules = FreeTimeRules(
            ZoneInfo(zone),
            OpeningHours(
                (usual, other, usual, usual, other, usual, usual), {day: intervals(chance) for day in special}
            ),
            period=self._period(rolling),
            **data.draw(RULES),
        )
        hosts = data.draw(HOSTS) if chance.randrange(10) else []
        self.hosts = [self._host(number, *each) for number, each in enumerate(hosts)]
        self.booked = {self.day + number * ONE_DAY: chance.randint(0, 2) for number in range(3)}
        self.now = self.moment() - chance.choice(BEFORE) * ONE_DAY
        self.offers = Offers(self.rules, self.hosts, self.now, self.booked)

    def _period(self, rolling: Sequence[int]) -> Period:
        if mostly(self.chance):
            return Rolling(self.chance.choice(rolling))
        first = self.day + self.chance.randint(-3, 2) * ONE_DAY
        return Fixed(first, first + self.chance.choice(FEW_DAYS) * ONE_DAY)

    def _host(
        self,
        host: int,
        busy: list[BusyFor],
        booked: list[BookedFor],
        unreadable: int | None,
    ) -> HostTimes:
        return HostTimes(
            host,
            [Busy(self.at(after), self.at(after + lasting), source) for after, lasting, source in busy],
            [Booked(self.at(after), self.at(after + lasting), *more) for after, lasting, *more in booked],
            unreadable,
        )

    def at(self, after: timedelta) -> datetime:
        return datetime(self.day.year, self.day.month, self.day.day, tzinfo=UTC) - ONE_DAY + after

    def moment(self) -> datetime:
        return self.at(after(self.chance))


def check_days(data: st.DataObject, zone: str) -> None:
    """The start times of a day or two are those of the model, for the same reasons, asked together or alone."""
    drawn = Draws(data, zone, (2, 60, 60))
    offers, first, last = drawn.offers, drawn.day, drawn.day + drawn.chance.randint(0, 1) * ONE_DAY
    expected = expected_times(drawn.rules, drawn.hosts, drawn.now, drawn.booked, first, last)
    days = offers.between(first, last)
    given = {time.start: (day.date, time) for day in days for time in day.times}
    assert given.keys() == expected.keys()
    assert all(one.start < two.start for day in days for one, two in pairwise(day.times)), "in their order"
    for start, (day, time) in given.items():
        assert day == expected[start].day
        check_words(time, expected[start], drawn.hosts)
    for start in [drawn.moment(), *list(given)[:5]]:
        if start in given:
            assert offers.at(start) == given[start][1]
        elif first <= start.astimezone(drawn.rules.zone).date() <= last:
            assert not offers.is_offered(start)


def check_words(time: StartTime, expected: Expected, hosts: Sequence[HostTimes]) -> None:
    assert time.hosts == expected.hosts
    of_calendar = [each.reason for each in time.refusals if each.host is None]
    assert of_calendar == ([] if expected.of_calendar is None else [expected.of_calendar])
    of_hosts = [each for each in time.refusals if each.host is not None]
    assert [(each.host, each.source) for each in of_hosts] == [
        (host, speaker) for host, words in expected.of_hosts.items() for speaker in words
    ]
    for refusal in of_hosts:
        assert refusal.host is not None
        assert refusal.reason in expected.of_hosts[refusal.host][refusal.source]
        assert is_its_own(refusal, hosts[refusal.host])


def is_its_own(refusal: Refusal, host: HostTimes) -> bool:
    """Whether the blocker that is named is one of the host's."""
    blocker = (refusal.blocked_from, refusal.blocked_until)
    if refusal.source is None:
        return blocker in [(each.start, each.end) for each in host.booked]
    return refusal.source == host.unreadable or (*blocker, refusal.source) in host.busy


def check_search(data: st.DataObject, zone: str) -> None:
    """The first offered time from an instant on, and the nearest ones, are those of all that the period has."""
    drawn = Draws(data, zone, FEW_DAYS)
    bookable = drawn.rules.bookable_days(drawn.now)
    expected = (
        expected_times(drawn.rules, drawn.hosts, drawn.now, drawn.booked, *bookable)
        if bookable is not None
        else {}
    )
    offered = [start for start, each in expected.items() if each.hosts]
    moment = drawn.chance.choice([drawn.now, drawn.moment(), *offered])
    following = drawn.offers.first_from(moment)
    assert (following and following.start) == next((each for each in offered if each >= moment), None)
    count = drawn.chance.randint(1, 4)
    nearest = sorted(offered, key=lambda each: (abs((each - moment) // timedelta(seconds=1)), each))[:count]
    assert [each.start for each in drawn.offers.nearest(moment, count)] == sorted(nearest)


@given(st.data())
def test_days_are_those_of_the_model(data: st.DataObject) -> None:
    check_days(data, data.draw(st.sampled_from(sorted(YEARS)), "zone"))


@given(st.data())
@settings(max_examples=10)
def test_searches_are_those_of_the_model(data: st.DataObject) -> None:
    check_search(data, data.draw(st.sampled_from(sorted(YEARS)), "zone"))


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("zone", YEARS)
def test_days_are_those_of_the_model_in(zone: str) -> None:
    play(check_days, zone, EXAMPLES)


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("zone", YEARS)
def test_searches_are_those_of_the_model_in(zone: str) -> None:
    play(check_search, zone, EXAMPLES // 10)


def play(check: Callable[[st.DataObject, str], None], zone: str, examples: int) -> None:
    """Examples of its own for each zone, the same in every run."""
    test = given(st.data())(lambda data: check(data, zone))
    seed(crc32(zone.encode()))(settings(max_examples=examples)(test))()
