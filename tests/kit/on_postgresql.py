"""How all tests run on PostgreSQL (`HUBSYNC_TEST_DATABASE`), and that they do. Loaded by ``tests/conftest.py``.

Those that are about SQLite are skipped and say why. A test that has an app must ask PostgreSQL, and none may ask
SQLite alone: the run says how many did what, and fails when one did not run where it should have.

With ``HUBSYNC_TEST_CASES=one``, for a second run of what ran on SQLite, those without an app are left out, and of
a test with many cases the first one runs: the others ask the same of it.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.kit import used_databases
from tests.kit.databases import USUAL

ONE_CASE = os.environ.get("HUBSYNC_TEST_CASES") == "one"
USED, NEEDED = "databases", "app"
"""The property of a test's report that has which databases it used, and what it says of a test with an app."""


def pytest_configure(config: pytest.Config) -> None:
    if USUAL == "postgresql":
        config.pluginmanager.register(OnPostgresql(), "on PostgreSQL")
        used_databases.watch()


class OnPostgresql:
    """What pytest does otherwise in such a run."""

    def __init__(self) -> None:
        self.ran: Counter[str] = Counter()
        self.astray: list[str] = []
        self.skipped = set[str]()

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, config: pytest.Config, items: list[pytest.Item]) -> None:
        kept, left_out, seen = [], [], set[str]()
        for item in items:
            test = item.nodeid.partition("[")[0]
            again = ONE_CASE and (test in seen or not _has_app(item))
            (left_out if again or _is_case_of_sqlite(item) else kept).append(item)
            seen.add(test)
        for item in kept:
            if mark := item.get_closest_marker("sqlite"):
                item.add_marker(pytest.mark.skip(reason=f"about SQLite: {mark.args[0]}"))
        config.hook.pytest_deselected(items=left_out)
        items[:] = kept

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self) -> Iterator[None]:
        used_databases.USED.clear()
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        try:
            return (yield)
        finally:
            names = getattr(item, "fixturenames", ())
            told = {NEEDED} if "database" in names else set()
            if "own_database" in names:  # which a process of a module's tests may be told before this one begins
                told.add(USUAL)
            item.user_properties.append((USED, " ".join(sorted(used_databases.USED | told))))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.skipped:
            self.skipped.add(report.nodeid)
        if report.when != "teardown" or report.nodeid in self.skipped:
            return
        used = str(dict(report.user_properties).get(USED, "")).split()
        if "postgresql" not in used and ("sqlite" in used or NEEDED in used):
            self.astray.append(report.nodeid)
        else:
            self.ran["postgresql" if "postgresql" in used else "neither"] += 1

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        terminalreporter.section("PostgreSQL")
        terminalreporter.line(
            f"{self.ran['postgresql']} tests ran on PostgreSQL, {self.ran['neither']} use no database"
        )
        for each in self.astray:
            terminalreporter.line(f"NOT ON POSTGRESQL {each}")

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        is_alone = getattr(session.config, "workerinput", None) is None
        if is_alone and session.exitstatus == pytest.ExitCode.OK and (self.astray or not self.ran["postgresql"]):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _has_app(item: pytest.Item) -> bool:
    return not {"database", "own_database"}.isdisjoint(getattr(item, "fixturenames", ()))


def _is_case_of_sqlite(item: pytest.Item) -> bool:
    """Whether it is the half of a test of both databases that has run on SQLite."""
    case = getattr(item, "callspec", None)
    return case is not None and any(isinstance(each, str) and each == "sqlite" for each in case.params.values())
