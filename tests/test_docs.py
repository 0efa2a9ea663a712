"""Files, commands, settings and links that the documents name are there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from flask import Flask
from markdown_it import MarkdownIt

from hubsync.config.environment import IN_FILE
from hubsync.config.table import NAMES
from hubsync.demo import demo

ROOT = Path(__file__).parent.parent
DOCUMENTS = sorted(
    [
        *(ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"),
        *(ROOT / "hubspot_sandbox" / "README.md", ROOT / "scheduler_sandbox" / "README.md"),
        *(ROOT / "docs").rglob("*.md"),
        *(ROOT / "hubsync").rglob("*.md"),
    ]
)
OF_TESTS = {
    *("HUBSYNC_BROWSER", "HUBSYNC_EXAMPLES", "HUBSYNC_POSTGRES", "HUBSYNC_TEST_CASES", "HUBSYNC_TEST_DATABASE"),
    "HUBSYNC_KEEP_SCREENSHOTS",
}
OF_FLASK = {"run", "db", "shell", "routes"}
MOST_BYTES_OF_PICTURES = 600_000
"""Whoever copies the repository copies them all, and those of before."""
CODE = re.compile(r"`([^`\n]+)`")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LAYERS = (
    *("cli", "config", "domain", "errors", "hubspot", "identity", "mail", "net", "services", "sources", "store"),
    "web",
)
BESIDE = (
    *(
        "bench",
        "docs",
        "hubspot_sandbox",
        "hubsync",
        "migrations",
        "scheduler_sandbox",
        "static",
        "templates",
        "tests",
    ),
    "tools",
)
READER = MarkdownIt("commonmark", {"html": False}).enable("table")
"""As the pages of guides read them."""
FILE = re.compile(rf"(?:{'|'.join(LAYERS + BESIDE)})/[\w./-]+")


def words(document: Path) -> Iterator[str]:
    """What *document* sets as code within a sentence."""
    for found in CODE.finditer(FENCED.sub("", document.read_text("utf-8"))):
        yield found[1]


@cache
def anchors(document: Path) -> set[str]:
    """Those that GitHub gives to the headings of *document*, and those that it has of its own."""
    text = FENCED.sub("", document.read_text("utf-8"))
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    given = {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}
    return given | set(re.findall(r'<a id="([^"]+)"></a>', text))


def is_there(name: str) -> bool:
    """Whether *name* is a file, a folder, or a name that a module has; modules go without their ending."""
    base = ROOT / "hubsync" if name.split("/")[0] in LAYERS else ROOT
    if (base / name).exists() or (base / f"{name}.py").exists():
        return True
    head, _dot, function = name.rpartition(".")
    module = base / f"{head}.py"
    return (
        module.exists() and re.search(rf"^(?:(?:def|class) )?{function}\b", module.read_text(), re.M) is not None
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT)))
def test_the_files_that_are_named_are_there(document: Path) -> None:
    named = {each for each in words(document) if FILE.fullmatch(each)}
    assert sorted(each for each in named if not is_there(each)) == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", document.read_text("utf-8"))
    assert [each for each in links if not (document.parent / each).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT)))
def test_links_to_a_heading_lead_to_one(document: Path) -> None:
    links = re.findall(r"\]\(([^)#:\s]*)#([^)\s]+)\)", document.read_text("utf-8"))
    assert [
        f"{path}#{anchor}"
        for path, anchor in links
        if anchor not in anchors((document.parent / path).resolve() if path else document)
    ] == []


def unread_marks(text: str) -> list[str]:
    """Marks of Markdown in *text* that are shown as they stand, and lines that a > made quotations."""
    read = READER.parse(text)
    texts = [child.content for each in read for child in each.children or () if child.type == "text"]
    quoted = [f"line {each.map[0] + 1}" for each in read if each.type == "blockquote_open" and each.map]
    return [each for each in texts if "**" in each or "](" in each] + quoted


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda each: str(each.relative_to(ROOT)))
def test_no_mark_is_shown_as_it_stands(document: Path) -> None:
    assert unread_marks(document.read_text("utf-8")) == []


def test_a_mark_that_is_shown_is_seen() -> None:
    assert unread_marks("の**「再接続」**を\n") == ["の**「再接続」**を"]
    assert unread_marks("Open this\n> and that.\n") == ["line 2"]


def test_the_readme_shows_each_picture_to_light_and_dark_windows_and_to_those_who_see_none() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    shown = re.findall(
        r'<source media="\(prefers-color-scheme: dark\)" srcset="(.+?)">\s+<img src="(.+?)" alt="(.+?)"', readme
    )
    assert len(shown) == readme.count("<picture>") == readme.count("<img") > 2
    names = [light.removesuffix("-light.webp") for _dark, light, _alt in shown]
    assert [dark for dark, _light, _alt in shown] == [f"{name}-dark.webp" for name in names]
    pictures = ROOT / "docs" / "images"
    made = {path.relative_to(ROOT).as_posix() for path in pictures.glob("*.webp")}
    assert made == {path for dark, light, _alt in shown for path in (dark, light)}
    assert sum(path.stat().st_size for path in pictures.iterdir()) < MOST_BYTES_OF_PICTURES
    assert sorted(json.loads((pictures / "words.json").read_text("utf-8"))) == sorted(
        Path(name).name for name in names
    )


def test_the_settings_that_are_named_are_read() -> None:
    named = {name for each in DOCUMENTS for name in re.findall(r"HUBSYNC_[A-Z_]*[A-Z]", each.read_text("utf-8"))}
    assert len(named) > 20
    known = {f"HUBSYNC_{setting}{end}" for setting in NAMES for end in ("", IN_FILE)} | OF_TESTS
    assert sorted(each for each in named - known if not any(each in name for name in known)) == []


def test_the_commands_that_are_named_can_be_run(app: Flask) -> None:
    named = {
        word
        for each in DOCUMENTS
        for word in re.findall(r"\bflask ([a-z][a-z-]+)\b(?=[` ])", each.read_text("utf-8"))
    }
    assert {"demo", "due", "keys"} <= named
    assert sorted(named - {*app.cli.commands, demo.name} - OF_FLASK) == []


def test_the_guide_to_upgrading_has_a_section_for_each_version() -> None:
    versions = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    guide = (ROOT / "docs" / "UPGRADING.md").read_text("utf-8").partition("## What each version wants of you")[2]
    assert versions
    assert re.findall(r"^### (.+)$", guide, re.MULTILINE) == versions
