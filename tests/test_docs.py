"""Files, commands, settings and links that the documents name are there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

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
}
OF_FLASK = {"run", "db", "shell", "routes"}
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
FILE = re.compile(rf"(?:{'|'.join(LAYERS + BESIDE)})/[\w./-]+")


def words(document: Path) -> Iterator[str]:
    """What *document* sets as code within a sentence."""
    for found in CODE.finditer(FENCED.sub("", document.read_text("utf-8"))):
        yield found[1]


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
