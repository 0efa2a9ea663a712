"""Any content at all: it is read, or refused with a fault of its own kind; nothing else ever comes out."""

from __future__ import annotations

import contextlib

from hypothesis import given, settings
from hypothesis import strategies as st

from hubsync.errors import FeedError
from tests.feeds.calendars import DECEMBER, calendar, event, meeting, read

NAMES = (
    *("DTSTART", "DTEND", "DURATION", "RRULE", "RDATE", "EXDATE", "RECURRENCE-ID", "SEQUENCE", "UID", "STATUS"),
    *("TRANSP", "ATTENDEE", "X-MICROSOFT-CDO-BUSYSTATUS", "FREEBUSY", "BEGIN", "END", "X-WR-TIMEZONE", "TZID"),
)
VALUES = st.sampled_from(
    (
        *(
            "20261203T090000Z",
            "20261203",
            "20261203T090000",
            "00010101T000000Z",
            "99991231T235959Z",
            "P1D",
            "-PT1H",
        ),
        *("20261203T090000Z/PT1H", "20261203T090000Z/20261203T100000Z", "FREQ=DAILY", "FREQ=WEEKLY;COUNT=3"),
        *(
            "FREQ=MONTHLY;BYMONTHDAY=31",
            "FREQ=YEARLY;UNTIL=20270101",
            "VEVENT",
            "VTIMEZONE",
            "VALARM",
            "VCALENDAR",
        ),
        *("Europe/Berlin", "CANCELLED", "FREE", "mailto:host@acme.example", "5", "", "P999999999D", "+P1W"),
    )
) | st.text(max_size=30)
PARAMETERS = st.sampled_from(
    (
        *(
            "",
            ";VALUE=DATE",
            ";VALUE=PERIOD",
            ";TZID=Europe/Berlin",
            ";TZID=Nowhere",
            ';TZID="Tokyo Standard Time"',
        ),
        *(";PARTSTAT=DECLINED", ";FBTYPE=FREE", ";RANGE=THISANDFUTURE", ';X="', ";", ";TZID", ";=x"),
    )
)
LINES = st.builds("{}{}:{}".format, st.sampled_from(NAMES), PARAMETERS, VALUES) | st.text(max_size=40)


def survives(content: bytes) -> None:
    with contextlib.suppress(FeedError):
        contents = read(content)
        assert all(each.start < each.end for each in contents.busy)
        assert all(each.start < DECEMBER.end and DECEMBER.start < each.end for each in contents.busy)
        assert contents.busy == sorted(set(contents.busy))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(LINES, max_size=6), max_size=4))
def test_events_of_any_lines(events: list[list[str]]) -> None:
    survives(calendar(*(event(*lines, uid="same") for lines in events)))


@settings(max_examples=80, deadline=None)
@given(st.lists(LINES, max_size=4), st.lists(LINES, max_size=4))
def test_a_series_with_any_lines(of_series: list[str], of_override: list[str]) -> None:
    series = meeting("20261207", "RRULE:FREQ=WEEKLY", *of_series)
    survives(calendar(series, meeting("20261215", "RECURRENCE-ID:20261214T090000Z", *of_override)))


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.integers(0, 400))
def test_a_calendar_with_any_bytes_within(noise: bytes, at: int) -> None:
    whole = calendar(meeting("20261207", "RRULE:FREQ=WEEKLY"))
    survives(whole[:at] + noise + whole[at:])
    survives(noise)
