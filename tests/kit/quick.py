"""What makes apps of tests quick without changing what they do. Loaded by ``tests/conftest.py``.

Templates and the rules of addresses are compiled once for all apps of a worker, and SQLite does not wait for the
disk, which only matters when the power fails. A test that is about that asks for the fixture `durable`.
In the quick part property-based tests play fewer examples than in the whole, those with `quick_cases` fewer cases.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterator
from types import CodeType
from typing import Any, ClassVar

import pytest
from flask import Flask
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule


class CompiledTemplates(BytecodeCache):
    """Jinja's cache in memory; Jinja proves by a checksum that the template is the same."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


class CompiledRule(Rule):
    """A rule that builds its addresses as the same rule of another app does; compiling that takes an app longest.

    What Werkzeug compiles is a function that is called with the rule, so equal parts are all that it must have.
    """

    _kept: ClassVar[dict[Hashable, Callable[..., tuple[str, str]]]] = {}

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        key = (self.rule, append_unknown, tuple(self._trace))
        if key not in self._kept:
            self._kept[key] = super()._compile_builder(append_unknown)
        return self._kept[key]


class Sync:
    """Whether SQLite waits for the disk at each commit, as the product has it."""

    waits = False


@event.listens_for(Engine, "connect")
def _do_not_wait(dbapi: Any, record: Any) -> None:
    if not Sync.waits and isinstance(dbapi, sqlite3.Connection):
        dbapi.execute("PRAGMA synchronous=OFF")


@pytest.fixture
def durable() -> Iterator[None]:
    """Databases are written as in the product: no commit ends before the disk has it."""
    Sync.waits = True
    yield
    Sync.waits = False


def pytest_configure(config: pytest.Config) -> None:
    # The same examples on every machine, and no folder of remembered ones; the quick part plays some of them.
    examples = 25 if config.option.markexpr == "not slow" else 100
    settings.register_profile("stable", derandomize=True, deadline=None, database=None, max_examples=examples)
    settings.load_profile("stable")
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
    Flask.url_rule_class = CompiledRule


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Let so many of a test's cases be quick as its `quick_cases` says, from the first to the last of them."""
    cases: dict[tuple[pytest.Item, str], list[pytest.Item]] = {}
    for item in items:
        if item.get_closest_marker("quick_cases") and not item.get_closest_marker("slow"):
            cases.setdefault((item.parent, item.originalname), []).append(item)  # type: ignore[attr-defined,arg-type]
    for of_one in cases.values():
        (most,) = of_one[0].get_closest_marker("quick_cases").args  # type: ignore[union-attr]
        quick = {round(number * (len(of_one) - 1) / (most - 1)) for number in range(most)}
        for number, item in enumerate(of_one):
            if number not in quick:
                item.add_marker(pytest.mark.slow)
