"""Names on one line, that rewrite nothing of the sentence they stand in."""

from __future__ import annotations

import pytest

from hubsync.domain.names import is_plain_name, tidy_name


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("渡辺\u3000健二", "渡辺 健二"),
        ("Kenji\r\nBcc: all@evil.example", "Kenji Bcc: all@evil.example"),
        ("Kenji\x00\x1b[31m", "Kenji [31m"),
        ("Kenji \u202eadmin", "Kenji admin"),
        ("\u2068Kenji\u2069\u200e \u200f\u202aWatanabe\u202c", "Kenji Watanabe"),
        ("\ud800Kenji", "Kenji"),
        ("\u200b\u200b", ""),
        ("", ""),
        ("नेहा \U0001f468\u200d\U0001f469", "नेहा \U0001f468\u200d\U0001f469"),
    ],
)
def test_a_name_is_one_line_that_rewrites_nothing_around_it(typed: str, kept: str) -> None:
    assert tidy_name(typed) == kept


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("渡辺 健二", True),
        ("マイケル・オハラ", True),
        ("Anne-Marie O'Hara", True),
        ("Juan de la Cruz", False),
        ("acme.test", False),
        ("渡辺 090-1234", False),
        ("お急ぎください。", False),
        ("A" * 21, False),
        ("-", False),
        ("", False),
    ],
)
def test_a_plain_name_is_a_few_letters_in_few_words(name: str, plain: bool) -> None:
    assert is_plain_name(name) is plain
