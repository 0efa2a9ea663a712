"""The database of the matrix's app, and the way back to how it was at the beginning, on SQLite and PostgreSQL."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Protocol

import psycopg
from psycopg import sql
from sqlalchemy import Engine, make_url


class MatrixDatabase(Protocol):
    """What was there when it was made is the beginning."""

    def restore(self) -> None:
        """Back to the beginning, if anything was written since."""

    def contents(self) -> dict[str, str]:
        """A digest of every table; when a session was last seen is left out."""

    def close(self) -> None: ...


class SqliteFile:
    """Keeps the beginning in memory."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._beginning = sqlite3.connect(":memory:")
        with closing(sqlite3.connect(file)) as database:
            database.backup(self._beginning)
        self._looking = sqlite3.connect(file)
        self._unchanged = self._version()
        self._contents = self._digests()

    def close(self) -> None:
        self._looking.close()
        self._beginning.close()

    def restore(self) -> None:
        if self._version() != self._unchanged:
            with closing(sqlite3.connect(self._file)) as database:
                database.execute("PRAGMA synchronous=OFF")
                self._beginning.backup(database)
            self._unchanged = self._version()

    def contents(self) -> dict[str, str]:
        return self._contents if self._version() == self._unchanged else self._digests()

    def _version(self) -> int:
        """A number that is another one after every commit that changed something."""
        return int(self._looking.execute("PRAGMA data_version").fetchone()[0])

    def _digests(self) -> dict[str, str]:
        with closing(sqlite3.connect(self._file)) as database:
            tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            return {table: _digest(database, table) for (table,) in tables}


class PostgresqlDatabase:
    """Keeps the beginning as a database that others are copies of."""

    def __init__(self, engine: Engine, admin: str) -> None:
        self._engine = engine
        self._own = str(engine.url.database)
        self._kept = f"{self._own}_beginning"
        self._admin = psycopg.connect(
            make_url(admin).set(drivername="postgresql").render_as_string(hide_password=False), autocommit=True
        )
        engine.dispose()
        self._tell("CREATE DATABASE {} TEMPLATE {}", self._kept, self._own)
        self._unchanged = self._version()

    def close(self) -> None:
        self._tell("DROP DATABASE {} WITH (FORCE)", self._kept)
        self._admin.close()

    def restore(self) -> None:
        if self._version() != self._unchanged:
            self._engine.dispose()
            self._tell("DROP DATABASE {} WITH (FORCE)", self._own)
            self._tell("CREATE DATABASE {} TEMPLATE {}", self._own, self._kept)
            self._unchanged = self._version()

    def contents(self) -> dict[str, str]:
        raise NotImplementedError("the matrix itself is looked at on SQLite")

    def _version(self) -> str:
        """The end of the server's log: another one after every commit that changed something, anywhere on it."""
        return str(self._admin.execute("SELECT pg_current_wal_insert_lsn()").fetchone())

    def _tell(self, statement: str, *names: str) -> None:
        self._admin.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))


def _digest(database: sqlite3.Connection, table: str) -> str:
    cursor = database.execute(f'SELECT * FROM "{table}" ORDER BY 1')
    names = [column[0] for column in cursor.description]
    kept = [index for index, name in enumerate(names) if name != "last_seen_at"]
    rows = [[row[index] for index in kept] for row in cursor]
    return hashlib.sha256(repr(rows).encode()).hexdigest()
