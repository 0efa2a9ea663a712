"""The database: connections, and transactions for reading and for writing.

Reading needs nothing special. Everything that may write runs inside :func:`write_transaction`, and everything that
talks to HubSpot or a mail server runs outside any transaction: call :func:`end_read` first.

The SQLite recipe (WAL, synchronous FULL, BEGIN IMMEDIATE for units that write) is there because SQLAlchemy's
defaults lose updates silently: the legacy sqlite3 driver opens no transaction before a SELECT.
https://docs.sqlalchemy.org/en/21/dialects/sqlite.html#pysqlite-serializable
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar, cast
from weakref import WeakKeyDictionary

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import CursorResult, Executable, MetaData, Table, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.orm import DeclarativeBase, Session, registry

from hubsync.store.sealed_text import Sealed, SealedText

# Alembic's batch mode drops constraints by name on SQLite, so every constraint needs one.
# https://alembic.sqlalchemy.org/en/latest/naming.html
NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

# serialization_failure and deadlock_detected
_CONFLICTS = ("40001", "40P01")
Result = TypeVar("Result")


class Base(DeclarativeBase):
    """Every table of ours."""

    registry = registry(metadata=MetaData(naming_convention=NAMING), type_annotation_map={Sealed: SealedText})
    if TYPE_CHECKING:  # a class of ours is mapped to a table, never to a join or a subquery
        __table__: ClassVar[Table]


class _Database(SQLAlchemy):
    """Connections for as many threads as serve."""

    def _apply_driver_defaults(self, options: dict[str, Any], app: Flask) -> None:
        super()._apply_driver_defaults(options, app)
        if "poolclass" not in options:  # a database in memory has one connection
            # Those above the pool's size are opened and closed each time; the one used last has the warmest cache.
            options.update(pool_size=12, max_overflow=20, pool_use_lifo=True)


# Rows stay readable after a commit: pages and services go on showing what was just written.
# SQLAlchemy's errors repeat the values of the statement, which are guests' answers, so they are hidden.
db = _Database(
    model_class=Base, session_options={"expire_on_commit": False}, engine_options={"hide_parameters": True}
)


# secure_delete: what is erased of a guest is overwritten in the file, not only marked as free.
# https://sqlite.org/pragma.html#pragma_secure_delete
_PRAGMAS = ("busy_timeout=5000", "journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "secure_delete=ON")


@event.listens_for(Engine, "connect")
def _set_up_sqlite(dbapi: Any, record: Any) -> None:
    if type(dbapi).__module__ != "sqlite3":
        return
    dbapi.isolation_level = None  # SQLAlchemy says BEGIN (below); sqlite3 would say it too late
    cursor = dbapi.cursor()
    for pragma in _PRAGMAS:
        cursor.execute("PRAGMA " + pragma)
    cursor.close()


@event.listens_for(Engine, "begin")
def _begin_sqlite(connection: Connection) -> None:
    if connection.dialect.name == "sqlite":
        kind = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {kind}")


_turns: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()
TURN_SECONDS = 5.0
_AFTER_COMMIT, _IF_GIVEN_UP = "after_commit", "if_given_up"


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """Let this process's threads write to SQLite one after the other.

    SQLite lets those that find the lock taken sleep, up to 100 ms at a time, and wakes nobody when it is free:
    with twenty threads most of the waiting is for nothing. Other processes are waited for as SQLite does it.
    Whoever gets no turn in time leaves it to SQLite as well, which says that the database is locked.
    https://www.sqlite.org/c3ref/busy_timeout.html
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    turn = _turns.setdefault(engine, threading.Lock())
    mine = turn.acquire(timeout=TURN_SECONDS)
    try:
        yield
    finally:
        if mine:
            turn.release()


@contextmanager
def write_transaction() -> Iterator[Session]:
    """A transaction that writes: all of it is committed at the end, or nothing.

    On SQLite the write lock is taken at the beginning (a deferred transaction that reads first fails at once
    when somebody else wrote in between). An open reading transaction ends here and its rows are read afresh.
    Not to be nested.
    """
    session = db.session()
    if session.new or session.dirty or session.deleted or session.info.get("write_transaction"):
        raise RuntimeError("changes were made outside write_transaction(), or it was nested")
    session.rollback()
    with _turn(db.engine):
        session.expire_all()  # what was read before the lock may be old by now
        connection = session.connection(execution_options={"sqlite_begin": "IMMEDIATE"})
        session.info["write_transaction"] = connection
        try:
            yield session
            session.commit()
        except BaseException:
            session.info.pop(_AFTER_COMMIT, None)
            for call in session.info.get(_IF_GIVEN_UP, ()):
                call()
            session.rollback()
            raise
        finally:
            session.info.pop(_IF_GIVEN_UP, None)
            session.info.pop("write_transaction", None)
    for call in session.info.pop(_AFTER_COMMIT, ()):
        call()


def after_commit(session: Session, call: Callable[[], None]) -> None:
    """Have *call* done when what this unit of writing wrote is committed, and only then. It may not fail."""
    session.info.setdefault(_AFTER_COMMIT, []).append(call)


def if_given_up(session: Session, call: Callable[[], None]) -> None:
    """Have *call* done if this unit of writing comes to nothing. It may not fail."""
    session.info.setdefault(_IF_GIVEN_UP, []).append(call)


def changed(session: Session, statement: Executable, parameters: Any = None) -> int:
    """Execute an UPDATE or DELETE; return how many rows met its conditions."""
    return cast("CursorResult[Any]", session.execute(statement, parameters)).rowcount


def run(session: Session, statement: Executable, parameters: Any = None) -> CursorResult[Any]:
    """Execute a statement of tables, not of mapped classes, over the transaction's own connection.

    For what every delivery needs: the session would first ask which of its rows are concerned, which takes as long
    again. Nor are rows written before it that wait in the session: whoever reads them flushes first. Such
    statements are built once, at the head of their module: building one takes longer than running it.
    """
    connection: Connection | None = session.info.get("write_transaction")
    if connection is None or connection.closed:
        connection = session.connection()
    return connection.execute(statement, parameters)


def lock_in_order(session: Session, rows: Executable, parameters: Any = None) -> None:
    """Lock *rows*, a query ordered by id ``with_for_update``, before several of them are changed.

    An UPDATE locks its rows in whatever order it meets them; two that meet the same ones in another order wait for
    each other. On SQLite, where nobody else writes meanwhile, nothing is asked.
    https://www.postgresql.org/docs/current/explicit-locking.html#LOCKING-DEADLOCKS
    """
    if session.get_bind().dialect.name != "sqlite":
        session.execute(rows, parameters)


CONFLICTS_BORNE = 10
"""A unit that runs again finds what it met, so it meets each new row once. Most of them has a booking of a source:
its calendar, its own row and that of each of its three ids. As many again are for waits in a circle, of which the
database ends one so that the others go on."""


def retry_on_conflict(unit: Callable[[], Result]) -> Result:
    """Run a write transaction; again, `CONFLICTS_BORNE` times at most, where concurrent ones had it aborted.

    On PostgreSQL units run beside each other: two that write the same new row end with an error for one of them,
    which then finds what the other one wrote. So do two that wait for each other, which `lock_in_order` keeps from
    happening. Each time somebody else got on, so nobody is kept from it for ever. Any other fault shows again.
    https://www.postgresql.org/docs/current/errcodes-appendix.html
    """
    for _ in range(CONFLICTS_BORNE):
        try:
            return unit()
        except DBAPIError as fault:
            if not is_write_conflict(fault):
                raise
    return unit()


def is_write_conflict(fault: DBAPIError) -> bool:
    """Whether the database aborted a write transaction because of a concurrent one."""
    return isinstance(fault, IntegrityError) or getattr(fault.orig, "sqlstate", None) in _CONFLICTS


def end_read() -> None:
    """End an open read transaction; rows that were read stay readable."""
    session = db.session()
    if session.new or session.dirty or session.deleted:
        raise RuntimeError("changes were made outside write_transaction()")
    session.commit()


def refuse_open_transaction() -> None:
    """Raise when a transaction is open: nobody may hold one while waiting for HubSpot or a mail server."""
    if db.session().in_transaction():
        raise RuntimeError("a database transaction is open during a call to the outside")


def database_files() -> list[Path]:
    """The files that SQLite keeps the database in, whether they exist or not; none for another database."""
    name = db.engine.url.database
    if db.engine.dialect.name != "sqlite" or not name or name == ":memory:":
        return []
    return [Path(name + end) for end in ("", "-wal", "-shm")]
