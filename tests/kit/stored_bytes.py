"""Everything that a database holds, for tests that look for what must not be there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from hubsync.store import db


def everything_stored(app: Flask) -> bytes:
    """The bytes of the SQLite file, whose connections are closed before, or every row on PostgreSQL."""
    with app.app_context():
        if db.engine.dialect.name == "postgresql":
            return _rows()
        db.session.remove()
        db.engine.dispose()
    file = Path(app.instance_path) / "hubsync.sqlite3"
    with closing(sqlite3.connect(file)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return file.read_bytes()


def _rows() -> bytes:
    with db.engine.connect() as connection:
        tables = connection.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        found = [row for each in tables for row in connection.scalars(text(f'SELECT t::text FROM "{each}" t'))]
    return "\n".join([*tables, *found]).encode()
