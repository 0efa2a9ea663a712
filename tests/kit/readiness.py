"""What `/readyz` looks at in a database of tests, which no migration has made."""

from __future__ import annotations

from sqlalchemy import text

from hubsync.store import db


def stamp(revision: str | None) -> None:
    """Let the app's database be as if it had been migrated to *revision*."""
    db.session.execute(text("CREATE TABLE IF NOT EXISTS alembic_version (version_num VARCHAR(32))"))
    db.session.execute(text("DELETE FROM alembic_version"))
    db.session.execute(text("INSERT INTO alembic_version VALUES (:revision)"), {"revision": revision})
    db.session.commit()
