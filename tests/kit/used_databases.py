"""Which databases tests use: what this process asks, and what a process is told that a test starts."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine

USED: set[str] = set()
"""Their kinds, since somebody emptied it."""


def watch() -> None:
    """Note the kind of each database that is asked in this process from now on, but for those in memory."""
    event.listen(Engine, "engine_connect", _note)


def note_settings(settings: Mapping[str, str]) -> None:
    """Note the database that a process with these settings uses, but for one in memory."""
    uri = settings.get("SQLALCHEMY_DATABASE_URI", "")
    if uri not in ("", "sqlite://"):
        USED.add(uri.partition(":")[0].partition("+")[0])


def _note(connection: Connection) -> None:
    if connection.engine.url.database not in (None, "", ":memory:"):
        USED.add(connection.dialect.name)
