"""What keeps a host from a meeting: bookings and busy times, with the buffers around them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from hubsync.domain.availability.hosts import Booked, Busy, HostTimes, choose_host
from hubsync.domain.availability.refusals import Reason, Refusal
from tests.domain.availability.calendars import KEN, MIKA, look, offered, reasons, rules

THURSDAY = date(2026, 12, 3)
WORK, HOME, PRIVATE = 7, 8, 9


def at(hour: int, minute: int = 0, second: int = 0) -> datetime:
    """On Thursday in Berlin, an hour ahead of UTC."""
    return datetime(2026, 12, 3, hour - 1, minute, second, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "blocked"),
    [
        (at(12), at(12, 30), ["12:00"]),
        (at(12, 1), at(12, 29), ["12:00"]),
        (at(11, 59), at(12, 31), ["11:30", "12:00", "12:30"]),
        (at(12), at(12, 30, 1), ["12:00", "12:30"]),
        (at(11, 59, 59), at(12), ["11:30"]),
        (at(11), at(11, 30, 0) + timedelta(microseconds=1), ["11:00", "11:30"]),
        (at(11, 30) - timedelta(microseconds=1), at(11, 31), ["11:00", "11:30"]),
        (at(12), at(12), []),
        (at(12, 15), at(12, 15), []),
        (at(12, 30), at(12, 15), []),
        (at(12) - timedelta(days=9), at(9, 1), ["09:00"]),
    ],
)
def test_a_busy_time_blocks_from_its_start_until_before_its_end(
    start: datetime, end: datetime, blocked: list[str]
) -> None:
    day = look(rules(), THURSDAY, [HostTimes(MIKA, [Busy(start, end, WORK)])])
    assert reasons(day) == {time: [Reason.BUSY] for time in blocked}
    day = look(rules(), THURSDAY, [HostTimes(MIKA, booked=[Booked(start, end, True)])])
    assert reasons(day) == {time: [Reason.BOOKED] for time in blocked}


def test_buffers_are_kept_from_busy_times_before_and_after() -> None:
    host = HostTimes(MIKA, [Busy(at(12), at(12, 30), WORK)])
    assert reasons(look(rules(buffer_before=10), THURSDAY, [host])) == {
        "12:00": [Reason.BUSY],
        "12:30": [Reason.BUFFER_AFTER],
    }
    assert reasons(look(rules(buffer_after=31), THURSDAY, [host])) == {
        "11:00": [Reason.BUFFER_BEFORE],
        "11:30": [Reason.BUFFER_BEFORE],
        "12:00": [Reason.BUSY],
    }


def test_a_buffer_may_lie_outside_the_hours() -> None:
    day = look(rules(buffer_before=60, buffer_after=60), THURSDAY)
    assert (offered(day)[0], offered(day)[-1]) == ("09:00", "16:30")
    host = HostTimes(MIKA, [Busy(at(17), at(18), WORK)])
    assert reasons(look(rules(buffer_after=10), THURSDAY, [host])) == {"16:30": [Reason.BUFFER_BEFORE]}


@pytest.mark.parametrize(
    ("before", "after", "booked_before", "booked_after", "first_after", "last_before"),
    [
        (0, 0, 0, 0, "12:40", "11:40"),
        (20, 0, 0, 20, "13:00", "11:40"),  # the longer of the two, not both
        (20, 0, 0, 30, "13:10", "11:40"),
        (30, 0, 0, 20, "13:10", "11:40"),
        (0, 20, 20, 0, "12:40", "11:20"),
        (0, 20, 30, 0, "12:40", "11:10"),
        (0, 30, 20, 0, "12:40", "11:10"),
        (0, 0, 20, 10, "12:50", "11:20"),
    ],
)
def test_between_two_bookings_of_a_calendar_the_longer_buffer_counts(
    before: int, after: int, booked_before: int, booked_after: int, first_after: str, last_before: str
) -> None:
    calendar = rules(duration_minutes=20, step_minutes=10, buffer_before=before, buffer_after=after)
    booked = Booked(at(12), at(12, 40), True, booked_before, booked_after)
    times = offered(look(calendar, THURSDAY, [HostTimes(MIKA, booked=[booked])]))
    assert max(each for each in times if each < "12:00") == last_before
    assert min(each for each in times if each > "12:00") == first_after


def test_a_booking_in_another_calendar_blocks_without_a_buffer_of_this_one() -> None:
    calendar = rules(buffer_before=60, buffer_after=60)
    there = HostTimes(MIKA, booked=[Booked(at(12), at(12, 30), False)])
    assert reasons(look(calendar, THURSDAY, [there])) == {"12:00": [Reason.BOOKED]}
    with_its_own = HostTimes(MIKA, booked=[Booked(at(12), at(12, 30), False, 0, 15)])
    assert reasons(look(calendar, THURSDAY, [with_its_own])) == {
        "12:00": [Reason.BOOKED],
        "12:30": [Reason.BUFFER_AFTER],
    }


def test_a_refusal_names_the_busy_calendar_and_what_is_in_the_way() -> None:
    host = HostTimes(
        KEN, [Busy(at(9), at(9, 30), HOME), Busy(at(11), at(11, 30), WORK)], [Booked(at(14), at(15), True)]
    )
    times = {
        f"{each.local:%H:%M}": each.refusals for each in look(rules(buffer_before=10), THURSDAY, [host]).times
    }
    assert times["09:00"] == (Refusal(Reason.BUSY, KEN, HOME, at(9), at(9, 30)),)
    assert times["09:30"] == (Refusal(Reason.BUFFER_AFTER, KEN, HOME, at(9), at(9, 30)),)
    assert times["11:00"] == (Refusal(Reason.BUSY, KEN, WORK, at(11), at(11, 30)),)
    assert times["14:30"] == (Refusal(Reason.BOOKED, KEN, None, at(14), at(15)),)
    assert times["15:00"] == (Refusal(Reason.BUFFER_AFTER, KEN, None, at(14), at(15)),)


def test_ones_bookings_speak_first_and_then_each_busy_calendar_that_has_something_against_it() -> None:
    # One's own bookings mostly stand in one's busy calendar, too.
    busy = [Busy(at(12), at(12, 30), WORK), Busy(at(10), at(11, 50), HOME), Busy(at(9), at(10), PRIVATE)]
    host = HostTimes(MIKA, busy, [Booked(at(12), at(12, 30), True)])
    (noon,) = [each for each in look(rules(buffer_before=15), THURSDAY, [host]).times if each.start == at(12)]
    assert [(each.reason, each.source) for each in noon.refusals] == [
        (Reason.BOOKED, None),
        (Reason.BUSY, WORK),
        (Reason.BUFFER_AFTER, HOME),
    ]


def test_a_busy_calendar_says_the_worst_that_it_has_once() -> None:
    busy = [Busy(at(11), at(11, 50), WORK), Busy(at(12), at(12, 10), WORK), Busy(at(12, 10), at(12, 20), WORK)]
    day = look(rules(buffer_before=15), THURSDAY, [HostTimes(MIKA, busy)])
    assert reasons(day)["12:00"] == [Reason.BUSY]


def test_a_long_busy_time_is_not_hidden_by_short_ones_that_begin_later() -> None:
    short = [Busy(at(9, minute), at(9, minute + 1), HOME) for minute in range(5, 25)]
    day = look(rules(), THURSDAY, [HostTimes(MIKA, [*short, Busy(at(8), at(16), WORK), *short])])
    assert offered(day) == ["16:00", "16:30"]


def test_a_time_is_offered_when_anybody_is_free() -> None:
    mika = HostTimes(MIKA, [Busy(at(9), at(16), WORK)])
    ken = HostTimes(KEN, [Busy(at(15), at(17), HOME)])
    day = look(rules(), THURSDAY, [mika, ken])
    hosts = {f"{each.local:%H:%M}": each.hosts for each in day.times}
    assert (hosts["09:00"], hosts["15:00"], hosts["16:00"]) == ((KEN,), (), (MIKA,))
    assert reasons(day)["15:00"] == [Reason.BUSY, Reason.BUSY]
    assert look(rules(), date(2026, 12, 4), [ken, mika]).times[0].hosts == (KEN, MIKA)


def test_a_host_whose_busy_calendar_counts_for_all_time_has_no_times() -> None:
    closed = HostTimes(MIKA, unreadable=WORK)
    (refusal,) = look(rules(), THURSDAY, [closed]).times[0].refusals
    assert (refusal.reason, refusal.host, refusal.source) == (Reason.UNREADABLE, MIKA, WORK)
    assert look(rules(), THURSDAY, [closed, HostTimes(KEN)]).times[0].hosts == (KEN,)


def test_a_calendar_without_a_host_says_so() -> None:
    assert {tuple(each) for each in reasons(look(rules(), THURSDAY, [])).values()} == {(Reason.NO_HOST,)}


def test_the_host_who_was_booked_least_recently_is_chosen() -> None:
    assert choose_host([MIKA, KEN], {MIKA: at(10), KEN: at(9)}) == KEN
    assert choose_host([MIKA, KEN], {MIKA: at(8), KEN: at(9)}) == MIKA
    assert choose_host([MIKA, KEN], {MIKA: at(8)}) == KEN, "whoever never was comes first"
    assert choose_host([KEN, MIKA], {}) == KEN
