"""New rows written by one statement each, for what every booking writes."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, partial
from typing import Any, cast

from sqlalchemy import Column, Insert, Row, Table, insert
from sqlalchemy.orm import Session, make_transient_to_detached
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.orm.util import identity_key

from hubsync.store import Base, run


def insert_row(session: Session, row: Base) -> None:
    """Write a new *row* by one statement of its table; the session has it from then on, as it was written.

    For what every booking writes: a flush first finds out what depends on what. What *row* belongs to is there
    already, and its key is named by an id.
    """
    statement, columns = _insert_into(row.__table__)
    given = row.__dict__
    for name, default in columns:
        if name not in given:
            given[name] = default()
    inserted = run(session, statement, {name: given[name] for name, _ in columns})
    set_committed_value(row, "id", cast("Row[Any]", inserted.inserted_primary_key).id)
    make_transient_to_detached(row)
    former = session.identity_map.get(identity_key(instance=row))
    if former is not None:  # of a row that is gone, whose id SQLite gave once more
        session.expunge(former)
    session.add(row)


@cache
def _insert_into(table: Table) -> tuple[Insert, list[tuple[str, Callable[[], Any]]]]:
    """The statement, and the columns with what makes their value where none is given."""
    return insert(table), [(each.key, _default_of(each)) for each in table.columns if not each.primary_key]


def _default_of(column: Column[Any]) -> Callable[[], Any]:
    default: Any = column.default
    if default is None:
        return lambda: None
    return partial(default.arg, None) if default.is_callable else lambda: default.arg
