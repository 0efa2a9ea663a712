"""What the layout promises and no linter can say; `lint-imports` and ruff prove the rest."""

from __future__ import annotations

import ast
from pathlib import Path

from hubsync.store import leases

PACKAGE = Path(__file__).parent.parent / "hubsync"
PRODUCT = sorted(PACKAGE.rglob("*.py"))
NAMED_AFTER_NOTHING = {
    *("utils", "util", "helpers", "helper", "common", "misc", "manager"),
    *("models", "views", "forms"),
}


def commits(node: ast.AST) -> bool:
    """Whether *node* ends a transaction with a commit, or begins one that will."""
    if isinstance(node, ast.Attribute):
        return node.attr == "commit"
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "write_transaction"


def test_only_services_commit() -> None:
    committing = {
        path.relative_to(PACKAGE).parts[0]
        for path in PRODUCT
        if any(map(commits, ast.walk(ast.parse(path.read_text()))))
    }
    # store/__init__ holds write_transaction() itself.
    assert committing == {"store", "services"}


def test_only_the_lease_itself_says_whether_it_is_over() -> None:
    # A condition of one's own forgets the clock that was set back.
    ends = {each.until for each in vars(leases).values() if isinstance(each, leases.Lease)}
    reading = {
        path.relative_to(PACKAGE).as_posix()
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Attribute) and node.attr in ends and isinstance(node.ctx, ast.Load)
    }
    assert reading == {
        "services/bookings/erasure.py",  # how old a claim is, which is no matter of whose it is
        "services/notices/throttle_log.py",  # handed to domain/notice_throttle, which decides by the same rule
    }


def test_one_place_says_whose_calendars_somebody_sees() -> None:
    def names(node: ast.Compare) -> set[str]:
        sides = [node.left, *node.comparators]
        return {each.attr if isinstance(each, ast.Attribute) else getattr(each, "id", "") for each in sides}

    comparing = {
        path.relative_to(PACKAGE).as_posix()
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Compare) and names(node) == {"owner_id", "person_id"}
    }
    assert comparing == {
        "store/calendar_visibility.py",
        # Calendars that change hands because their owner goes.
        "services/teams/leaving.py",
        "services/teams/members.py",
    }


def test_no_module_is_named_after_nothing() -> None:
    assert [path.name for path in PACKAGE.rglob("*.py") if path.stem in NAMED_AFTER_NOTHING] == []


def test_imports_are_absolute() -> None:
    # A relative import would hide from the reader which layer it reaches.
    relative = [
        path.name
        for path in PRODUCT
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ImportFrom) and node.level
    ]
    assert relative == []


def test_no_old_oauth_path_is_called_by_the_product() -> None:
    # https://developers.hubspot.com/changelog/v1-oauth-api-deprecation
    assert [path.name for path in PRODUCT if "/oauth/v1" in path.read_text()] == []
