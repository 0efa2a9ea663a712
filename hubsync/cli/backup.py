"""`flask backup`: `hubsync.cli.backing_up`, which loads Alembic."""

from __future__ import annotations

from hubsync.cli.lazy_command import LazyCommand

backup = LazyCommand(
    "backup", "hubsync.cli.backing_up:backup", "Make, verify and restore backups of a database on SQLite."
)
