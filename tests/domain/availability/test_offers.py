"""What one sees of a calendar's free times: all start times of a day, who is free, and why one is not offered."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from hubsync.domain.availability.hosts import Booked, Busy, HostTimes
from hubsync.domain.availability.offers import Offers
from hubsync.domain.availability.opening_hours import USUAL_HOURS
from hubsync.domain.availability.refusals import Reason
from hubsync.domain.availability.rules import FreeTimeRules

TOKYO = ZoneInfo("Asia/Tokyo")
THURSDAY = date(2026, 12, 3)
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=TOKYO)
MIKA, KEN = 1, 2
WORK = 7


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, 3, hour, minute, tzinfo=TOKYO)


def test_a_day_has_all_its_times_with_the_rule_that_removed_some() -> None:
    rules = FreeTimeRules(TOKYO, USUAL_HOURS, buffer_after=15)
    mika = HostTimes(MIKA, [Busy(at(9), at(10), WORK)], [Booked(at(11), at(11, 30), True, buffer_after=15)])
    (day,) = Offers(rules, [mika], NOW).between(THURSDAY, THURSDAY)
    reasons = {f"{time.local:%H:%M}": [each.reason for each in time.refusals] for time in day.times}
    assert (min(reasons), max(reasons)) == ("09:00", "16:30"), "the last one ends within the hours"
    assert {time: given for time, given in reasons.items() if given} == {
        "09:00": [Reason.BUSY],
        "09:30": [Reason.BUSY],
        "10:30": [Reason.BUFFER_BEFORE],
        "11:00": [Reason.BOOKED],
        "11:30": [Reason.BUFFER_AFTER],
    }
    (busy,) = day.times[0].refusals
    assert (busy.host, busy.source, busy.blocked_until) == (MIKA, WORK, at(10).astimezone(UTC))


def test_a_time_is_offered_when_anybody_is_free() -> None:
    rules = FreeTimeRules(TOKYO, USUAL_HOURS)
    offers = Offers(rules, [HostTimes(MIKA, [Busy(at(9), at(10), WORK)]), HostTimes(KEN)], NOW)
    assert offers.at(at(9)).hosts == (KEN,)
    assert offers.at(at(10)).hosts == (MIKA, KEN)
    assert offers.is_offered(at(9))


def test_the_next_and_the_nearest_offered_times() -> None:
    offers = Offers(FreeTimeRules(TOKYO, USUAL_HOURS), [HostTimes(MIKA, [Busy(at(9), at(17), WORK)])], NOW)
    following = offers.first_from(at(0))
    assert following is not None
    assert following.local == datetime(2026, 12, 4, 9, 0, tzinfo=TOKYO)
    nearest = [f"{each.local:%d %H:%M}" for each in offers.nearest(at(9), 3)]
    assert nearest == ["02 15:30", "02 16:00", "02 16:30"]
