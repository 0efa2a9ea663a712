"""In which order names stand in lists."""

from __future__ import annotations

import pytest

from hubsync.domain.sorting import name_order


@pytest.mark.parametrize(
    "names",
    [
        ["acme", "Beta", "ｃａｆｅ", "Zoo"],
        ["あおい", "アクメ", "ｱｹﾐ", "さくら", "ノース", "はな", "バラ", "んだ"],
        ["Acme", "アクメ", "営業", "採用"],
        ["（株）緑", "㈱青空", "Demo", "株式会社緑", "㍿青空"],
        ["Intro  call", "Intro calls"],
    ],
)
def test_names_stand_by_their_reading_where_it_can_be_read(names: list[str]) -> None:
    assert sorted(set(names), key=name_order) == names
