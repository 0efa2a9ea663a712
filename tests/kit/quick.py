"""What makes apps of tests quick without changing what they do. Loaded by ``tests/conftest.py``.

A template is compiled once for all apps of a worker, and SQLite does not wait for the disk, which only matters
when the power fails. A test that is about that asks for the fixture `durable`. Property-based tests play fewer
examples in the quick part than in the whole.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from hypothesis import settings
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import event
from sqlalchemy.engine import Engine


class CompiledTemplates(BytecodeCache):
    """Jinja's cache in memory; Jinja proves by a checksum that the template is the same."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


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
