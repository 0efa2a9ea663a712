"""The database of the matrix's app, and the way back to how it was at the beginning, on SQLite and PostgreSQL."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any, Protocol

import psycopg
from psycopg import sql
from sqlalchemy import Engine


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
            return {table: _digest_of_file(database, table) for (table,) in tables}


KEEPING = """
CREATE SCHEMA beginning;
CREATE FUNCTION beginning.keep() RETURNS void LANGUAGE plpgsql AS $$
DECLARE each text;
BEGIN
    FOR each IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'CREATE TABLE beginning.' || each || ' AS TABLE public.' || each;
    END LOOP;
    CREATE TABLE beginning."last values" AS
        SELECT sequencename, last_value FROM pg_sequences WHERE schemaname = 'public';
END $$;
CREATE FUNCTION beginning.restore() RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    each text;
    filled boolean;
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid() AND state <> 'idle'; -- whoever holds locks
    SET LOCAL session_replication_role = replica; -- no foreign key is looked at, and nothing cascades
    FOR each IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'SELECT EXISTS (SELECT 1 FROM public.' || each || ')' INTO filled;
        IF filled THEN EXECUTE 'DELETE FROM public.' || each; END IF;
        EXECUTE 'INSERT INTO public.' || each || ' SELECT * FROM beginning.' || each;
    END LOOP;
    PERFORM setval(format('public.%I', sequencename)::regclass, coalesce(last_value, 1), last_value IS NOT NULL)
        FROM beginning."last values";
END $$;
SELECT beginning.keep();
"""


class PostgresqlDatabase:
    """Keeps the beginning as tables in another schema: a copy of the whole database takes fifty times as long."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        engine.dispose()
        url = engine.url.set(drivername="postgresql").render_as_string(hide_password=False)
        self._beside = psycopg.connect(url, autocommit=True)
        self._beside.execute(KEEPING)
        self._unchanged = self._version()

    def close(self) -> None:
        self._beside.close()

    def restore(self) -> None:
        if self._version() != self._unchanged:
            self._engine.dispose()
            self._beside.execute("SELECT beginning.restore()")
            self._unchanged = self._version()

    def contents(self) -> dict[str, str]:
        tables = self._beside.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        return {table: self._digest(table) for (table,) in tables}

    def _digest(self, table: str) -> str:
        found = self._beside.execute(sql.SQL("SELECT * FROM public.{} ORDER BY 1").format(sql.Identifier(table)))
        return _digest([column.name for column in found.description or ()], found)

    def _version(self) -> str:
        """The end of the server's log: another one after every commit that changed something, anywhere on it."""
        return str(self._beside.execute("SELECT pg_current_wal_insert_lsn()").fetchone())


def _digest_of_file(database: sqlite3.Connection, table: str) -> str:
    cursor = database.execute(f'SELECT * FROM "{table}" ORDER BY 1')
    return _digest([column[0] for column in cursor.description], cursor)


def _digest(names: list[str], rows: Iterable[Any]) -> str:
    kept = [index for index, name in enumerate(names) if name != "last_seen_at"]
    told = sorted(repr([row[index] for index in kept]) for row in rows)  # of equals PostgreSQL has any first
    return hashlib.sha256(repr(told).encode()).hexdigest()
