"""What tests of several subjects share is in `tests/kit`, and made there alone."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.kit.source_code import nodes_of

ROOT = Path(__file__).parent.parent
TESTS = ROOT / "tests"
KIT = TESTS / "kit"
OF_ALL_PAGES = {"tests.web.role_matrix", "tests.web.role_matrix_app"}
"""The list of all routes, over which axe runs too; where a new page is listed, its tests are."""
CLOSES = {"close", "dispose"}
"""What closes the connections of an app: `tests.kit.apps.close`, or its engine's own."""
ABOUT_SETTINGS = {"kit/settings.py", "test_config.py"}


def folder_of(module: str) -> Path:
    place = ROOT / module.replace(".", "/")
    return place if place.is_dir() else place.parent


def is_far(path: Path, module: str) -> bool:
    """Whether *module* is of the tests, and stands neither beside *path*, nor above it, nor in the kit."""
    inside = module.startswith("tests.") and module not in OF_ALL_PAGES
    return inside and folder_of(module) not in {KIT, *path.parents}


def far_modules(path: Path) -> set[str]:
    """The far modules that *path* names anywhere."""
    return {name for name in re.findall(r"\btests(?:\.\w+)+", path.read_text()) if is_far(path, name)}


def test_a_helper_of_another_subject_is_seen() -> None:
    here = TESTS / "services" / "notices" / "test_sender.py"
    near = ("tests.services.notices.history", "tests.services.conftest", "tests.kit.clock", "hubsync.store")
    assert [is_far(here, module) for module in near] == [False] * len(near)
    assert is_far(here, "tests.services.posting.test_company")
    assert is_far(here, "tests.web.role_exceptions")


def test_tests_share_helpers_with_another_subject_by_the_kit() -> None:
    found = {
        (path.relative_to(TESTS).as_posix(), node.module)
        for path in sorted(TESTS.rglob("*.py"))
        for node in nodes_of(path, far_modules(path))
        if isinstance(node, ast.ImportFrom) and node.module and is_far(path, node.module)
    }
    assert found == set()


def test_settings_are_written_out_where_they_are_tested_alone() -> None:
    found = {
        path.relative_to(TESTS).as_posix()
        for path in sorted(TESTS.rglob("*.py"))
        for node in nodes_of(path, {'"SECRET_KEY"'})
        if isinstance(node, ast.Dict)
        and any(isinstance(key, ast.Constant) and key.value == "SECRET_KEY" for key in node.keys)
    }
    assert found == ABOUT_SETTINGS, "make_settings of tests/kit/settings makes them"


def test_who_makes_an_app_closes_its_connections() -> None:
    """The garbage collector would meet them in another test, which PostgreSQL's driver then lets fail."""
    found = set()
    for path in sorted(TESTS.rglob("*.py")):
        named = {
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for node in nodes_of(path, {"create_app("})
            if isinstance(node, ast.Call)
        }
        if "create_app" in named and not named & CLOSES:
            found.add(path.relative_to(TESTS).as_posix())
    assert found == set(), "new_app of tests/kit/apps makes one and closes it"
