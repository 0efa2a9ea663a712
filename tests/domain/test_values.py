from __future__ import annotations

import math
import re
import unicodedata
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.information import Piece
from hubsync.domain.values import answer_text, clean_text, cut, date_text, number_text, time_text

UNSEEN_LETTERS = "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"


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
        "9" * 400, "①②", "½", "1½", "⒈5", "🄂000", "1、000", "1\u200b0", "５．", "100%", "¥100", "５,000,00",
    ],
)  # fmt: skip
def test_what_hubspot_would_not_read_as_a_number_is_none(typed):
    assert number_text(typed) is None


NUMBERISH = st.text(st.sampled_from("0123456789０９,，.．-−+ \u3000²①½e名"), max_size=12)
HUBSPOTS_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


@given(st.text() | NUMBERISH | st.text(st.characters(categories=("N", "P")), max_size=6))
def test_whatever_is_sent_as_a_number_is_one_to_hubspot(text):
    """Digits and at most one decimal point: https://developers.hubspot.com/docs/api-reference/latest/crm/properties/guide"""
    number = number_text(text)
    if number is not None:
        assert HUBSPOTS_NUMBER.fullmatch(number)
        assert math.isfinite(float(number))
        assert number_text(number) == number


@given(st.decimals(-(10**12), 10**12, places=3))
def test_a_number_that_is_grouped_and_typed_in_full_width_keeps_its_value(number):
    grouped = f"{number:,}"
    wide = "".join(chr(ord(sign) + 0xFEE0) for sign in grouped)
    for typed in (grouped, wide, f"\u3000{wide} ", str(number)):
        assert Decimal(str(number_text(typed))) == number


@given(st.from_regex(r"[0-9]{1,3}(,[0-9]{1,4})+(\.[0-9]{1,3})?", fullmatch=True))
def test_commas_count_only_as_groups_of_three(typed):
    whole = typed.partition(".")[0].split(",")
    groups_of_three = all(len(group) == 3 for group in whole[1:])
    assert (number_text(typed) is not None) is groups_of_three


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


ANYTHING = st.text(st.characters(exclude_categories=()))
NAMES = st.text(st.sampled_from("ab山.-\u3000\u00a0 \t\n\u200b\ufeff")) | ANYTHING


@given(NAMES)
def test_the_two_parts_of_a_name_and_the_space_between_are_the_name(name):
    whole, before, after = (answer_text(name, piece) for piece in (None, Piece.BEFORE_SPACE, Piece.AFTER_SPACE))
    assert not any(map(str.isspace, before))
    assert clean_text(before) == before
    assert clean_text(after) == after
    if not after:
        assert before == clean_text(whole.split(maxsplit=1)[0] if whole else "")
        return
    assert whole.startswith(before)
    assert whole.endswith(after)
    between = whole[len(before) : -len(after)]
    assert any(map(str.isspace, between))
    assert clean_text(between) == ""


def test_a_long_name_loses_no_word():
    words = [f"name{number}" for number in range(400)]
    assert answer_text(" ".join(words), Piece.BEFORE_SPACE) == "name0"
    assert answer_text(" ".join(words), Piece.AFTER_SPACE).split(" ") == words[1:]


@given(ANYTHING)
def test_cleaned_text_can_be_kept_anywhere_and_stays_as_it_is(text):
    cleaned = clean_text(text)
    assert cleaned == clean_text(cleaned) == cleaned.strip()
    assert cleaned.encode("utf-8").decode("utf-8") == cleaned
    assert [sign for sign in cleaned if unicodedata.category(sign) == "Cc" and sign not in "\t\n"] == []


@given(st.text(st.characters(exclude_categories=("C", "Z"))))
def test_cleaning_takes_nothing_that_can_be_read(text):
    readable = "".join(sign for sign in text if sign not in UNSEEN_LETTERS)
    assert clean_text(readable) == readable


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("\u202a+81 3 1234 5678\u202c", "+81 3 1234 5678"),
        ("\u200e\u200b \u3164\u2800\ufeff", ""),
        ("one\x0btwo\x0cthree\u2028four\x85five\r\nsix\rseven", "one\ntwo\nthree\nfour\nfive\nsix\nseven"),
        ("Acme\x00\x07 Inc\x1b", "Acme Inc"),
        ("👩\u200d💻 می\u200cخواهم", "👩\u200d💻 می\u200cخواهم"),
    ],
)
def test_what_nobody_sees_goes_and_what_shapes_letters_stays(typed, kept):
    assert clean_text(typed) == kept


@given(st.lists(ANYTHING, max_size=6))
def test_several_choices_are_joined_in_their_order_without_empty_ones(choices):
    assert answer_text(tuple(choices)) == ", ".join(filter(None, map(clean_text, choices)))


def test_cleaning_a_huge_row_of_spaces_is_quick():
    text = "a" + " " * 2_000_000 + "b"
    assert clean_text(text) == text


def test_text_is_cut_where_hubspot_ends():
    assert cut("あ" * 65_536) == ("あ" * 65_536, False)
    assert cut("あ" * 65_537) == ("あ" * 65_536, True)


def test_an_emoji_counts_twice_and_is_not_halved():
    assert cut("😀" * 32_768) == ("😀" * 32_768, False)
    assert cut("a" + "😀" * 32_768) == ("a" + "😀" * 32_767, True)


@given(st.text(st.sampled_from("aあ😀 \n"), max_size=9), st.integers(65_520, 65_540))
def test_what_is_cut_is_a_beginning_that_hubspot_keeps_whole(end, length):
    text = clean_text("a" * length + end)
    kept, was_cut = cut(text)
    assert text.startswith(kept)
    assert was_cut is (kept != text)
    assert len(kept.encode("utf-16-le")) // 2 <= 65_536
    assert clean_text(kept) == kept
    assert cut(kept) == (kept, False)


ZONES = ("Asia/Tokyo", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Europe/London", "UTC")


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)),
    st.sampled_from(ZONES),
)
def test_a_time_told_anywhere_is_still_the_same_moment(moment, zone):
    told = time_text(moment, zone)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d", told)
    read = datetime.fromisoformat(told)
    assert read == moment.replace(microsecond=0)
    assert read.utcoffset() == moment.astimezone(ZoneInfo(zone)).utcoffset()


def test_a_time_is_told_with_the_calendars_offset():
    moment = datetime(2026, 7, 1, 1, 0, 0, 123456, tzinfo=UTC)
    assert time_text(moment, "Asia/Tokyo") == "2026-07-01T10:00:00+09:00"
    assert time_text(moment, "America/New_York") == "2026-06-30T21:00:00-04:00"


def test_a_day_that_does_not_exist_is_none():
    assert date_text("2027-02-29") is None
    assert date_text("2028-02-29") == "2028-02-29"
