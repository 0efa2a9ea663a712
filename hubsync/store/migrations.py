"""Migrations, as Flask-Migrate looks for them on the app: it is loaded, with Alembic, when somebody asks for them.

A process that serves need not, and would keep some megabytes for nothing.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from hubsync.store import db

_DECLARED = re.compile(r"""^(down_)?revision = ["']([^"']+)["']$""", re.MULTILINE)


class Migrations:
    """What Flask-Migrate's own class keeps in its place, by the same names."""

    def __init__(self, directory: str) -> None:
        self.directory = directory
        self.db = db

    @cached_property
    def migrate(self) -> Any:
        """Flask-Migrate itself."""
        from flask_migrate import Migrate

        return Migrate(db=self.db, directory=self.directory)  # type: ignore[no-untyped-call]

    @property
    def configure_args(self) -> Any:
        """What Alembic is told beside the database."""
        return self.migrate.alembic_ctx_kwargs


@cache
def newest_in(folder: str) -> str | None:
    """The migration here that no other one follows, as the files say: Alembic would load them all."""
    files = Path(folder, "versions").glob("*.py")
    declared = [each for file in files for each in _DECLARED.findall(file.read_text("utf-8"))]
    followed = {name for before, name in declared if before}
    return next((name for before, name in declared if not before and name not in followed), None)
