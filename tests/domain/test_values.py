from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.information import Piece
from hubsync.domain.values import answer_text, clean_text, cut, date_text, number_text, time_text


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("100", "100"), (" 100 ", "100"), ("１００", "100"), ("1,234", "1234"), ("1,234,567.89", "1234567.89"),
        ("１，２３４．５", "1234.5"), ("-5", "-5"), ("−5", "-5"), ("+5", "5"), (".5", "0.5"), ("-.5", "-0.5"),
        ("0", "0"), ("1234567", "1234567"), ("\u3000７\u3000", "7"),
    ],
)  # fmt: skip
def test_a_number_is_written_as_hubspot_reads_it(typed, number):
    assert number_text(typed) == number


@pytest.mark.parametrize(
    "typed",
    [
        "1,5", "100名", "", "-", ".", "1.", "1,23", "1,2345", "12,34,567", ",123", "1,234,", "1.234,56", "1.2.3",
        "1 000", "1e5", "NaN", "inf", "0x10", "--5", "10²", "H₂O", "五", "1,234 円", "1_000", "٣", "9" * 401,
    ],
)  # fmt: skip
def test_what_hubspot_would_not_read_as_a_number_is_none(typed):
    assert number_text(typed) is None


@given(st.text())
def test_no_text_makes_a_number_that_is_none(text):
    number = number_text(text)
    if number is not None:
        assert float(number) is not None
        assert set(number) <= set("-.0123456789")
        assert number_text(number) == number


@given(st.integers(-(10**15), 10**15))
def test_every_number_survives_its_commas(number):
    assert number_text(f"{number:,}") == str(number)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""), ("", ""), ("  a b ", "a b"), ("\u3000株式会社\u3000", "株式会社"), (True, "Yes"),
        (False, "No"), (("A", "B"), "A, B"), (("A", " ", "B "), "A, B"), ((), ""),
    ],
)  # fmt: skip
def test_an_answer_becomes_one_text(value, text):
    assert answer_text(value) == text


@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("Jane Doe", "Jane", "Doe"),
        ("山田\u3000花子", "山田", "花子"),
        ("\u3000 山田 \u3000 花子 ", "山田", "花子"),
        ("Maria del Carmen", "Maria", "del Carmen"),
        ("Jean\u00a0Luc  Picard Jr.", "Jean", "Luc  Picard Jr."),
        ("山田花子", "山田花子", ""),
        ("   ", "", ""),
    ],
)
def test_a_name_is_parted_at_its_first_space(name, before, after):
    assert (answer_text(name, Piece.BEFORE_SPACE), answer_text(name, Piece.AFTER_SPACE)) == (before, after)


@given(st.text(st.sampled_from("ab山\u3000\u00a0 \t\n")))
def test_parting_a_name_loses_nothing_but_spaces(name):
    parts = answer_text(name, Piece.BEFORE_SPACE) + answer_text(name, Piece.AFTER_SPACE)
    assert "".join(parts.split()) == "".join(name.split())


@given(st.text(st.characters(exclude_categories=())))
def test_cleaned_text_can_be_kept_anywhere_and_stays_as_it_is(text):
    cleaned = clean_text(text)
    assert cleaned.encode("utf-8").find(b"\x00") == -1
    assert cleaned == clean_text(cleaned) == cleaned.strip()


def test_cleaning_a_huge_row_of_spaces_is_quick():
    text = "a" + " " * 2_000_000 + "b"
    assert clean_text(text) == text


def test_text_is_cut_where_hubspot_ends():
    assert cut("あ" * 65_536) == ("あ" * 65_536, False)
    assert cut("あ" * 65_537) == ("あ" * 65_536, True)


def test_a_time_is_told_with_the_calendars_offset():
    moment = datetime(2026, 7, 1, 1, 0, 0, 123456, tzinfo=UTC)
    assert time_text(moment, "Asia/Tokyo") == "2026-07-01T10:00:00+09:00"
    assert time_text(moment, "America/New_York") == "2026-06-30T21:00:00-04:00"


def test_a_day_that_does_not_exist_is_none():
    assert date_text("2027-02-29") is None
    assert date_text("2028-02-29") == "2028-02-29"
