"""The migrations make on PostgreSQL the tables that the code uses, and take back what they made."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from hubsync.app import create_app
from hubsync.store import Base, db
from tests.kit.databases import Server
from tests.kit.settings import make_settings

pytestmark = pytest.mark.slow


@pytest.fixture
def unmigrated(tmp_path: Path, postgresql: Server) -> Iterator[Flask]:
    with postgresql.database(tables=False) as uri:
        app = create_app(make_settings(SQLALCHEMY_DATABASE_URI=uri), instance_path=tmp_path / "instance")
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


def differences() -> list[object]:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return list(compare_metadata(context, Base.metadata))


def test_migrating_an_empty_database_gives_what_the_code_expects(unmigrated: Flask) -> None:
    upgrade()
    assert db.engine.dialect.name == "postgresql"
    assert differences() == []


def test_steps_back_and_forth_end_where_they_began(unmigrated: Flask) -> None:
    upgrade()
    downgrade(revision="0004")
    assert differences() != []
    upgrade()
    assert differences() == []


def test_every_migration_can_be_taken_back(unmigrated: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
