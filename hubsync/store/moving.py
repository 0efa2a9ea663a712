"""Moving rows from SQLite to PostgreSQL: every table as it is, in one transaction of the target.

COPY takes texts, and PostgreSQL reads from them what SQLite keeps: booleans as 0 and 1, JSON and times as texts.
So no value is read and written anew on the way, and a word that another version stored goes along.
https://www.postgresql.org/docs/current/sql-copy.html
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Table, create_engine, func, inspect, select
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import SQLAlchemyError

from hubsync.store.sealed import sealed_columns
from hubsync.store.tables import METADATA

_PIECE = 1_000


class CannotMove(Exception):
    """The target cannot be used or does not take a row; the message names tables and columns, never a value."""


@contextmanager
def target_of(address: str) -> Iterator[Connection]:
    """A connection to the PostgreSQL database at *address*; all that is done with it is committed at the end.

    Raises CannotMove when it is none, does not answer, or has tables already.
    """
    engine = create_engine(address, hide_parameters=True)
    try:
        if make_url(address).get_backend_name() != "postgresql":
            raise CannotMove("the address is not one of PostgreSQL")
        with engine.begin() as connection:
            if tables := inspect(connection).get_table_names():
                raise CannotMove(f"it is not empty: it has {len(tables)} tables, such as {sorted(tables)[0]}")
            yield connection
    except SQLAlchemyError as fault:
        raise CannotMove(_primary(getattr(fault, "orig", None)) or type(fault).__name__) from None
    finally:
        engine.dispose()


def copy_rows(source: sqlite3.Connection, target: Connection) -> dict[str, int]:
    """Copy every row of every table, and let new rows have ids after the last one; how many rows each table has.

    Raises CannotMove when a row is not taken, or when a table has not as many rows as its source afterwards.
    """
    counts = {}
    for table in METADATA.sorted_tables:
        _copy(source, target, table)
        _set_sequence(target, table)
        counts[table.name] = target.scalar(select(func.count()).select_from(table)) or 0
        wanted = source.execute(f'SELECT count(*) FROM "{table.name}"').fetchone()[0]  # noqa: S608
        if counts[table.name] != wanted:
            raise CannotMove(f"{table.name} has {counts[table.name]} rows and should have {wanted}")
    return counts


def read_sealed(target: Connection) -> Iterator[str]:
    """Every sealed text of the target."""
    for column in sealed_columns():
        yield from target.scalars(select(column).where(column != ""))


def _copy(source: sqlite3.Connection, target: Connection, table: Table) -> None:
    names = [column.name for column in table.columns]
    chosen = ", ".join(f'"{name}"' for name in names)
    rows = source.execute(f'SELECT {chosen} FROM "{table.name}"')  # noqa: S608
    into = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names))
    )
    driver: psycopg.Connection[Any] = target.connection.driver_connection  # type: ignore[assignment]
    try:
        with driver.cursor() as cursor, cursor.copy(into) as copy:
            while piece := rows.fetchmany(_PIECE):
                for row in piece:
                    copy.write_row(row)
    except (psycopg.Error, UnicodeError) as fault:
        raise CannotMove(f"{table.name} is not taken: {_primary(fault)}{_column(fault)}") from None


def _set_sequence(target: Connection, table: Table) -> None:
    for column in table.primary_key:
        sequence = target.scalar(select(func.pg_get_serial_sequence(table.name, column.name)))
        last = target.scalar(select(func.max(column))) if sequence else None
        if last is not None:
            target.execute(select(func.setval(sequence, last)))


def _primary(fault: BaseException | None) -> str:
    """What PostgreSQL says of *fault*, without the row that it happened to."""
    said = getattr(getattr(fault, "diag", None), "message_primary", None)
    if said:
        return str(said)
    return str(fault).splitlines()[0] if isinstance(fault, psycopg.OperationalError) else type(fault).__name__


def _column(fault: BaseException) -> str:
    context = getattr(getattr(fault, "diag", None), "context", None) or ""
    found: re.Match[str] | None = re.match(r"COPY \w+, line \d+, column (\w+)", context)
    return f" (column {found[1]})" if found else ""
