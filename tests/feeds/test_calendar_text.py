"""Text of a feed: folded, cut off, broken, nested; and one fault that hides nothing else."""

from __future__ import annotations

import pytest

from hubsync.errors import FeedCutOff, FeedNotCalendar, FeedTooManyEvents
from tests.feeds.calendars import busy, calendar, event, meeting, read, reasons, written

NINE = ["03 09:00-10:00"]
WHOLE = calendar(meeting("20261203"))
NOT_CLOSED = "BEGIN:VEVENT\r\nUID:open\r\nDTSTART:20261202T090000Z\r\nDTEND:20261202T100000Z"


@pytest.mark.parametrize("end", [b"END:VCALENDAR\r\n", b"\r\nEND:VCALENDAR\r\n", b"DAR\r\n"])
def test_a_file_without_its_last_line_is_read(end: bytes) -> None:
    assert busy(WHOLE.removesuffix(end)) == NINE


@pytest.mark.parametrize("end", ["END:VEVENT", "DTEND", "DTSTART", "UID"])
def test_a_file_that_ends_within_an_event_is_not_read(end: str) -> None:
    with pytest.raises(FeedCutOff):
        read(WHOLE[: WHOLE.index(end.encode())])


def test_a_file_that_ends_within_a_zone_is_not_read() -> None:
    with pytest.raises(FeedCutOff):
        read(calendar("BEGIN:VTIMEZONE", "TZID:Office")[: -len("END:VCALENDAR\r\n")])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\r\n",
        b"BEGIN:VEVENT\r\nEND:VEVENT",
        b"VCALENDAR",
        b"BEGIN:VCARD\r\nEND:VCARD",
        b"PK\x03\x04",
        b"\xff\xfe",
    ],
)
def test_what_is_no_calendar(content: bytes) -> None:
    with pytest.raises(FeedNotCalendar):
        read(content)


def test_a_tower_of_components_is_no_calendar() -> None:
    with pytest.raises(FeedNotCalendar):
        read(calendar(*["BEGIN:X-TOWER"] * 100_000))


def test_five_thousand_components_are_read_and_one_more_is_not() -> None:
    tasks = ["BEGIN:VTODO\r\nUID:t\r\nEND:VTODO"] * 4_999
    assert busy(calendar(*tasks, meeting("20261203"))) == NINE
    with pytest.raises(FeedTooManyEvents):
        read(calendar(*tasks, tasks[0], meeting("20261203")))


def test_parts_of_a_component_do_not_count_as_components() -> None:
    alarms = ["BEGIN:VALARM\r\nTRIGGER:-PT5M\r\nEND:VALARM"] * 6_000
    assert busy(calendar(meeting("20261203", *alarms))) == NINE


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_may_end_in_every_way(line_break: str) -> None:
    assert busy(WHOLE.decode().replace("\r\n", line_break).encode()) == NINE


def test_a_byte_order_mark_and_empty_lines_are_skipped() -> None:
    assert busy(b"\xef\xbb\xbf" + WHOLE.replace(b"\r\n", b"\r\n\r\n")) == NINE


@pytest.mark.parametrize("fold", [b"\r\n ", b"\r\n\t", b"\n "])
def test_folded_lines_are_unfolded_even_within_a_character(fold: bytes) -> None:
    content = calendar(meeting("20261203", "SUMMARY:é")).replace("é".encode(), b"\xc3" + fold + b"\xa9")
    assert busy(content.replace(b":20261203T100000", b":2026" + fold + b"1203T100000")) == NINE


def test_text_in_another_encoding_stops_nothing() -> None:
    assert busy(calendar(meeting("20261203", "SUMMARY:caf#")).replace(b"#", b"\xe9")) == NINE


def test_line_separators_of_unicode_divide_no_line() -> None:
    assert busy(calendar(meeting("20261203", "SUMMARY:a\u2028STATUS:CANCELLED\x0bSTATUS:CANCELLED"))) == NINE


def test_what_a_description_says_is_no_property() -> None:
    assert busy(calendar(meeting("20261203", "DESCRIPTION:\\nSTATUS:CANCELLED\\nTRANSP:TRANSPARENT"))) == NINE


def test_an_event_that_is_not_closed_is_named_and_the_others_count() -> None:
    # Outlook at times leaves closing lines away: https://github.com/derekantrican/GAS-ICS-Sync/issues/494
    contents = read(calendar(NOT_CLOSED, meeting("20261203")))
    assert written(contents) == NINE
    assert reasons(contents.unread) == [("not_closed", "2026-12-02")]


def test_a_zone_that_is_not_closed_hides_no_event() -> None:
    assert busy(calendar("BEGIN:VTIMEZONE\r\nTZID:Office", meeting("20261203"))) == NINE


def test_closing_lines_of_nothing_are_skipped() -> None:
    assert busy(calendar("END:VALARM", meeting("20261203", "END:VALARM"), "END:VEVENT")) == NINE


@pytest.mark.parametrize(
    ("lines", "reason", "day"),
    [
        ((), "no_start", ""),
        (("DTSTART:soon", "DTEND:20261204T090000Z"), "no_start", ""),
        (("DTSTART:20261304T090000Z",), "no_start", ""),
        (("DTSTART;TZID=Europe/Berlin:",), "no_start", ""),
        (("DTSTART:20261204T090000Z", "DTEND:later"), "time_invalid", "2026-12-04"),
        (("DTSTART:20261204T090000Z", "DURATION:long"), "time_invalid", "2026-12-04"),
        (("DTSTART:20261204T090000Z", "DURATION:P99999999999D"), "time_invalid", "2026-12-04"),
        (("DTSTART:20261204T090000Z", "DTEND:20261204T100000Z", "EXDATE:x"), "time_invalid", "2026-12-04"),
        (("DTSTART:20261204T090000Z", "DTEND:20261204T100000Z", "RDATE:x"), "time_invalid", "2026-12-04"),
        (("DTSTART:20261204T090000Z", "DTEND:20261204T100000Z", "RECURRENCE-ID:"), "time_invalid", "2026-12-04"),
        (("DTSTART;TZID=Asia/Tokyo:00010101T000000", "DURATION:PT1H"), "time_invalid", "0001-01-01"),
        (("DTSTART:20261204T090000Z/PT1H",), "no_start", ""),
    ],
)
def test_one_event_that_cannot_be_read_is_named_and_the_others_count(
    lines: tuple[str, ...], reason: str, day: str
) -> None:
    contents = read(calendar(event(*lines, uid="b"), meeting("20261203")))
    assert written(contents) == NINE
    assert reasons(contents.unread) == [(reason, day)]


def test_so_many_unread_events_are_named_and_no_more() -> None:
    assert len(read(calendar(*[event()] * 500)).unread) == 50


@pytest.mark.parametrize("end", ["x", "P9999999D", f"P{'9' * 12}D"])
def test_a_broken_line_of_a_list_of_busy_times_is_named_and_the_others_count(end: str) -> None:
    lines = (f"FREEBUSY:20261203T080000Z/{end}", "FREEBUSY:20261203T090000Z/PT1H")
    contents = read(calendar("BEGIN:VFREEBUSY", *lines, "END:VFREEBUSY"))
    assert written(contents) == NINE
    assert reasons(contents.unread) == [("time_invalid", "")]
