"""What modules say to people is marked for translation, and translated when it is said.

Templates are looked through by `tests/test_catalogue`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import grimp
import pytest

import hubsync
from tests.kit.source_code import nodes_of

PACKAGE = Path(hubsync.__file__).parent
NOW = {"gettext", "ngettext", "pgettext", "npgettext"}
LATER = {"lazy_gettext", "lazy_ngettext", "_l", "N_"}
MARKS = NOW | LATER | {"_"}
SHOWN = {"Refused", "RoleTooLow", "ProofMissing", "SecretNotEntered", "BodyUnreadable", "FieldError", "Ignored"}
"""Whose words a page shows; of other errors it tells the code in its own."""
NOTES = {
    *("debug", "info", "warning", "error", "exception", "critical", "log_unexpected"),
    *("ValueError", "LookupError", "CSRFError", "NotFound"),
}
"""Whose words are for logs, or shown by nobody."""
A_SENTENCE = re.compile(r"[A-Z][a-z’']* [a-z]|…? ?[A-Z][\w’']* .*\w{2}.*[.!?:]$", re.DOTALL)
FOR_MACHINES = {
    *("web/sources/webhooks", "services/sources/intake"),  # what a sender's own program is answered
    "web/bookings/feed",
}
FOR_COMMANDS = {"services/operations/backups", "services/people/people.find_person"}
"""What pages use too, for other things than those of which commands tell."""
NUMBERED_NAMES = {"services/question_words", "web/sources/place"}
"""A number stands behind a name in every language; sentences follow each other by `hubsync.phrases`."""


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).with_suffix("").as_posix()


def called(node: ast.AST) -> str:
    """The name of the function or class that *node* calls."""
    return getattr(node.func, "id", getattr(node.func, "attr", "")) if isinstance(node, ast.Call) else ""


def is_marked(node: ast.AST) -> bool:
    return called(node) in MARKS


def at_import(node: ast.AST) -> Iterator[ast.AST]:
    """What of *node* is evaluated when its module is imported."""
    inner: list[ast.AST] = list(ast.iter_child_nodes(node))
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
        inner = [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
        inner += getattr(node, "decorator_list", [])
    yield node
    for each in inner:
        yield from at_import(each)


def translated_at_import(source: str) -> list[str]:
    """What a module would say in the language of nobody, for ever."""
    tree = ast.parse(source)
    imported = [
        each
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "flask_babel"
        for each in node.names
    ]
    at_once = {each.asname or each.name for each in imported if each.name in NOW}
    return [ast.unparse(each) for each in at_import(tree) if called(each) in at_once]


def sentences(source: str) -> Iterator[str]:
    """The sentences that a module writes out without a mark, with “…” where values are put in."""
    tree = ast.parse(source)
    others = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # a docstring
            others.add(id(node.value))
        elif is_marked(node) or called(node) in NOTES:
            others |= {id(each) for each in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in others:
            continue
        if isinstance(node, ast.JoinedStr):
            others |= {id(each) for each in node.values}
            text = "".join(each.value if isinstance(each, ast.Constant) else "…" for each in node.values)
        else:
            text = node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
        if A_SENTENCE.match(text):
            yield text


def put_together(source: str) -> Iterator[str]:
    """What is made of a translation and more, in an order that is that of English."""
    for node in ast.walk(ast.parse(source)):
        parts = [node.left, node.right] if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) else []
        parts = (
            [each.value for each in node.values if isinstance(each, ast.FormattedValue)]
            if (isinstance(node, ast.JoinedStr))
            else parts
        )
        if any(is_marked(each) for each in parts):
            yield ast.unparse(node)


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("from flask_babel import gettext as _\nA = _('Yes')", ["_('Yes')"]),
        ("from flask_babel import gettext\ndef f(a=gettext('Yes')): pass", ["gettext('Yes')"]),
        ("from flask_babel import gettext as _\ndef f():\n    return _('Yes')\nA = lambda: _('No')", []),
        ("from flask_babel import lazy_gettext as _\nA = _('Yes')", []),
    ],
)
def test_a_translation_at_import_is_seen(source: str, seen: list[str]) -> None:
    assert translated_at_import(source) == seen


def test_an_unmarked_sentence_is_seen() -> None:
    assert list(sentences("def f():\n    'A docstring.'\n    return x or 'It is too long.'")) == [
        "It is too long."
    ]
    assert list(sentences("_('It is too long.')\nlog.info('It went wrong.')\na = 'text/html; b'")) == []


def test_pieces_are_seen() -> None:
    assert list(put_together("f'{_(1)}: {name}'")) == ["f'{_(1)}: {name}'"]
    assert list(put_together("_('Saved') + name")) == ["_('Saved') + name"]
    assert list(put_together("_('Saved: %(name)s', name=f'{a}' + b)")) == []


def test_nothing_is_translated_before_anybody_reads_it() -> None:
    early = {}
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "gettext" in source and (at_once := translated_at_import(source)):
            early[name_of(path)] = at_once
    assert early == {}


def test_no_page_says_anything_that_is_not_marked() -> None:
    spoken, looked_at = {}, 0
    for path in [*(PACKAGE / "web").rglob("*.py"), *(PACKAGE / "services").rglob("*.py")]:
        name = name_of(path)
        if name.startswith(("services/operations/", "web/operations/")) or name in FOR_MACHINES:
            continue
        looked_at += 1
        unmarked = [each for each in sentences(path.read_text(encoding="utf-8")) if "HUBSYNC_" not in each]
        if name.startswith("services/"):  # with values in it, it is a line of background work, for the log
            unmarked = [each for each in unmarked if "…" not in each]
        if unmarked and name not in {each.partition(".")[0] for each in FOR_COMMANDS}:
            spoken[name] = unmarked
    assert looked_at > 300
    assert spoken == {}


def test_what_a_page_shows_of_an_error_is_marked() -> None:
    unmarked = {}
    for path in PACKAGE.rglob("*.py"):
        for node in nodes_of(path, SHOWN):
            if called(node) not in SHOWN or not isinstance(node, ast.Call) or not node.args:
                continue
            if isinstance(node.args[0], ast.Constant | ast.JoinedStr):
                unmarked.setdefault(name_of(path), []).append(ast.unparse(node))
    commands = {each.partition(".")[0] for each in FOR_COMMANDS} | set(only_commands_know())
    assert {name: words for name, words in unmarked.items() if name not in commands} == {
        "services/sources/endpoints": ["ProofMissing('no such endpoint')"]  # told to nobody
    }


def test_no_sentence_is_put_together_of_pieces() -> None:
    made = {}
    for path in PACKAGE.rglob("*.py"):
        source = path.read_text(encoding="utf-8")
        if "gettext" in source and (pieces := list(put_together(source))):
            made[name_of(path)] = pieces
    assert {name: pieces for name, pieces in made.items() if name not in NUMBERED_NAMES} == {}


def test_what_only_commands_say_is_english() -> None:
    """It is for whoever runs HubSync, like the log: not marked, so that nobody translates it."""
    modules = list(only_commands_know())
    assert {"services/operations/self_check", "services/operations/moving"} <= set(modules)
    marked = [
        name for name in modules for node in nodes_of(PACKAGE / f"{name}.py", {"gettext", "N_"}) if is_marked(node)
    ]
    assert marked == []


def only_commands_know() -> Iterator[str]:
    """The modules of services that neither a page nor background work imports."""
    graph = grimp.build_graph("hubsync", cache_dir=None)
    known = graph.find_upstream_modules("hubsync.web", as_package=True)
    known |= graph.find_upstream_modules("hubsync.background")
    for path in (PACKAGE / "services").rglob("*.py"):
        name = name_of(path)
        if path.name != "__init__.py" and f"hubsync.{name.replace('/', '.')}" not in known:
            yield name
