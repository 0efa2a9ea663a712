"""Readiness: whether this process should get requests, and the installation does its background work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from time import monotonic

from flask import current_app
from sqlalchemy import func, select, text
from sqlalchemy.exc import SQLAlchemyError

from hubsync.config import settings
from hubsync.services import now
from hubsync.services.operations.health import database_answers
from hubsync.store import db, end_read
from hubsync.store.kept_numbers import BackgroundRound
from hubsync.store.migrations import newest_in

LATELY = timedelta(minutes=10)
"""A round may take that long where much is due; what is stuck for longer needs somebody."""
JUST_STARTED = timedelta(minutes=2)
_STARTED = monotonic()


@dataclass(frozen=True)
class Readiness:
    """What was looked at; *background* is None where another process does that work (HUBSYNC_SCHEDULER=off)."""

    database: bool
    migrations: bool
    background: bool | None

    @property
    def ready(self) -> bool:
        return self.database and self.migrations and self.background is not False


def read_readiness(running: timedelta | None = None) -> Readiness:
    """Look at the database, its migrations, and when background work was done last.

    *running* is for how long this process has been, by default as it is.
    """
    if not database_answers():
        return Readiness(database=False, migrations=False, background=False)
    migrated = _is_migrated()
    running = running or timedelta(seconds=monotonic() - _STARTED)
    works = (migrated and _works_behind(running)) if settings().scheduler else None
    return Readiness(database=True, migrations=migrated, background=works)


def newest_migration() -> str | None:
    """The migration that the database of this HubSync has to have; it does not change while a process runs."""
    return newest_in(str(current_app.extensions["migrate"].directory))


def _is_migrated() -> bool:
    try:
        present = set(db.session.scalars(text("SELECT version_num FROM alembic_version")))
        end_read()
    except SQLAlchemyError:
        db.session.rollback()
        return False
    return present == {newest_migration()}


def _works_behind(running: timedelta) -> bool:
    """A process that has just started need not have had a round yet."""
    oldest = db.session.scalar(select(func.min(BackgroundRound.ended_at)))
    end_read()
    return now() - oldest < LATELY if oldest is not None else running < JUST_STARTED
