"""Health check: whether the database answers."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from hubsync.store import db, end_read


def database_answers() -> bool:
    """Whether the database answers a question and has our tables."""
    try:
        db.session.execute(text("SELECT 1 FROM teams LIMIT 1"))
        end_read()
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return True
