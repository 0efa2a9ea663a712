"""Every document that a team reads is there in Japanese, and none is older than its original."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from hubsync.web.shell import markdown
from tools.translated_documents import ROOT, TRANSLATED, is_current, mark_current, original_of

READ_BY_TEAMS = {"README", "HUBSPOT_APP", "SIGN_IN", "SOURCES", "BOOKING_PAGE", "OPERATING", "FAQ"}
FENCED = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
JAPANESE = re.compile(r"[\u3041-\u30ff\u4e00-\u9fff]")
documents = pytest.mark.parametrize("document", sorted(TRANSLATED.glob("*.md")), ids=lambda each: str(each.stem))


def headings(text: str) -> list[int]:
    return [len(each) for each in re.findall(r"^(#+) ", FENCED.sub("", text), re.MULTILINE)]


def commands(text: str) -> list[str]:
    """The lines of code that people type; words in brackets are translated."""
    code = "".join(FENCED.findall(text)) + "\n".join(re.findall(r"^    \S.*$", text, re.MULTILINE))
    return [
        line.strip()
        for line in code.splitlines()
        if line.strip() and not JAPANESE.search(line) and "‹" not in line
    ]


def test_what_teams_read_is_there() -> None:
    assert {each.stem for each in TRANSLATED.glob("*.md")} >= READ_BY_TEAMS


@documents
def test_no_translation_is_older_than_its_original(document: Path) -> None:
    name = document.stem
    assert is_current(document), (
        f"docs/ja/{name}.md is older than {original_of(document).relative_to(ROOT)}: translate what changed, "
        f"then run python -m tools.translated_documents {name}"
    )


@documents
def test_a_translation_has_all_sections_and_commands(document: Path) -> None:
    ours, original = document.read_text("utf-8"), original_of(document).read_text("utf-8")
    assert headings(ours) == headings(original)
    assert set(commands(ours)) <= set(commands(original))


@documents
def test_what_is_bold_in_a_translation_is_shown_so(document: Path) -> None:
    # No blank stands around Japanese words, and two asterisks between a letter and a bracket are no mark.
    read = re.sub(r"<(pre|code)>.*?</\1>", "", markdown.render(document.read_text("utf-8")), flags=re.DOTALL)
    assert re.findall(r".*\*\*.*", read) == []


def test_a_changed_original_makes_its_translation_older(tmp_path: Path) -> None:
    copy = TRANSLATED / "FAQ.md"
    translation = tmp_path / "SOURCES.md"  # another original than the copy was made from
    translation.write_text(copy.read_text("utf-8"), "utf-8")
    assert not is_current(translation)
    mark_current(translation)
    assert is_current(translation)
