"""`flask move-to-postgresql`: `hubsync.cli.moving`, which loads PostgreSQL's driver."""

from __future__ import annotations

from hubsync.cli.lazy_command import LazyCommand

move = LazyCommand(
    "move-to-postgresql",
    "hubsync.cli.moving:move",
    "Copy everything from SQLite into an empty PostgreSQL database.",
)
