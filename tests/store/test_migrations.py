"""The migrations make the tables that the code uses, on an empty database and back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from cryptography.fernet import Fernet
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from hubsync.app import create_app
from hubsync.store import Base, db


@pytest.fixture
def unmigrated(tmp_path: Path) -> Iterator[Flask]:
    app = create_app(
        {
            "SECRET_KEY": "k" * 48,
            "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
            "BASE_URL": "http://localhost:8000",
            "SCHEDULER": "off",
        },
        instance_path=tmp_path / "instance",
    )
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_migrating_an_empty_database_gives_what_the_code_expects(unmigrated: Flask) -> None:
    upgrade()
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_the_first_migration_can_be_taken_back(unmigrated: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert set(inspect(db.engine).get_table_names()) <= {"alembic_version"}
