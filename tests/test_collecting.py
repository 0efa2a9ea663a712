"""How tests are collected: which cases of a long table are quick, and in which order modules are read."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from tests.kit import quick

pytest_plugins = ("pytester",)

RULES_OF_ALL_TESTS = (Path(__file__).parent.parent / "conftest.py").read_text()
TABLES = """
    import pytest

    @pytest.mark.parametrize("case", range(9))
    @pytest.mark.quick_cases(3)
    def test_long(case): pass

    @pytest.mark.parametrize("case", [0, 1, pytest.param(2, marks=pytest.mark.slow), 3])
    @pytest.mark.quick_cases(2)
    def test_in_part_slow(case): pass

    @pytest.mark.parametrize("case", range(2))
    @pytest.mark.quick_cases(5)
    def test_short(case): pass

    class TestElsewhere:
        @pytest.mark.parametrize("case", range(4))
        @pytest.mark.quick_cases(2)
        def test_long(self, case): pass

    @pytest.mark.parametrize("case", range(3))
    def test_unmarked(case): pass
"""
TOLD = """
    import os
    from pathlib import Path

    with (Path(__file__).parent / os.environ["PYTEST_XDIST_WORKER"]).open("a") as told:
        told.write(__name__ + " ")

    def test_it(): pass
"""


def test_quick_cases_are_spread_over_the_table_and_all_others_are_slow(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nmarkers =\n    slow\n    quick_cases\n")
    table = pytester.makepyfile(TABLES)
    hook = SimpleNamespace(pytest_collection_modifyitems=quick.pytest_collection_modifyitems)
    ran = pytester.inline_run(table, "-m", "not slow", "-n0", plugins=[hook]).listoutcomes()[0]
    assert [each.nodeid.partition("::")[2] for each in ran] == [
        *("test_long[0]", "test_long[4]", "test_long[8]"),
        *("test_in_part_slow[0]", "test_in_part_slow[3]"),
        *("test_short[0]", "test_short[1]"),
        *("TestElsewhere::test_long[0]", "TestElsewhere::test_long[3]"),
        *("test_unmarked[0]", "test_unmarked[1]", "test_unmarked[2]"),
    ]


@pytest.mark.slow  # three processes
def test_each_worker_reads_all_modules_once_and_begins_elsewhere(pytester: pytest.Pytester) -> None:
    pytester.makepyprojecttoml(
        '[tool.pytest.ini_options]\npythonpath = ["."]\naddopts = "--import-mode=importlib"'
    )
    pytester.makeconftest(RULES_OF_ALL_TESTS)
    for name in "abcd":
        pytester.makepyfile(**{f"test_{name}": TOLD})
    pytester.makepyfile(test_e="import nothing_of_this_name")
    ran = pytester.runpytest_subprocess("-n2", pytester.path)
    read = [(pytester.path / worker).read_text().split() for worker in ("gw0", "gw1")]
    assert read == [["test_a", "test_b", "test_c", "test_d"], ["test_c", "test_d", "test_a", "test_b"]]
    assert "No module named 'nothing_of_this_name'" in ran.stdout.str(), "what cannot be read is told of"
