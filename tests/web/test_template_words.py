"""Templates compare states with words that exist, and have a badge for each of them; marks between words are those
of the reader's language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from jinja2 import Environment, nodes

from hubsync.domain.busy_calendars import CalendarKind
from hubsync.domain.connections import ConnectionState, ConnectMethod
from hubsync.domain.delivery_states import DeliveryState
from hubsync.domain.endpoint_states import EndpointState
from hubsync.domain.imports.states import ImportState
from hubsync.domain.mapping import MappingState
from hubsync.domain.outcomes import Outcome
from hubsync.domain.plans import Plan
from hubsync.domain.remarks import RemarkKind
from hubsync.domain.replays import ReplayState
from hubsync.domain.roles import Role

TEMPLATES = Path(__file__).parents[2] / "templates"
PARSER = Environment(extensions=["jinja2.ext.i18n", "jinja2.ext.do"], autoescape=True)
STATES = {*DeliveryState, *ConnectionState, *MappingState, *ReplayState, *EndpointState}
KNOWN: dict[str, set[str]] = {
    "state": {*STATES, *ImportState},
    "outcome": set(DeliveryState),
    "company": set(Outcome),
    "contact": set(Outcome),
    "association": set(Outcome),
    "kind": {*RemarkKind, *CalendarKind},
    "method": set(ConnectMethod),
    "plan": set(Plan),
    "role": set(Role),
}
"""The attribute that a template compares, and what it may be."""
VARIABLES = {"method", "plan", "role"}
"""Those that macros have as arguments too, in the same sense."""
_END = r"(?:\}\}|%\})(?:</(?:a|b|em|span|strong)>)*"
GLUE = re.compile(
    rf"{_END}(?:[,;:.](?=[\s<{{]|$)| ?\((?=\{{))"  # a comma, colon, stop or bracket behind a value
    r"|_\(\"[^\"]*[^.:?!\"]\"\) *\}\} *\{\{[^}|]*\| *(?:stamp|day)\b"  # half a sentence and a date
    r"|\| *(?:stamp|day) *\}\},? *\{\{ *_\(\"[a-z]",
    re.MULTILINE,
)
"""What a template would write between values as English has it; `hubsync.phrases` does it in any language."""


def words(node: nodes.Node) -> Iterator[str]:
    """The texts written out in *node*: one, or those of a tuple or list."""
    for each in [node, *node.find_all(nodes.Const)]:
        if isinstance(each, nodes.Const) and isinstance(each.value, str):
            yield each.value


def compared(source: str) -> Iterator[tuple[str, str]]:
    """(attribute, word) of everything that a template compares with a word, or takes from a table by it."""
    tree = PARSER.parse(source)
    for comparison in tree.find_all(nodes.Compare):
        left = comparison.expr
        name = left.attr if isinstance(left, nodes.Getattr) else getattr(left, "name", "")
        if isinstance(left, nodes.Getattr) or name in VARIABLES:
            for operand in comparison.ops:
                yield from ((name, word) for word in words(operand.expr))
    for filtered in tree.find_all(nodes.Filter):
        if filtered.name in ("selectattr", "rejectattr") and isinstance(filtered.args[0], nodes.Const):
            for argument in filtered.args[2:]:
                yield from ((filtered.args[0].value, word) for word in words(argument))


def badges() -> set[str]:
    """The states that the macro of the badges has words for."""
    tree = PARSER.parse((TEMPLATES / "shell" / "page.html").read_text())
    macro = next(each for each in tree.find_all(nodes.Macro) if each.name == "badge")
    table = next(macro.find_all(nodes.Dict))
    return {pair.key.value for pair in table.items if isinstance(pair.key, nodes.Const)}


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ('{% if delivery.state == "waiting" %}{% endif %}', [("state", "waiting")]),
        ('{% if x.state in ("running", "paused") %}{% endif %}', [("state", "running"), ("state", "paused")]),
        ('{{ rows|selectattr("kind", "in", ("dropped",))|list }}', [("kind", "dropped")]),
        ("{% if delivery.state == other %}{% endif %}", []),
        ('{% if method == "oauth" %}{% endif %}', [("method", "oauth")]),
    ],
)
def test_a_comparison_is_seen(source: str, seen: list[tuple[str, str]]) -> None:
    assert list(compared(source)) == seen


def test_every_word_that_a_template_compares_exists() -> None:
    found = {
        (path.relative_to(TEMPLATES).as_posix(), attribute, word)
        for path in sorted(TEMPLATES.rglob("*.*"))
        for attribute, word in compared(path.read_text())
        if attribute in KNOWN
    }
    assert len(found) > 20  # the walk finds them
    assert {each for each in found if each[2] not in KNOWN[each[1]]} == set()


def test_every_state_that_is_shown_has_a_badge() -> None:
    assert {*DeliveryState, *ConnectionState, *MappingState, *EndpointState} <= badges()


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("{{ a }}, {{ b }}", True),
        ("<strong>{{ a }}</strong>: {{ b }}", True),
        ("{{ a }} ({{ b }})", True),
        ("{{ a|stamp }}.</p>", True),
        ('{{ _("Since") }} {{ a|stamp }}', True),
        ('{{ a|stamp }} {{ _("it came") }}', True),
        ('{{ _("Since %(when)s.", when=a|stamp) }} {{ labelled(a, b) }}{{ in_brackets(c) }}', False),
        ('{{ _("Last read:") }} {{ a|stamp }} {{ _("It goes on.") }}', False),
    ],
)
def test_glue_between_values_is_seen(source: str, found: bool) -> None:
    assert bool(GLUE.search(source)) is found


def test_no_template_puts_the_marks_of_one_language_between_values() -> None:
    glued = [
        f"{path.relative_to(TEMPLATES)}: {bare[max(0, each.start() - 40) : each.end() + 20]}"
        for path in sorted(TEMPLATES.rglob("*.*"))
        if path.suffix in {".html", ".txt"} and path.name.count(".") == 1  # others are code to copy
        for bare in [re.sub(r"\{#.*?#\}|style=\"[^\"]*\"", "", path.read_text(), flags=re.DOTALL)]
        for each in GLUE.finditer(bare)
    ]
    assert glued == []
