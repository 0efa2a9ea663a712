"""Names of modules, classes and functions are the field's own, so that a stranger finds what to search for."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.kit.source_code import nodes_of

ROOT = Path(__file__).parent.parent
DIALECT = {
    "deed": "action",
    "desk": "the state of an editor, a blueprint",
    "floor": "layer",
    "hindrance": "blocker",
    "house": "application",
    "mishap": "unexpected error",
    "shelf": "collection",
    "standing": "status",
    "told": "reported, mailed, announced",
}
"""Words that this code once used in a sense of its own, and what the field says."""
SPELLINGS = {spelling for word in DIALECT for spelling in (word, word.capitalize(), word.upper())}


def names_in(path: Path) -> Iterator[str]:
    """The module's own name and those of all that it defines."""
    yield path.stem
    for node in nodes_of(path, SPELLINGS):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name


def words_of(name: str) -> set[str]:
    """``EditorState`` and ``editor_state`` are both made of editor and state."""
    return set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()))


def test_a_name_is_taken_apart() -> None:
    assert words_of("_HTTPDesk2") | words_of("load_editor_state") == {"httpdesk", "load", "editor", "state"}
    assert words_of("EditorDesk") == {"editor", "desk"}


def test_no_name_speaks_a_dialect() -> None:
    found = {
        (path.relative_to(ROOT).as_posix(), name, DIALECT[word])
        for package in ("hubsync", "hubspot_sandbox", "scheduler_sandbox", "bench")
        for path in sorted((ROOT / package).rglob("*.py"))
        if "tests" not in path.parts
        for name in names_in(path)
        for word in words_of(name) & DIALECT.keys()
    }
    assert found == set(), "the last of the three is what the field says"
