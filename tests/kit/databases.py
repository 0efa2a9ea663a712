"""The databases that tests run on: SQLite in a file of its own, and PostgreSQL where one is at hand.

``TEST_DATABASE_URI`` names a PostgreSQL server and a superuser of it, such as
``postgresql://postgres@/postgres?host=/run/postgresql``. With ``HUBSYNC_TEST_DATABASE=postgresql`` every test runs
on it that does not ask for SQLite: see ``tests/kit/on_postgresql.py``.

A worker's tests share one database, which `Server.emptied` gives to each as if it were new: making one takes more
than most tests. Only tables with a row are emptied, every sequence begins anew. One whose tables a test changed
is made again. Several workers at once want more connections than the 100 that a server takes by itself; `.ci/run`
allows 300.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import NullPool, create_engine, make_url

USUAL = os.environ.get("HUBSYNC_TEST_DATABASE", "sqlite")
"""What tests run on that do not say."""
BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


# Threads and processes that a test left behind may still be connected; they go first, and with them their locks.
EMPTYING = """
CREATE SCHEMA of_tests;
CREATE TABLE of_tests.changes (command text);
CREATE FUNCTION of_tests.note_change() RETURNS event_trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO of_tests.changes VALUES (tg_tag);
END $$;
DO $$
DECLARE
    emptying text; -- written out, so that the statements are planned once for all tests
BEGIN
    SELECT string_agg(format('IF EXISTS (SELECT 1 FROM %1$I) THEN DELETE FROM %1$I; END IF;', tablename), ' ')
        INTO emptying FROM pg_tables WHERE schemaname = 'public';
    EXECUTE format('CREATE FUNCTION of_tests.empty_tables() RETURNS void LANGUAGE plpgsql AS %L',
        'BEGIN ' || emptying || ' END');
END $$;
CREATE FUNCTION of_tests.make_empty() RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_terminate_backend(pid, 5000) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid();
    IF EXISTS (SELECT 1 FROM of_tests.changes) THEN RETURN false; END IF;
    PERFORM of_tests.empty_tables();
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, 1, false)
        FROM pg_sequences WHERE schemaname = 'public' AND last_value IS NOT NULL;
    RETURN true;
END $$;
CREATE EVENT TRIGGER note_change ON ddl_command_end EXECUTE FUNCTION of_tests.note_change();
CREATE EVENT TRIGGER note_drop ON sql_drop EXECUTE FUNCTION of_tests.note_change();
"""


class Server:
    """A PostgreSQL server; new databases are copies of one that has all tables."""

    def __init__(self, uri: str) -> None:
        self._admin = make_url(uri).set(drivername="postgresql")
        self._with_tables = self._new_name()
        self._tell("CREATE DATABASE {}", self._with_tables)
        from hubsync.store.tables import METADATA

        engine = create_engine(self.uri_of(self._with_tables, driver="postgresql+psycopg"))
        METADATA.create_all(engine)
        engine.dispose()
        with psycopg.connect(self.uri_of(self._with_tables), autocommit=True) as connection:
            connection.execute(EMPTYING)
        self._own = self._new_name()
        self._emptying: psycopg.Connection[Any] | None = None

    def close(self) -> None:
        self._drop_own()
        self._tell("DROP DATABASE {} WITH (FORCE)", self._with_tables)

    def emptied(self) -> str:
        """The address of the one database that all tests of a worker share, with all tables and without a row."""
        if self._emptying is not None:
            if self._empty(self._emptying):
                return self.uri_of(self._own)
            self._drop_own()
        self._tell("CREATE DATABASE {} TEMPLATE {}", self._own, self._with_tables)
        self._emptying = psycopg.connect(self.uri_of(self._own), autocommit=True)
        # No foreign key is looked at, and nothing cascades. Set for each emptying, it would throw away all plans.
        self._emptying.execute("SET session_replication_role = replica")
        return self.uri_of(self._own)

    @staticmethod
    def _empty(connection: psycopg.Connection[Any]) -> bool:
        """Whether the database is empty now; not one whose tables were changed."""
        row = connection.execute("SELECT of_tests.make_empty()").fetchone()
        return row is not None and bool(row[0])

    def _drop_own(self) -> None:
        if self._emptying is not None:
            self._emptying.close()
            self._tell("DROP DATABASE {} WITH (FORCE)", self._own)

    @contextmanager
    def database(self, *, tables: bool = True) -> Iterator[str]:
        """The address of a new database, with all tables or empty; it is gone afterwards."""
        name = self._new_name()
        if tables:
            self._tell("CREATE DATABASE {} TEMPLATE {}", name, self._with_tables)
        else:
            self._tell("CREATE DATABASE {}", name)
        try:
            yield self.uri_of(name)
        finally:
            self._tell("DROP DATABASE {} WITH (FORCE)", name)

    def uri_of(self, name: str, driver: str = "postgresql") -> str:
        return self._admin.set(database=name, drivername=driver).render_as_string(hide_password=False)

    def _tell(self, statement: str, *names: str) -> None:
        uri = self._admin.render_as_string(hide_password=False)
        with psycopg.connect(uri, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))

    def _new_name(self) -> str:
        return f"hubsync_test_{secrets.token_hex(6)}"


class Looking:
    """Looks into a database from beside the product, which keeps no connection open between two looks."""

    def __init__(self, uri: str) -> None:
        url = make_url(uri)
        if url.get_backend_name() == "postgresql":
            url = url.set(drivername="postgresql+psycopg")
        self._engine = create_engine(url, poolclass=NullPool)
        self._placeholder = "%s" if url.get_backend_name() == "postgresql" else "?"

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What *query* finds; each ``?`` in it is one of the *values*."""
        with self._engine.connect() as connection:
            found = connection.exec_driver_sql(query.replace("?", self._placeholder), values)
            return [tuple(row) for row in found]


@contextmanager
def server() -> Iterator[Server]:
    """The server that the environment names; without one the test is skipped, or fails where it is required."""
    uri = os.environ.get("TEST_DATABASE_URI", "")
    if not uri:
        reason = "TEST_DATABASE_URI names no PostgreSQL server"
        if os.environ.get("HUBSYNC_POSTGRES") == "required":
            pytest.fail(f"{reason}, and HUBSYNC_POSTGRES=required")
        pytest.skip(reason)
    made = Server(uri)
    try:
        yield made
    finally:
        made.close()
