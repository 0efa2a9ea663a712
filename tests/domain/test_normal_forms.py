"""Normal forms: Unicode's own for everything that people write, and bounded for what nobody writes."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hubsync.domain.normal_forms import in_form, nfkc

FORMS = ("NFC", "NFD", "NFKC", "NFKD")


@given(st.text(), st.integers(1, 40), st.sampled_from(FORMS))
def test_what_people_write_is_as_unicode_has_it(text: str, times: int, form: str) -> None:
    if max(map(unicodedata.combining, text), default=0) == 0 or len(text) * times <= 500:
        assert in_form(form, text * times) == unicodedata.normalize(form, text * times)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "word", ["ガギグ", "が", "café", "e\u0301te\u0301", "한국어", "Ａｃｍｅ㈱", "Việt Nam", "ﷺ", "नमस्ते", "שָׁלוֹם"]
)
def test_long_texts_of_living_languages_lose_nothing(word: str, form: str) -> None:
    assert in_form(form, word * 5_000) == unicodedata.normalize(form, word * 5_000)


def test_of_endless_marks_on_a_letter_the_first_ones_stay() -> None:
    assert nfkc("a" + "\u0316" * 65_536 + "b") == "a" + "\u0316" * 30 + "b"
    assert len(nfkc("\u0301\u0316" * 65_536)) == 30
