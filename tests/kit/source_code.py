"""What modules are written of, for tests that look at the code itself."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path


def nodes_of(path: Path, words: Iterable[str]) -> Iterator[ast.AST]:
    """All nodes of the module at *path* if its text has one of *words*, else none.

    Reading a text takes next to nothing and parsing it milliseconds, and there are hundreds of modules. Whoever
    looks for a name says it here, and gets the modules that can hold it.
    """
    source = path.read_text(encoding="utf-8")
    if any(word in source for word in words):
        yield from ast.walk(ast.parse(source))
