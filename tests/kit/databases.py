"""The databases that tests run on: SQLite in a file of its own, and PostgreSQL where one is at hand.

``TEST_DATABASE_URI`` names a PostgreSQL server and a role that may create databases, such as
``postgresql://postgres@/postgres?host=/run/postgresql``. Every test gets a new database on it.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import create_engine, make_url

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.slow))


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

    def close(self) -> None:
        self._tell("DROP DATABASE {} WITH (FORCE)", self._with_tables)

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
