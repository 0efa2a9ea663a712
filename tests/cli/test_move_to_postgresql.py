"""An installation is moved from SQLite to PostgreSQL whole, or not at all."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, inspect, select, text
from sqlalchemy.engine import Engine

from hubsync.store.people import Person
from hubsync.store.sealed import Vault
from hubsync.store.tables import METADATA
from tests.cli.commands import Ended, call, make_database
from tests.kit import migration_rows
from tests.kit.databases import Server
from tests.kit.settings import make_settings

pytestmark = pytest.mark.slow

SETTINGS = make_settings()
PERSON = {"name": "", "time_zone": "UTC", "language": "", "created_at": datetime(2026, 3, 1, tzinfo=UTC)}
ODD = "佐藤 Käthe\n\t\\N \\. \"'; -- ,\U0001f600"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A SQLite database with rows in every table, as our code and as versions to come may have written them."""
    file = tmp_path / "hubsync.sqlite3"
    engine = create_engine(make_database(file))
    with engine.begin() as connection:
        tables = migration_rows.reflect(connection)
        for number in (1, 2, 5):
            migration_rows.add_rows(connection, tables, number)
        sealed = Vault([SETTINGS["ENCRYPTION_KEYS"]]).seal("somewhere", "a secret")
        connection.execute(text("UPDATE connections SET access_sealed = :sealed WHERE id = 1"), {"sealed": sealed})
        connection.execute(text("UPDATE deliveries SET state = 'of_tomorrow' WHERE id = 1"))
        odd = {**PERSON, "id": 70, "email": "odd@acme.example", "name": ODD}
        connection.execute(Person.__table__.insert().values(odd))
    engine.dispose()
    return file


@pytest.fixture
def target(postgresql: Server) -> Iterator[str]:
    with postgresql.database(tables=False) as uri:
        yield uri


@pytest.fixture
def moved(target: str) -> Iterator[Engine]:
    engine = create_engine(target.replace("postgresql://", "postgresql+psycopg://"))
    yield engine
    engine.dispose()


def move(source: Path, target: str) -> Ended:
    return call("move-to-postgresql", target, **{**SETTINGS, "SQLALCHEMY_DATABASE_URI": f"sqlite:///{source}"})


def rows_of(engine: Engine) -> dict[str, Any]:
    with engine.connect() as connection:
        return {
            table.name: sorted(map(repr, connection.execute(select(table)).all()))
            for table in METADATA.sorted_tables
        }


def test_every_value_is_there_as_it_was_and_new_rows_follow_the_last_ones(
    source: Path, target: str, moved: Engine
) -> None:
    ended = move(source, target)
    assert ended.returncode == 0, ended.stderr
    assert "Sealed values that the present keys open there: 1 of" in ended.stdout
    assert "\ndeliveries: 3\n" in ended.stdout
    sqlite = create_engine(f"sqlite:///{source}")
    there, here = rows_of(moved), rows_of(sqlite)
    sqlite.dispose()
    assert there == here
    assert any(repr(ODD) in each for each in there["people"])
    assert "'of_tomorrow'" in there["deliveries"][0]
    with moved.begin() as connection:
        new = Person.__table__.insert().values({**PERSON, "email": "new@acme.example"})
        assert connection.execute(new).inserted_primary_key == (71,)
    refused = move(source, target)
    assert refused.returncode == 1
    assert "it is not empty" in refused.stderr


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (
            "UPDATE people SET time_zone = printf('%.80c', 'x')",
            "people is not taken: value too long .*column time_zone",
        ),
        ("UPDATE alembic_version SET version_num = 'hubspots_own_words'", "flask db upgrade"),
        ("DELETE FROM teams", "refers to a row that is not there"),
    ],
)
def test_what_cannot_be_moved_leaves_the_target_empty(
    source: Path, target: str, moved: Engine, change: str, said: str
) -> None:
    with closing(sqlite3.connect(source)) as database:
        database.execute(change)
        database.commit()
    ended = move(source, target)
    assert ended.returncode == 1
    assert re.search(said, ended.stderr), ended.stderr
    assert "xxxx" not in ended.stderr
    assert inspect(moved).get_table_names() == []


def test_nothing_is_moved_while_a_process_has_the_database_open(source: Path, target: str, moved: Engine) -> None:
    with closing(sqlite3.connect(source)) as serving:
        serving.execute("PRAGMA journal_mode=WAL")
        serving.execute("SELECT count(*) FROM teams").fetchone()
        assert "Stop HubSync" in move(source, target).stderr
    assert inspect(moved).get_table_names() == []
