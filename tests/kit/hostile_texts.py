"""Every regular expression of the package, with the texts that would cost it most, and what a call costs."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from re import _constants as sre  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from types import ModuleType
from typing import Any

import hubsync
import hubsync.domain

PACKAGE = Path(hubsync.__file__).parent
METHODS = {"match", "fullmatch", "search", "sub", "subn", "split", "findall", "finditer"}
ASKED = METHODS | {"compile"}
# Found by a test of the function instead.
MADE_WHEN_ASKED = {"domain/browsers.py": "the table of systems; recognise_browser is tried as a function"}
# They read files of installed packages, never anybody's text.
OWN_FILES = {"web/shell/icons.py"}


@dataclass(frozen=True)
class Used:
    """A regular expression, and how it is asked."""

    where: str
    source: str
    flags: int
    method: str

    def __str__(self) -> str:
        return f"{self.where} {self.method} {self.source[:40]}"

    def call(self) -> Callable[[str], object]:
        pattern: Any = re.compile(self.source, self.flags)
        if self.method in {"sub", "subn"}:
            return lambda text: getattr(pattern, self.method)("", text)
        if self.method == "finditer":
            return lambda text: list(pattern.finditer(text))
        return lambda text: getattr(pattern, self.method)(text)


def patterns() -> set[Used]:
    """All of the package: those that modules hold, and those in calls of ``re``."""
    return {used for path in sorted(PACKAGE.rglob("*.py")) for used in _of_module(path)}


def _of_module(path: Path) -> Iterator[Used]:
    where = path.relative_to(PACKAGE).as_posix()
    if where in OWN_FILES:
        return
    held = list(_held(where))
    for node in _nodes(path, "re"):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        called = node.func
        if not (isinstance(called.value, ast.Name) and called.value.id == "re" and called.attr in ASKED):
            continue
        source = text_of(node.args[0])
        if source is None:
            assert where in MADE_WHEN_ASKED, f"{where}: {ast.unparse(node)}"
            continue
        flags = [
            each
            for each in (*node.args[2:], *(word.value for word in node.keywords))
            if "re." in ast.unparse(each)
        ]
        if called.attr != "compile":
            yield Used(where, source, _flags(flags), called.attr)
        elif source not in {pattern.pattern for _name, pattern in held}:  # made in a function, or held elsewhere
            yield from (Used(where, source, _flags(flags), method) for method in ("search", "sub"))
    for name, pattern in held:
        for method in _methods().get(name, {"search", "sub"}):
            yield Used(where, pattern.pattern, pattern.flags & ~re.UNICODE.value, method)


def _nodes(path: Path, of: str = "") -> Iterator[ast.AST]:
    """All of a module; none of one that asks no expression (of the name *of*), which need not be read further."""
    source = path.read_text()
    if any(f"{of}.{method}(" in source for method in ASKED):
        yield from ast.walk(ast.parse(source))


def text_of(node: ast.expr) -> str | None:
    """The expression that is written there, with something short in the place of what is not known before."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str | bytes):
        return node.value if isinstance(node.value, str) else node.value.decode("latin-1")
    if ast.unparse(node).startswith("re.escape("):
        return "x1"
    if isinstance(node, ast.JoinedStr):
        return "".join(str(each.value) if isinstance(each, ast.Constant) else "x1" for each in node.values)
    return None


def _flags(nodes: list[ast.expr]) -> int:
    return sum(int(eval(ast.unparse(node), {"re": re})) for node in nodes)


def _held(where: str) -> Iterator[tuple[str, re.Pattern[str]]]:
    module = importlib.import_module(
        "hubsync." + where.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    )
    for name, value in vars(module).items():
        for each in value if isinstance(value, (tuple, list)) else [value]:
            if isinstance(each, re.Pattern) and isinstance(each.pattern, str):
                yield name, each


@cache
def _methods() -> dict[str, set[str]]:
    """By which methods a name is asked, anywhere in the package."""
    found: dict[str, set[str]] = {}
    for path in PACKAGE.rglob("*.py"):
        for node in _nodes(path):
            if isinstance(node, ast.Attribute) and node.attr in METHODS and isinstance(node.value, ast.Name):
                found.setdefault(node.value.id, set()).add(node.attr)
    return found


@dataclass(frozen=True)
class Shape:
    """A text of any length: something, and then a piece again and again, and an end that spoils it."""

    piece: str
    start: str = ""
    end: str = ""

    def text(self, length: int) -> str:
        return self.start + self.piece * (length // len(self.piece) + 1) + self.end


def shapes_against(source: str, flags: int) -> set[Shape]:
    """Texts made of what the expression names, so that it nearly fits again and again."""
    atoms = list(dict.fromkeys(_atoms(parser.parse(source, flags))))
    words = [atom for atom in atoms if len(atom) > 1]
    joined = "".join(atoms)
    found = {Shape(piece, end=end) for piece in [*atoms, joined, joined[::-1]] for end in ("", "\x00")}
    for first in [*words, *atoms[:6]]:
        for second in atoms[:16]:
            found |= {Shape(second, first, "\x00"), Shape(first + second), Shape(first + second * 3, end="\x00")}
    return found


def _atoms(parsed: Any) -> Iterator[str]:
    """Runs of letters, and a sign of each class and its neighbours."""
    run = ""
    for operation, value in parsed:
        if operation is sre.LITERAL:
            run += chr(value)
            continue
        if run:
            yield from (run, run[-1])
        run = ""
        if operation is sre.IN:
            yield from _of_class(value)
        elif operation in {sre.ANY, sre.NOT_LITERAL}:
            yield "a"
        elif operation is sre.BRANCH:
            for branch in value[1]:
                yield from _atoms(branch)
        elif isinstance(value, tuple):
            for each in value:
                if isinstance(each, parser.SubPattern):
                    yield from _atoms(each)
    if run:
        yield from (run, run[-1])


CATEGORIES = {"DIGIT": "1", "SPACE": " ", "WORD": "a"}


def _of_class(members: Any) -> Iterator[str]:
    for operation, value in members:
        if operation is sre.LITERAL:
            yield chr(value)
        elif operation is sre.RANGE:
            yield chr(value[0])
        elif operation is sre.CATEGORY:
            yield next((sign for name, sign in CATEGORIES.items() if name in str(value)), "a")
        elif operation is sre.NEGATE:
            yield from ("a", "1")


FIRST = 4_096
SURE = 3
"""So many measurements have to agree that something grows too fast: other work on the machine spoils some."""
MOST = 0.05
"""Seconds of this thread that no expression takes for 65,536 characters."""
LEAST = 0.02
"""Seconds of this thread below which nothing is judged."""


def grows_too_fast(call: Callable[[str], object], shape: Shape, length: int) -> bool:
    """Whether a longer text costs more than its length explains, in time of this thread.

    What costs next to nothing is not judged. A longer text is not tried where it would cost next to nothing even
    if the square counted, nor where costs that are well measured grow with the length: four times the text could
    not cost nine times as much. Where four times the text cost less than five times as much, the square counts for
    less than an eleventh of the shorter one's cost; if that comes to next to nothing at the full length, it is not
    tried either. What grows is measured again beside a text of twice the length: it costs twice as much, or four
    times where the square counts.
    """
    size, before = FIRST, 0.0
    while size <= length:
        now = cost(call, shape.text(size))
        if now > LEAST and now > 9 * before and all(_squares(call, shape, size) for _ in range(SURE)):
            return True
        if now * (length / size) ** 2 < LEAST or (4 * before > LEAST and now < 5 * before):
            break
        if now < 5 * before and before / 11 * (4 * length / size) ** 2 < LEAST:
            break
        size, before = size * 4, now
    return False


def _squares(call: Callable[[str], object], shape: Shape, size: int) -> bool:
    """Whether twice the length costs more than three times as much."""
    once, twice = (min(cost(call, shape.text(each)) for _ in range(3)) for each in (size, 2 * size))
    return twice > 3 * once


def worst_of(call: Callable[[str], object], shapes: set[Shape]) -> Shape:
    """The shape that costs most: costs grow with the length, as `grows_too_fast` proves, so short texts tell."""
    return max(shapes, key=lambda shape: cost(call, shape.text(FIRST)))


def cost(call: Callable[[str], object], text: str) -> float:
    """The seconds that *call* takes for *text*, of which nothing is remembered."""
    for remembers in _remembering():
        remembers.cache_clear()
    began = time.thread_time()
    try:
        call(text)
    except (ValueError, LookupError, ArithmeticError, OSError):
        pass  # a refusal
    except Exception as refused:
        if not type(refused).__module__.startswith("hubsync.errors"):
            raise
    return time.thread_time() - began


@cache
def _remembering() -> list[Any]:
    """The functions of the domain that remember the last texts they were given."""
    found = (
        value for module in _domain() for value in vars(module).values() if hasattr(value, "cache_parameters")
    )
    return [each for each in found if each.cache_parameters()["maxsize"]]


def _domain() -> list[ModuleType]:
    names = [each.name for each in pkgutil.iter_modules(hubsync.domain.__path__, "hubsync.domain.")]
    return [importlib.import_module(name) for name in names]


TEXTS = {"str", "str | None", "object", "Any"}


def functions() -> Iterator[tuple[str, Callable[[str], object]]]:
    """Every function of the domain, and those of other layers that take one text from outside."""
    others = ("hubsync.redacting", "hubsync.sources.fields", "hubsync.hubspot.bodies")
    for module in (*_domain(), *map(importlib.import_module, others)):
        for word, value in vars(module).items():
            if word[0] == "_" or not inspect.isfunction(value) or value.__module__ != module.__name__:
                continue
            needed = [each for each in inspect.signature(value).parameters.values() if each.default is each.empty]
            if len(needed) == 1 and needed[0].annotation in TEXTS:
                yield f"{module.__name__}.{word}", value
