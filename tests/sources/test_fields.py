"""Single fields of a body, whatever was sent in them."""

from __future__ import annotations

import pytest

from hubsync.sources import fields


@pytest.mark.parametrize(
    ("sent", "tag"),
    [
        ("ja", "ja"), (" en ", "en"), ("ja-JP", "ja-JP"), ("zh_Hant_TW", "zh-Hant-TW"), ("fil", "fil"),
        ("", ""), ("j", ""), ("japanese", ""), ("ja-", ""), ("ja JP", ""), ("日本", ""), ("ja\n-JP", ""),
        ("en-" + "a" * 8 + "-a" * 20, ""), (None, ""), (5, ""), (["ja"], ""),
    ],
)  # fmt: skip
def test_a_language_is_a_tag_or_nothing(sent: object, tag: str) -> None:
    assert fields.language_tag(sent) == tag
