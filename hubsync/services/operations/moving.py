"""Moving an installation from SQLite to PostgreSQL: all of it or nothing, with counts compared."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sqlalchemy.engine import Connection

from hubsync.errors import Refused
from hubsync.services import tools
from hubsync.services.operations.backups import database_place
from hubsync.services.operations.sole_access import alone_with
from hubsync.store import backup_file, db
from hubsync.store.moving import CannotMove, copy_rows, read_sealed, target_of
from hubsync.store.sealed_text import Sealed


@dataclass(frozen=True)
class Moved:
    """How many rows each table has, how many sealed values there are and how many of them the keys open."""

    counts: dict[str, int]
    sealed: int
    opened: int


def move_to_postgresql(address: str, revision: str | None, migrate: Callable[[Connection], None]) -> Moved:
    """Copy the database in use, which stays as it is, into the empty PostgreSQL database at *address*.

    *migrate* makes the tables of *revision*, this HubSync's. Everything is one transaction of the target: it has
    all of it or nothing, also when this is killed. Raises Refused.
    """
    place = database_place()
    db.engine.dispose()
    with alone_with(place) as source:
        if source is None:
            raise Refused(f"There is no database that can be moved at {place}.")
        _check(source, revision)
        try:
            with target_of(address) as target:
                migrate(target)
                counts = copy_rows(source, target)
                moved = Moved(counts, *_count_opened(read_sealed(target)))
                if (moved.sealed, moved.opened) != _count_opened(backup_file.read_sealed(source)):
                    raise CannotMove("sealed values do not open there as they do here")
                return moved
        except CannotMove as fault:
            raise Refused(f"Nothing was moved to the target: {fault}.") from fault


def _check(source: sqlite3.Connection, revision: str | None) -> None:
    if backup_file.read_revision(source) != revision:
        raise Refused("The database is of another version than this HubSync. Run `flask db upgrade` first.")
    broken = source.execute("PRAGMA foreign_key_check").fetchone()
    if broken is not None:
        found = f"{broken[0]} {broken[1]} refers to a row that is not there"
        raise Refused(f"The database is damaged: {found}.")


def _count_opened(texts: Iterable[str]) -> tuple[int, int]:
    vault = tools().vault
    opened = [vault.can_open(Sealed(each)) for each in texts]
    return len(opened), sum(opened)
