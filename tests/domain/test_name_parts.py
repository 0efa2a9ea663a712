"""Family name, given name, form of address: by what is written, and no letter of it is lost."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from hubsync.domain import undivided_names
from hubsync.domain.name_parts import NameParts, divide_name, join_names

TABLE = Path(__file__).parent / "japanese_names.txt"
PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text())["project"]
LIBRARY = next(each for each in map(Requirement, PROJECT["dependencies"]) if each.name == "namedivider-core")
WITHOUT_SPACE = pytest.mark.skipif(
    LIBRARY.marker is not None and not LIBRARY.marker.evaluate(),
    reason="the library that divides Japanese names has no build for this machine",
)
"""Where it has one it is installed, and a test that misses it fails."""


@pytest.mark.parametrize(
    ("name", "family", "given_name"),
    [
        # With a space: family first in Han, Kana and Hangul.
        ("山田 太郎", "山田", "太郎"),
        ("山田\u3000太郎", "山田", "太郎"),
        ("  やまだ\u3000 たろう ", "やまだ", "たろう"),
        ("スズキ イチロウ", "スズキ", "イチロウ"),
        ("ﾔﾏﾀﾞ ﾀﾛｳ", "ﾔﾏﾀﾞ", "ﾀﾛｳ"),
        ("王 小明", "王", "小明"),
        ("김 민수", "김", "민수"),
        ("남궁 민수", "남궁", "민수"),
        ("山田 Taro", "山田", "Taro"),
        # Otherwise the given name is first, with middle names.
        ("Jane Doe", "Doe", "Jane"),
        ("John Fitzgerald Kennedy", "Kennedy", "John Fitzgerald"),
        ("Jane A. Doe", "Doe", "Jane A."),
        ("Taro 山田", "山田", "Taro"),
        ("Иван Петров", "Петров", "Иван"),
        ("Mary  Smith-Jones", "Smith-Jones", "Mary"),
        # Particles and suffixes are the family name's.
        ("Ludwig van Beethoven", "van Beethoven", "Ludwig"),
        ("Juan de la Cruz", "de la Cruz", "Juan"),
        ("Robert De Niro", "De Niro", "Robert"),
        ("Ahmed al-Rashid", "al-Rashid", "Ahmed"),
        ("Mohammed bin Salman", "bin Salman", "Mohammed"),
        ("محمد بن سلمان", "بن سلمان", "محمد"),
        ("José Ortega y Gasset", "Ortega y Gasset", "José"),
        ("Jill St. John", "St. John", "Jill"),
        ("Van Morrison", "Morrison", "Van"),
        ("Martin Luther King Jr.", "King Jr.", "Martin Luther"),
        ("John Smith, Jr.", "Smith Jr.", "John"),
        ("Henry Ford III", "Ford III", "Henry"),
        # With a comma the family name is first.
        ("Smith, John", "Smith", "John"),
        ("van Beethoven, Ludwig", "van Beethoven", "Ludwig"),
        ("山田, 太郎", "山田", "太郎"),
        ("John Smith, Acme", "John Smith, Acme", ""),
        ("a, b, c", "a, b, c", ""),
        # One word is a family name.
        ("Madonna", "Madonna", ""),
        ("田中", "田中", ""),
        ("林", "林", ""),
        ("長谷川", "長谷川", ""),
        ("佐々木", "佐々木", ""),
        ("やまだたろう", "やまだたろう", ""),
        ("ジョンスミス", "ジョンスミス", ""),
        ("김민수", "김민수", ""),
        ("陽菜", "陽菜", ""),
        ("匿名希望", "匿名希望", ""),
        ("株式会社山田", "株式会社山田", ""),
        ("", "", ""),
        (" \u3000", "", ""),
        # Foreign names in Katakana are written given name first, with dots.
        ("ジョン・スミス", "スミス", "ジョン"),
        ("ジョン・F・ケネディ", "ケネディ", "ジョン・F"),
        ("レオナルド・ダ・ヴィンチ", "ダ・ヴィンチ", "レオナルド"),
        ("山田・太郎", "山田・太郎", ""),
        # A reading or nickname in brackets stays with the given name.
        ("山田 太郎（やまだ たろう）", "山田", "太郎 （やまだ たろう）"),
        ("John Smith (Johnny)", "Smith", "John (Johnny)"),
        ("Smith (Acme)", "Smith (Acme)", ""),
    ],
)
def test_a_name_is_divided_by_what_is_written(name: str, family: str, given_name: str) -> None:
    assert divide_name(name) == NameParts(family, given_name)


@WITHOUT_SPACE
@pytest.mark.parametrize(
    ("name", "family"),
    [
        ("山田太郎", "山田"),
        ("林修", "林"),
        ("佐藤はなこ", "佐藤"),
        ("佐藤美ゆき", "佐藤"),
        ("林美ゆき", "林"),
        ("和田アキ子", "和田"),
        ("つるの剛士", "つるの"),
        ("木の実ナナ", "木の実"),
        ("𠮷田一郎", "𠮷田"),
        ("山田太郎（やまだたろう）", "山田"),
        # Chinese and Korean names in Han, of which only what is certain is divided.
        ("王小明", "王"),
        ("李明", "李"),
        ("张伟", "张"),
        ("習近平", "習"),
        ("陳家豪", "陳"),
        ("黄暁明", "黄"),
        ("欧陽菲菲", "欧陽"),
        ("欧阳娜娜", "欧阳"),
        ("司馬光", "司馬"),
        ("朴槿恵", "朴"),
        ("金正恩", "金"),
        ("金大中", "金大中"),
        ("高圆圆", "高圆圆"),
        ("毛泽东", "毛泽东"),
        ("張本勲", "張本"),
        ("王子", "王子"),
    ],
)
def test_a_name_in_han_without_a_space_is_divided_where_that_is_certain(name: str, family: str) -> None:
    assert divide_name(name).family == family


@WITHOUT_SPACE
def test_of_three_hundred_japanese_names_four_are_divided_wrongly_and_a_score_not_at_all() -> None:
    amiss = []
    lines = [line for line in TABLE.read_text("utf-8").splitlines() if not line.startswith("#")]
    names = [(line[0], name) for line in lines for name in line.strip("?! ").split()]
    for mark, name in names:
        family, given_name = name.split("|")
        parts = divide_name(family + given_name)
        became = "" if (parts.family, parts.given) == (family, given_name) else "!" if parts.given else "?"
        if became != (mark if mark in "?!" else ""):
            amiss.append((name, parts))
    assert amiss == []
    assert len(names) > 300
    assert Counter(mark for mark, _name in names if mark in "?!") == {"!": 4, "?": 21}


@pytest.mark.parametrize(
    ("name", "family", "given_name", "honorific"),
    [
        ("山田 太郎 様", "山田", "太郎", "様"),
        ("山田\u3000太郎様", "山田", "太郎", "様"),
        ("山田 太郎（様）", "山田", "太郎", "様"),
        ("林様", "林", "", "様"),
        ("田中さん", "田中", "", "さん"),
        ("田中氏", "田中", "", "氏"),
        ("王先生", "王", "", "先生"),
        ("鵜殿", "鵜殿", "", ""),
        ("鵜殿様", "鵜殿", "", "様"),
        ("山田博士", "山田", "博士", ""),
        ("김민수님", "김민수", "", "님"),
        ("Mr. John Smith", "Smith", "John", "Mr."),
        ("Mr John Smith", "Smith", "John", "Mr"),
        ("MRS. SMITH", "SMITH", "", "MRS."),
        ("Ｍｒ．Ｓｍｉｔｈ", "Ｓｍｉｔｈ", "", "Ｍｒ．"),
        ("(Ms.) Jane Doe", "Doe", "Jane", "Ms."),
        ("佐藤 花子（Ms.）", "佐藤", "花子", "Ms."),
        ("Smith, Dr.", "Smith", "", "Dr."),
        ("Prof. Dr. Hans Müller", "Müller", "Hans", "Prof. Dr."),
        ("Dr. Jane Doe, PhD", "Doe", "Jane", "Dr. PhD"),
        ("Dr. 山田 太郎", "山田", "太郎", "Dr."),
        ("Tanaka-san", "Tanaka", "", "san"),
        ("Kim Ji-san", "Ji-san", "Kim", ""),
        ("Misaki Sato", "Sato", "Misaki", ""),
        ("Drew Barry", "Barry", "Drew", ""),
        ("様", "様", "", ""),
        ("Mr.", "Mr.", "", ""),
    ],
)
def test_forms_of_address_are_taken_off_and_kept(name: str, family: str, given_name: str, honorific: str) -> None:
    parts = divide_name(name)
    if not (given_name == "博士" and undivided_names.divider() is None):
        assert (parts.family, parts.given, parts.honorific) == (family, given_name, honorific)


def test_four_forms_of_address_on_each_side_are_taken_off_and_no_more() -> None:
    parts = divide_name("Dr. " * 5 + "Jane Doe" + "様" * 100)
    assert parts == NameParts("Doe" + "様" * 96, "Dr. Jane", "Dr. Dr. Dr. Dr. 様 様 様 様")


def letters(text: str) -> Counter[str]:
    return Counter(sign for sign in text if sign.isalnum())


@pytest.mark.parametrize(
    ("given_name", "family", "whole"),
    [
        ("太郎", "山田", "山田 太郎"),
        ("민수", "김", "김 민수"),
        ("Jane", "van Dyke", "Jane van Dyke"),
        ("Taro", "山田", "山田 Taro"),
        ("Jane", "", "Jane"),
        ("", "山田", "山田"),
        (" ", "", ""),
    ],
)
def test_names_that_come_apart_are_joined_as_they_are_written_and_found_again(
    given_name: str, family: str, whole: str
) -> None:
    assert join_names(given_name, family) == whole
    if given_name and family:
        assert divide_name(whole) == NameParts(family, given_name)


WORDS = st.sampled_from(
    [
        *(
            "山田",
            "太郎",
            "林",
            "張",
            "欧陽",
            "ノ",
            "はなこ",
            "ジョン",
            "김",
            "𠮷",
            "Jane",
            "é",
            "van",
            "de",
            "y",
            "Jr.",
            "III",
        ),
        *("Ｍｒ．", "Dr.", "様", "(様)", "さん", "PhD", "-san", "(Johnny)", "（やまだ）"),
        *(",", "，", "・", " ", "\u3000", "\n", ".", "'"),
    ]
)
NAMES = st.lists(WORDS, max_size=8).map("".join) | st.text(st.characters(exclude_categories=["Cs"]), max_size=250)


@given(NAMES)
def test_no_letter_of_a_name_is_lost_or_doubled(name: str) -> None:
    parts = divide_name(name)
    assert letters(parts.family) + letters(parts.given) + letters(parts.honorific) == letters(name)
    assert parts.family or not letters(name)


HAN = st.text(
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF) | st.sampled_from("田山ノ々一太のケ"), max_size=12
)


@given(HAN)
def test_a_name_in_han_is_cut_in_two_or_left_whole(name: str) -> None:
    place = undivided_names.find_given_name(name)
    assert place is None or 0 < place < len(name)


ASK = """
import sys
from hubsync.domain.name_parts import divide_name
for name in ("Mika Sato", "山田 太郎", "Madonna", "ジョン・スミス", "王小明"):
    divide_name(name)
print("namedivider_core" in sys.modules)
divide_name("山田太郎")
print("namedivider_core" in sys.modules)
"""


@WITHOUT_SPACE
def test_the_library_is_loaded_by_the_first_name_that_needs_it() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], check=True, capture_output=True, text=True)
    assert done.stdout.split() == ["False", "True"]


def test_without_the_library_a_japanese_name_without_a_space_stays_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "namedivider_core", None)
    undivided_names.divider.cache_clear()
    try:
        for name in ("山田太郎", "林修", "佐藤はなこ", "長谷川", "林田"):
            assert divide_name(name) == NameParts(name)
        assert divide_name("林あゆみ") == NameParts("林", "あゆみ")
        assert divide_name("王小明") == NameParts("王", "小明")
    finally:
        undivided_names.divider.cache_clear()
