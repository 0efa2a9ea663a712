"""The kill switch is the tests' own: the product knows nothing of it and has no way to kill itself."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.crash.driver import ROOT
from tests.kit.source_code import nodes_of

SHIPPED = ("hubsync", "migrations", "templates", "static")
NAMES = ("kill_switch", "killswitch", "pass_by", "kill_at", "tests.crash")
DEADLY = {"kill", "killpg", "os.abort", "_exit", "SIGKILL", "raise_signal", "pthread_kill"}
OWN_CHILD = ("hubsync/feeds/expansion.py", {"kill", "process.kill"})
"""The process that reads a feed is stopped when its time is up: a child of that module, and not the product."""


def test_no_file_of_the_product_names_the_kill_switch() -> None:
    files = [
        each for folder in SHIPPED for each in (ROOT / folder).rglob("*") if each.suffix in {".py", ".html", ".js"}
    ]
    files += [*ROOT.glob("*.py"), ROOT / "pyproject.toml"]
    assert len(files) > 300
    found = [(str(each), name) for each in files for name in NAMES if name in each.read_text().lower()]
    assert found == []


def test_the_product_neither_kills_a_process_nor_imports_from_the_tests() -> None:
    offences = []
    for path in [*(ROOT / "hubsync").rglob("*.py"), *ROOT.glob("*.py")]:
        for node in nodes_of(path, (*DEADLY, "tests")):
            names = _names(node)
            if (path.relative_to(ROOT).as_posix(), names) == OWN_CHILD:
                continue
            if names & DEADLY or any(name == "tests" or name.startswith("tests.") for name in names):
                offences.append((_where(path, node), names))
    assert offences == []


def _names(node: ast.AST) -> set[str]:
    """What the node names of other modules."""
    match node:
        case ast.Attribute(attr=name):
            return {name, ast.unparse(node)}
        case ast.ImportFrom(module=module, names=names):
            return {module or "", *(each.name for each in names)}
        case ast.Import(names=names):
            return {each.name for each in names}
    return set()


def _where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
