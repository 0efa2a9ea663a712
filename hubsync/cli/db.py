"""`flask db`: Flask-Migrate's own command, which loads Alembic."""

from __future__ import annotations

from hubsync.cli.lazy_command import LazyCommand

db = LazyCommand("db", "flask_migrate.cli:db", "Perform database migrations.")
