"""Rows of every table of a database, made from its columns alone, whatever migration it has reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Float,
    Integer,
    MetaData,
    String,
    Table,
    select,
)

from hubsync.store.columns import EnumText
from hubsync.store.tables import METADATA

START = datetime(2026, 3, 1, 12, 30, 15, 250_000)
Rows = dict[str, dict[Any, dict[str, Any]]]
"""By table and key, what stands in each column."""


def reflect(connection: Connection) -> MetaData:
    """The tables as they are in the database now, without Alembic's own."""
    found = MetaData()
    found.reflect(connection, only=lambda name, _: name != "alembic_version")
    return found


def add_rows(connection: Connection, tables: MetaData, number: int) -> dict[str, int]:
    """Add one row to each table, the *number*th; those of one number refer to each other. Its id by table."""
    ids: dict[str, int] = {}
    for table in tables.sorted_tables:
        values = {each.name: _value(each, number, ids) for each in table.columns if not _is_own_key(each)}
        result = connection.execute(table.insert().values(values))
        ids[table.name] = (result.inserted_primary_key or (0,))[0]
    return ids


def read_rows(connection: Connection, tables: MetaData) -> Rows:
    """Every row of every table."""
    return {table.name: dict(_read(connection, table)) for table in tables.sorted_tables}


def _read(connection: Connection, table: Table) -> Iterator[tuple[Any, dict[str, Any]]]:
    keys = [each.name for each in table.primary_key]
    for row in connection.execute(select(table)).mappings():
        yield tuple(row[each] for each in keys), dict(row)


def _is_own_key(column: Column[Any]) -> bool:
    """Whether the database numbers the rows itself, which it does not in a table of one row alone."""
    known = METADATA.tables.get(column.table.name)
    if known is not None and column.name in known.columns and known.columns[column.name].autoincrement is False:
        return False
    return column.primary_key and not column.foreign_keys and isinstance(column.type, Integer)


def _value(column: Column[Any], number: int, ids: Mapping[str, int]) -> Any:
    """What stands in *column* of the *number*th row: what the code could have written there, as far as known."""
    for key in column.foreign_keys:
        return ids.get(key.column.table.name)
    table = METADATA.tables.get(column.table.name)
    known = table.columns.get(column.name) if table is not None else None
    if known is not None and isinstance(known.type, EnumText):
        return list(known.type.words)[number % len(known.type.words)].value
    kind = column.type
    if isinstance(kind, DateTime):
        return START + timedelta(hours=number)
    if isinstance(kind, Date):
        return (START + timedelta(days=number)).date()
    if isinstance(kind, Boolean):
        return number % 2 == 0
    if isinstance(kind, JSON):
        default = getattr(known.default, "arg", None) if known is not None else None
        return default(None) if callable(default) else []
    if isinstance(kind, Integer | Float):
        return number
    if isinstance(kind, Float):
        return float(number)
    assert isinstance(kind, String), column
    if "email" in column.name:
        return f"r{number}@acme.example"
    if "zone" in column.name:
        return "Asia/Tokyo"
    return f"{column.name} {number} Käthe 佐藤"[: kind.length]
