"""Which tests run where all run on PostgreSQL (`HUBSYNC_TEST_DATABASE`). Loaded by ``tests/conftest.py``.

Those that are about SQLite do not. With ``HUBSYNC_TEST_CASES=one``, for a second run of what ran on SQLite, those
without a database do not either, and of a test with many cases the first one does: the others ask the same of it.
"""

from __future__ import annotations

import os

import pytest

from tests.kit.databases import USUAL

ONE_CASE = os.environ.get("HUBSYNC_TEST_CASES") == "one"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if USUAL == "sqlite":
        return
    kept, left_out, seen = [], [], set[str]()
    for item in items:
        test = item.nodeid.partition("[")[0]
        again = ONE_CASE and (test in seen or "database" not in getattr(item, "fixturenames", ()))
        (left_out if again or _is_about_sqlite(item) else kept).append(item)
        seen.add(test)
    config.hook.pytest_deselected(items=left_out)
    items[:] = kept


def _is_about_sqlite(item: pytest.Item) -> bool:
    case = getattr(item, "callspec", None)
    asked = case is not None and case.params.get("database") == "sqlite"
    return asked or item.get_closest_marker("sqlite") is not None
