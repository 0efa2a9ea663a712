"""Every migration is run over rows that were written at each revision before it, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from hubsync.app import create_app
from hubsync.store import Base, db
from tests.kit import databases, migration_rows
from tests.kit.settings import make_settings

CHANGED = {
    "counted_acts": {"no mail_asks"},
    "notices_in_the_outbox": {"no notices", "no connections.warn_until"},
}
"""What of the rows of before is not as it was after a migration: of texts that our code wrote nothing else."""


@pytest.fixture
def unmigrated(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flask]:
    if request.param == "sqlite":
        yield from opened(tmp_path, {})
        return
    server: databases.Server = request.getfixturevalue("postgresql")
    with server.database(tables=False) as uri:
        yield from opened(tmp_path, {"SQLALCHEMY_DATABASE_URI": uri})


def opened(folder: Path, database: dict[str, str]) -> Iterator[Flask]:
    app = create_app(make_settings(**database), instance_path=folder / "instance")
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("unmigrated", databases.BOTH, indirect=True)
@pytest.mark.slow
def test_rows_of_every_revision_come_through_all_later_migrations(unmigrated: Flask) -> None:
    kept: migration_rows.Rows = {}
    changed: dict[str, set[str]] = {}
    numbers = count(1)

    def compare_and_add(ctx: Any, step: Any, heads: Any, run_args: Any) -> None:
        nonlocal kept
        tables = migration_rows.reflect(ctx.connection)
        there = migration_rows.read_rows(ctx.connection, tables)
        found = set(differences(kept, there))
        if found:
            changed[step.up_revision_id] = found
        migration_rows.add_rows(ctx.connection, tables, next(numbers))
        kept = migration_rows.read_rows(ctx.connection, tables)

    unmigrated.extensions["migrate"].configure_args["on_version_apply"] = compare_and_add
    upgrade()
    assert changed == CHANGED
    for mapper in Base.registry.mappers:
        rows = db.session.execute(select(mapper.class_)).unique().all()
        assert rows, mapper


def differences(before: migration_rows.Rows, after: migration_rows.Rows) -> Iterator[str]:
    """What of *before* is not so in *after*: tables, rows, and columns with another value."""
    for table, rows in before.items():
        if table not in after:
            yield f"no {table}"
            continue
        for key, row in rows.items():
            if key not in after[table]:
                yield f"fewer {table}"
                continue
            now = after[table][key]
            for column, value in row.items():
                if column not in now:
                    yield f"no {table}.{column}"
                elif now[column] != value:
                    yield f"{table}.{column}"
