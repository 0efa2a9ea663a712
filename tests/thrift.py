"""What a worker of the test run makes once instead of once for each app: every test has an app of its own.

Loaded by ``tests/conftest.py``. Nothing here changes what an app does: templates and the addresses of routes are
compiled once for each text, tables are copied from a file that has them, and SQLite does not wait for the disk,
which only matters when the power fails. A test that is about that asks for the fixture `durable`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine, event
from sqlalchemy.engine import Engine
from werkzeug.routing import Rule

from hubsync.store import db


class CompiledTemplates(BytecodeCache):
    """Every template's code, kept for the app of the next test; Jinja proves by its text that it is the same."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._kept[bucket.key, bucket.checksum] = bucket.code


class CompiledRule(Rule):
    """A route whose address builders are compiled once for all rules that look the same."""

    _kept: dict[Hashable, Callable[..., tuple[str, str]]] = {}  # noqa: RUF012 - for all of them

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if self.defaults:
            return super()._compile_builder(append_unknown)
        looks = (self.rule, tuple(self._trace), append_unknown)
        if looks not in self._kept:
            self._kept[looks] = super()._compile_builder(append_unknown)
        return self._kept[looks]


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


class Tables:
    """A SQLite database with all tables and no rows, as the bytes of its file."""

    _file: bytes = b""

    @classmethod
    def give(cls, app: Flask) -> None:
        """Make all tables in the app's empty database."""
        with app.app_context():
            name = db.engine.url.database
            if db.engine.dialect.name != "sqlite" or not name or name == ":memory:":
                db.create_all()
                return
        if not cls._file:
            cls._file = _with_tables()
        Path(name).write_bytes(cls._file)


def _with_tables() -> bytes:
    from hubsync.store.tables import Base

    with TemporaryDirectory() as folder:
        file = Path(folder) / "with_tables.sqlite3"
        engine = create_engine(f"sqlite:///{file}")
        Base.metadata.create_all(engine)
        engine.dispose()
        return file.read_bytes()


def pytest_configure(config: pytest.Config) -> None:
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": CompiledTemplates()}
    Flask.url_rule_class = CompiledRule
