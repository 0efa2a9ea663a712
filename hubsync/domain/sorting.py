"""Order of names in lists: the same on both databases, in every language, and without regard to spelling."""

from __future__ import annotations

from hubsync.domain.normal_forms import nfkc

_HIRAGANA = {katakana: katakana - 0x60 for katakana in range(0x30A1, 0x30F7)}


def name_order(name: str) -> str:
    """What *name* is sorted by: without case and width, kana by their reading, all else by code point.

    Hiragana and katakana of one reading stand together, as in a Japanese index. Of kanji nobody knows the reading,
    so they come after the kana, as in Unicode.
    """
    return " ".join(nfkc(name).casefold().translate(_HIRAGANA).split())
