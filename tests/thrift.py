"""What a worker of the test run makes once instead of once for each app: every test has an app of its own.

Loaded by ``tests/conftest.py``. Nothing here changes what an app does: templates and the addresses of routes are
compiled once for each text, tables are copied from a file that has them, and SQLite does not wait for the disk,
which only matters when the power fails. A test that is about that asks for the fixture `durable`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from types import CodeType
from typing import Any, ClassVar

import pytest
from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from sqlalchemy import create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import Engine
from sqlalchemy.util import LRUCache
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
    """A route that is compiled once for all apps that have one with the same address."""

    _kept: ClassVar[dict[Hashable, tuple[dict[str, Any], Any, Any]]] = {}

    def compile(self) -> None:
        assert self.map is not None
        if self.defaults or self.host or self.subdomain or self.map.host_matching:
            super().compile()
            return
        looks = (self.rule, self.merge_slashes, *self.map.converters.items())
        if looks not in self._kept:
            super().compile()
            read = {name: getattr(self, name) for name in ("_parts", "_trace", "_converters", "arguments")}
            self._kept[looks] = read, self._build.__func__, self._build_unknown.__func__  # type: ignore[attr-defined]
            return
        read, build, build_unknown = self._kept[looks]
        vars(self).update(read)
        self._build, self._build_unknown = build.__get__(self), build_unknown.__get__(self)


class CompiledStatements(SQLiteDialect_pysqlite):
    """SQLite, with one store of compiled statements for the engines of all apps."""

    supports_statement_cache = True
    _kept: ClassVar[LRUCache[Any, Any]] = LRUCache(5000)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self)

    def __hash__(self) -> int:
        return hash(type(self))

    @classmethod
    def engine_created(cls, engine: Engine) -> None:
        engine.update_execution_options(compiled_cache=cls._kept)


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
    registry.register("sqlite", __name__, CompiledStatements.__name__)
