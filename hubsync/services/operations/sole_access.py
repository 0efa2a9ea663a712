"""Sole access to a database on SQLite, for commands that nobody may work beside."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hubsync.errors import Refused

LOCK_SECONDS = 2.0


@contextmanager
def alone_with(database: Path) -> Iterator[sqlite3.Connection | None]:
    """The database, which no other process has open or can open meanwhile; None where none can be read.

    With this locking mode the lock is kept, and while another connection is open there is none to be had.
    https://www.sqlite.org/pragma.html#pragma_locking_mode
    Raises Refused while a process has it open.
    """
    if not database.exists() or not database.stat().st_size:
        yield None
        return
    with closing(sqlite3.connect(database, isolation_level=None, timeout=LOCK_SECONDS)) as present:
        try:
            present.execute("PRAGMA locking_mode=EXCLUSIVE")
            present.execute("BEGIN EXCLUSIVE")
            present.execute("COMMIT")
            present.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError as fault:
            raise Refused(
                f"A process has the database open ({fault}). Stop HubSync, and run this again."
            ) from fault
        except sqlite3.DatabaseError:
            present.close()
            yield None
            return
        yield present
