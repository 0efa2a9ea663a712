"""SECURITY.md has every item of the standard, names tests that are there, and its counts are the table's."""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "SECURITY.md").read_text("utf-8")
VERDICTS = ("met", "partly", "not met")
OF_THE_STANDARD = 253
"""Items of ASVS 5.0.0 at levels 1 and 2."""
ROW = re.compile(rf"^\| ([\d.]+) \| (L[12]) \| ({'|'.join(VERDICTS)}) \| (.+?) \| ?(.*) \|$", re.MULTILINE)
BESIDE_IT = re.compile(r"^\| ((?:\d+\.\d+\.\d+(?:, )?)+) \| ([^|]+) \|$", re.MULTILINE)


class Item(NamedTuple):
    number: str
    level: str
    verdict: str
    how: str
    shown_by: str


ITEMS = [Item(*found) for found in ROW.findall(GUIDE)]


def counts(items: list[Item]) -> tuple[int, ...]:
    found = Counter(each.verdict for each in items)
    return tuple(found[verdict] for verdict in VERDICTS)


def test_every_item_of_the_standard_is_judged_or_said_not_to_apply_and_once() -> None:
    apart = [number for numbers, _why in BESIDE_IT.findall(GUIDE) for number in numbers.split(", ")]
    all_of_them = [each.number for each in ITEMS] + apart
    assert [number for number, times in Counter(all_of_them).items() if times > 1] == []
    assert len(all_of_them) == OF_THE_STANDARD
    rows = [line for line in GUIDE.splitlines() if re.match(r"\| \d+\.\d+\.\d+ \|", line)]
    assert len(rows) == len(ITEMS), "a row has another form than the others"


def test_the_counts_of_the_text_are_those_of_the_table() -> None:
    text = " ".join(GUIDE.split())
    total, met, partly, not_met = map(
        int, re.findall(r"these levels (\d+) apply: (\d+) are met, (\d+) partly, (\d+) not", text)[0]
    )
    assert total == len(ITEMS)
    assert (met, partly, not_met) == counts(ITEMS)
    for level in ("1", "2"):
        said = re.findall(rf"(\d+) met, (\d+) partly, (\d+) not met at level {level}", text)[0]
        assert tuple(map(int, said)) == counts([each for each in ITEMS if each.level == f"L{level}"])


def test_what_is_not_met_is_little_and_said_before_the_table() -> None:
    not_met = Counter(each.level for each in ITEMS if each.verdict == "not met")
    assert not_met["L1"] == 0
    assert not_met["L2"] <= 3
    said = re.findall(r"^- \*\*([\d.]+)\*\* \((L[12]), ([a-z ]+)\): (.+)\.$", GUIDE, re.MULTILINE)
    short = {(each.number, each.level, each.verdict, each.how) for each in ITEMS if each.verdict != "met"}
    assert set(said) == short
    assert len(said) == len(short)


def test_every_test_that_is_named_is_there() -> None:
    named = {name for each in ITEMS for name in re.findall(r"`(tests/[^`]+)`", each.shown_by)}
    assert len(named) > 100
    assert sorted(name for name in named if not _is_there(name)) == []


def test_links_within_the_page_lead_to_its_headings() -> None:
    headings = re.findall(r"^#+ (.+)$", GUIDE, re.MULTILINE)
    anchors = {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}
    assert sorted(set(re.findall(r"\]\(#([^)]+)\)", GUIDE)) - anchors) == []


def _is_there(name: str) -> bool:
    path, _colons, function = name.partition("::")
    return (ROOT / path).is_file() and (not function or f"def {function}(" in _text(ROOT / path))


@cache
def _text(path: Path) -> str:
    return path.read_text("utf-8")
