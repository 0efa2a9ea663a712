"""A run of all tests on PostgreSQL: what is skipped, what it says, and when it fails."""

from __future__ import annotations

import pytest

from tests.kit.on_postgresql import OnPostgresql

pytest_plugins = ("pytester",)

TESTS = """
    import pytest
    from tests.kit.used_databases import note_settings

    def ask(*kinds):
        for kind in kinds:
            note_settings({"SQLALCHEMY_DATABASE_URI": f"{kind}:///it"})

    @pytest.fixture
    def database(): return {}

    def test_with_an_app(database): ask("postgresql")
    def test_of_a_move(): ask("sqlite", "postgresql")
    @pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
    def test_of_both(kind): ask(kind)
    @pytest.mark.sqlite("reads the file")
    def test_of_the_file(): ask("sqlite")
    def test_without_a_database(): pass
"""
ASTRAY = """
    def test_of_sqlite_that_does_not_say_so(): ask("sqlite")
    def test_with_an_app_that_asks_nothing(database): pass
"""


def run_of(pytester: pytest.Pytester, tests: str) -> tuple[int, OnPostgresql, str]:
    pytester.makeini("[pytest]\nmarkers =\n    sqlite\n")
    plugin = OnPostgresql()
    ran = pytester.inline_run(pytester.makepyfile(tests), "-n0", "-rs", plugins=[plugin])
    skipped = [each.longrepr for each in ran.getreports("pytest_runtest_logreport") if each.skipped]
    return int(ran.ret), plugin, str(skipped)


def test_a_run_says_how_many_ran_on_it_and_skips_what_is_about_sqlite(pytester: pytest.Pytester) -> None:
    code, plugin, skipped = run_of(pytester, TESTS)
    assert (code, plugin.ran, plugin.astray) == (0, {"postgresql": 3, "neither": 1}, [])
    assert "about SQLite: reads the file" in skipped


def test_a_run_fails_where_a_test_was_elsewhere_or_nothing_ran_on_it(pytester: pytest.Pytester) -> None:
    code, plugin, _skipped = run_of(pytester, TESTS + ASTRAY)
    assert code == 1
    assert [each.partition("::")[2] for each in plugin.astray] == [
        "test_of_sqlite_that_does_not_say_so",
        "test_with_an_app_that_asks_nothing",
    ]
    code, plugin, _skipped = run_of(pytester, "def test_without_a_database(): pass")
    assert (code, plugin.astray) == (1, [])
