"""Rows of a file of bookings: matched by heading, read into bookings, faults named by row and column."""

from __future__ import annotations

from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from hubsync.domain.booking import Booking, BookingEvent
from hubsync.domain.csv_files.records import Record
from hubsync.domain.imports.columns import Field, match_columns, read_columns, twice
from hubsync.domain.imports.rows import Fault, Plan, read_row
from hubsync.domain.questions import DEFAULT_QUESTIONS, Kind, Question

COMPANY, NAME, EMAIL, COMMENT = (f"question:{each.id}" for each in DEFAULT_QUESTIONS)
SEATS = Question(7, "How many seats?", Kind.NUMBER, required=True)
TOPICS = Question(8, "Topics", Kind.SEVERAL_CHOICES, required=False, choices=("A, or B", "C"))
TICK = Question(9, "Newsletter", Kind.CHECK_BOX, required=True)
BORN = Question(10, "Founded on", Kind.DATE, required=False)
QUESTIONS = (*DEFAULT_QUESTIONS, SEATS, TOPICS, TICK, BORN)


def plan(*headings: str, columns: tuple[str, ...] = ()) -> Plan:
    return Plan(
        calendar_id=3,
        headings=headings,
        columns=columns or match_columns(headings, QUESTIONS),
        questions={each.id: each for each in QUESTIONS},
        zone=ZoneInfo("Asia/Tokyo"),
        minutes=30,
    )


def read(wanted: Plan, *cells: str) -> Booking:
    booking = read_row(Record(2, 2, cells), wanted)
    assert isinstance(booking, Booking), booking
    return booking


@pytest.mark.parametrize(
    ("headings", "columns"),
    [
        (  # Calendly
            (
                "Invitee Name",
                "Invitee First Name",
                "Invitee Email",
                "Start Date & Time",
                "End Date & Time",
                "Canceled",
            ),
            (NAME, "", EMAIL, Field.START, Field.END, Field.CANCELLED),
        ),
        (
            ("Attendee", "Attendee Email", "UTM Source", "Booking UID", "gclid", "Event Type"),
            (NAME, EMAIL, "param:utm_source", Field.ID, "param:gclid", ""),
        ),
        (
            ("会社名（任意）", "お名前", "メールアドレス", "予約日", "開始時刻", "備考"),
            (COMPANY, NAME, EMAIL, Field.DAY, Field.TIME, COMMENT),
        ),
        (
            ("ＮＡＭＥ", "e-mail", "how many seats", "姓", "日付"),
            (NAME, EMAIL, "question:7", "", Field.START),
        ),
        (("姓", "名", "E-Mail", "email"), ("question:2:family_name", "question:2:given_name", EMAIL, "")),
    ],
)
def test_headings_are_matched_to_questions_and_facts(headings: tuple[str, ...], columns: tuple[str, ...]) -> None:
    assert match_columns(headings, QUESTIONS) == columns


@pytest.mark.parametrize(
    ("headings", "row", "columns"),
    [
        (("Date", "Start", "End"), ("1/3/2026", "10:00", "10:30 p.m."), (Field.DAY, Field.TIME, Field.END)),
        (("予約日", "開始", "時間"), ("2026/3/1", "午前10時", ""), (Field.DAY, Field.TIME, "")),
        (("Date", "Start"), ("1/3/2026", "2026-03-02 10:00"), ("", Field.START)),
        (("Date", "Start"), ("1/3/2026", ""), ("", Field.START)),
        (("Start", "End"), ("10:00", "10:30"), (Field.START, Field.END)),
    ],
)
def test_the_first_rows_tell_a_start_that_is_a_time_of_day(
    headings: tuple[str, ...], row: tuple[str, ...], columns: tuple[str, ...]
) -> None:
    assert match_columns(headings, QUESTIONS, [row, ("", "")]) == columns


def test_only_what_is_offered_can_be_chosen_and_nothing_twice() -> None:
    assert read_columns(["", EMAIL, "start", "param:utm_term"], QUESTIONS) == (
        "",
        EMAIL,
        "start",
        "param:utm_term",
    )
    assert read_columns(["question:99"], QUESTIONS) is None
    assert read_columns(["question:1:given_name"], QUESTIONS) is None
    assert twice(["", "start", "", "start"]) == [3]


def test_a_row_becomes_a_booking() -> None:
    wanted = plan(
        "Company", "Name", "Email", "Start", "Duration", "Host", "Location", "utm_source", "Topics", "Seats"
    )
    wanted = replace(wanted, columns=(*wanted.columns[:9], "question:7"))
    booking = read(
        wanted,
        *(
            "=Acme",
            " 山田　太郎 ",
            "Ann <ANN@Acme.COM>",
            "2026/03/01 10:00",
            "45 min",
            "Rei",
            "Room 1",
            "ads",
            "A, or B",
        ),
        "１２",
    )
    assert (booking.source, booking.guest.company, booking.guest.email) == ("import", "=Acme", "ANN@acme.com")
    assert booking.by_question == {1: "=Acme", 2: "山田　太郎", 3: "ANN@acme.com", 8: ("A, or B",), 7: "12"}
    assert booking.starts_at is not None
    assert booking.ends_at is not None
    assert booking.starts_at.isoformat() == "2026-03-01T10:00:00+09:00"
    assert (booking.ends_at - booking.starts_at).total_seconds() == 45 * 60
    assert (booking.host, booking.location, booking.url_params) == ("Rei", "Room 1", {"utm_source": "ads"})
    assert booking.external_id.startswith("3:")
    assert booking.event is BookingEvent.COMPLETED


def test_halves_of_a_name_are_put_together_as_it_is_written() -> None:
    wanted = plan("姓", "名", "Email")
    assert read(wanted, "山田", "太郎", "a@b.com").by_question == {2: "山田 太郎", 3: "a@b.com"}
    assert read(wanted, "Lee", "Ann", "a@b.com").guest.name == "Ann Lee"


def test_day_and_time_stand_in_two_columns_and_an_end_may_be_a_time_of_day() -> None:
    wanted = plan("Name", "Date", "Time", "End")
    for end in ("22:15", "10:15 p.m.", "22時15分"):
        booking = read(wanted, "Ann", "2026-03-01 00:00:00", "9:30 PM", end)
        assert booking.starts_at is not None
        assert booking.ends_at is not None
        assert [each.isoformat() for each in (booking.starts_at, booking.ends_at)] == [
            "2026-03-01T21:30:00+09:00",
            "2026-03-01T22:15:00+09:00",
        ]


@pytest.mark.parametrize("word", ["TRUE", "Canceled", "cancelled by guest", "キャンセル済み"])
def test_a_cancelled_booking_is_one_all_the_same(word: str) -> None:
    assert read(plan("Name", "Status"), "Ann", word).event is BookingEvent.CANCELLED
    assert read(plan("Name", "Status"), "Ann", "confirmed").event is BookingEvent.COMPLETED


def test_a_booking_is_known_by_its_id_or_by_what_its_row_says() -> None:
    assert read(plan("Name", "ID"), "Ann", " 17 ").external_id == "3:17"
    one = read(plan("Name", "Email", "Room"), "Ann", "a@b.com", "").external_id
    assert one == read(plan("EMAIL", "Name"), "a@b.com", "Ann ").external_id
    assert one != read(plan("Name", "Email"), "Ann", "b@b.com").external_id
    assert len(read(plan("Name", "ID"), "Ann", "x" * 900).external_id) < 255


@pytest.mark.parametrize(
    ("cells", "faults"),
    [
        (("Ann",), [(1, "too_few_cells")]),
        (("Ann", "a@b.com", "", "", "", "", "more"), [(None, "too_many_cells")]),
        (("A\0nn", "a\ufffd@b.com", "", "", "", ""), [(0, "unreadable_sign"), (1, "unreadable_sign")]),
        (("Ann", "a@", "soon", "many", "perhaps", "May"), [
            (1, "email_no_domain"), (3, "not_a_number"), (4, "not_a_tick"), (5, "not_a_date"), (2, "not_a_time"),
        ]),
        (("", "", "2026-03-01 10:00", "", "", ""), [(None, "no_guest")]),
        (("x" * 501, "", "2026-03-01 10:00", "", "", ""), [(0, "too_long")]),
        (("Ann", "", "03/04/2026 10:00", "", "", ""), [(2, "day_or_month")]),
    ],
)  # fmt: skip
def test_every_fault_is_named_by_row_and_column(
    cells: tuple[str, ...], faults: list[tuple[int | None, str]]
) -> None:
    wanted = plan("Name", "Email", "Start", "How many seats?", "Newsletter", "Founded on")
    assert read_row(Record(17, 20, cells), wanted) == tuple(Fault(17, *each) for each in faults)


def test_an_appointment_does_not_end_before_it_begins() -> None:
    wanted = plan("Name", "Start", "End")
    found = read_row(Record(2, 2, ("Ann", "2026-03-01 10:00", "2026-03-01 09:00")), wanted)
    assert found == (Fault(2, 2, "ends_before"),)
    assert read_row(Record(2, 2, ("Ann", "2026-03-01 10:00", "09:00")), wanted) == (Fault(2, 2, "ends_before"),)
    late = read(wanted, "Ann", "2026-03-01 23:30", "0:30")
    assert str(late.ends_at) == "2026-03-02 00:30:00+09:00"
    assert read_row(Record(2, 2, ("Ann", "2026-03-01 10:00", "")), plan("Name", "Start", "Duration")) != ()
    assert read_row(Record(2, 2, ("Ann", "2026-03-01 10:00", "long")), plan("Name", "Start", "Duration")) == (
        Fault(2, 2, "not_minutes"),
    )


def test_a_question_that_was_deleted_meanwhile_is_left_out() -> None:
    wanted = replace(plan("Name", "Email"), questions={2: DEFAULT_QUESTIONS[1]})
    assert read(wanted, "Ann", "a@b.com").by_question == {2: "Ann"}


def test_an_appointment_is_as_long_as_it_is_over_a_change_of_the_clocks() -> None:
    wanted = replace(plan("Name", "Start", "Duration"), zone=ZoneInfo("Europe/Berlin"))
    for start, minutes, ends in (
        ("2026-10-25 01:30", "120", "2026-10-25T02:30:00+01:00"),
        ("2026-10-25 01:45", "", "2026-10-25T02:15:00+02:00"),
        ("2026-03-29 01:30", "120", "2026-03-29T04:30:00+02:00"),
    ):
        booking = read(wanted, "Ann", start, minutes)
        assert booking.ends_at is not None
        assert booking.ends_at.isoformat() == ends
