"""Names on one line, that rewrite nothing of the sentence they stand in."""

from __future__ import annotations

import pytest

from hubsync.domain.names import tidy_name


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
