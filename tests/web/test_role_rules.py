"""Role rules stand in domain/roles and nowhere else: proved on the source; the matrix proves the effect."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.role_exceptions import COMPARISONS, OPEN_TO_MEMBERS
from tests.web.role_matrix import MATRIX
from tests.web.role_rights import NOT_THE_OWNER, OWN_CALENDAR, TEAM

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "hubsync"
RULES = PACKAGE / "domain" / "roles.py"


def sources() -> Iterator[Path]:
    """Every module of the product but for the rules themselves, and those whose roles are a sample's fields'."""
    for path in sorted(PACKAGE.rglob("*.py")):
        others = path.name == "teachable.py" or "hubsync.sources.teachable import" in path.read_text()
        if path != RULES and not others:
            yield path


def is_a_role(node: ast.AST) -> bool:
    """Whether the expression is about somebody's role: `Role.X`, `membership.role`, `g.role`, `role`."""
    return any(
        (isinstance(part, ast.Attribute) and (part.attr == "role" or ast.unparse(part.value) == "Role"))
        or (isinstance(part, ast.Name) and part.id == "role")
        for part in ast.walk(node)
    )


def comparisons(source: str) -> list[tuple[str, str]]:
    """(function, expression) of everything that is decided by comparing a role."""
    found = []
    for function in [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef)]:
        for node in ast.walk(function):
            if isinstance(node, ast.Compare) and any(map(is_a_role, [node.left, *node.comparators])):
                if ast.unparse(node.left) == "Membership.role":
                    continue  # a condition of a query, which finds people and decides nothing about the reader
                found.append((function.name, ast.unparse(node)))
            elif isinstance(node, ast.Match) and is_a_role(node.subject):
                found.append((function.name, ast.unparse(node.subject)))
    return found


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("def view():\n    if g.role == 'owner': pass", True),
        ("def view():\n    return membership.role in (Role.OWNER, Role.ADMINISTRATOR)", True),
        ("def view(role):\n    match role:\n        case 'owner': pass", True),
        ("def view():\n    return [m for m in members if Role.MEMBER is m.kind]", True),
        ("def view():\n    return select(Membership).where(Membership.role == Role.OWNER)", False),
        ("def view():\n    return may(g.role, Action.CONNECT)", False),
        ("def view():\n    return form.role.data", False),
    ],
)
def test_a_comparison_of_roles_is_recognised(source: str, seen: bool) -> None:
    assert bool(comparisons(source)) is seen


def test_roles_are_compared_in_domain_roles_only() -> None:
    found = {
        f"{path.relative_to(PACKAGE)} {function}": expression
        for path in sources()
        for function, expression in comparisons(path.read_text())
    }
    unknown = {place: expression for place, expression in found.items() if place not in COMPARISONS}
    assert not unknown, "ask hubsync.domain.roles.may(); or say in role_exceptions.COMPARISONS why not"
    assert set(COMPARISONS) <= set(found), "take these out of role_exceptions.COMPARISONS"


def test_no_template_decides_by_the_readers_role() -> None:
    """Templates ask `allowed("action")`; whose role a *member* in a list has is no right of the reader."""
    compared = re.compile(r"\b(?:g|membership)\.role\s*(?:==|!=|in\b|not\b|is\b)[^}]*")
    offences = [
        f"{path.relative_to(ROOT)}: {found[0]}"
        for path in sorted((ROOT / "templates").rglob("*.html"))
        for found in compared.finditer(path.read_text())
    ]
    assert offences == []


def blueprint_of(source: str) -> str:
    """The name of the blueprint that a module calls `pages`, its own or a neighbour's.

    Modules whose views are a booking source's pages are handed its blueprint, which has the name of the source.
    """
    if "(pages: Blueprint" in source:
        return "source.name"
    if own := re.search(r'^ *pages = Blueprint\(\s*"?([\w.]+)', source, re.MULTILINE):
        return own[1]
    neighbour = re.search(r"^from hubsync\.web\.([\w.]+) import (?:\([^)]*|.*)\bpages\b", source, re.MULTILINE)
    assert neighbour is not None
    return blueprint_of((PACKAGE / "web" / f"{neighbour[1].replace('.', '/')}.py").read_text())


def team_pages() -> dict[str, bool]:
    """Each "blueprint.view" behind team_page, with whether it names an Action."""
    found = {}
    for path in sorted((PACKAGE / "web").rglob("*.py")):
        source = path.read_text()
        for view in [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.FunctionDef)]:
            for door in view.decorator_list:
                if isinstance(door, ast.Call) and ast.unparse(door.func) == "team_page":
                    found[f"{blueprint_of(source)}.{view.name}"] = bool(door.args or door.keywords)
    return found


def test_every_page_of_a_team_names_an_action_or_is_open_to_members_on_purpose() -> None:
    doors = team_pages()
    assert len(doors) > 20
    without = {endpoint for endpoint, named in doors.items() if not named}
    unmeant = sorted(without - OPEN_TO_MEMBERS)
    assert not unmeant, f"name an Action at team_page, or put them on role_exceptions.OPEN_TO_MEMBERS: {unmeant}"
    assert without >= OPEN_TO_MEMBERS, "take these off role_exceptions.OPEN_TO_MEMBERS"


def test_pages_open_to_members_are_so_in_the_matrix_too() -> None:
    words = {row: rights.words for row, rights in MATRIX.items() if row.split()[1] in OPEN_TO_MEMBERS}
    odd = [
        row for row, these in words.items() if these not in (TEAM.words, OWN_CALENDAR.words, NOT_THE_OWNER.words)
    ]
    assert odd == []
    assert {row.split()[1] for row in words} == OPEN_TO_MEMBERS
