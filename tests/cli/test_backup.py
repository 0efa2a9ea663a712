"""`flask backup`: made while somebody writes, verified, and restored so that nothing is done twice."""

from __future__ import annotations

import resource
import shutil
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from flask_migrate import downgrade, upgrade

from hubsync.app import create_app
from hubsync.store import db
from hubsync.store.sealed import Vault
from tests.cli.commands import Ended, call, make_database
from tests.kit.apps import close
from tests.kit.settings import make_settings

pytestmark = pytest.mark.sqlite("a backup is a copy of the file; PostgreSQL has pg_dump")

DATABASE = {f"hubsync.sqlite3{end}" for end in ("", "-wal", "-shm")}
KEY = Fernet.generate_key().decode()
TEAM = "INSERT INTO teams (id, slug, name, plan, created_at) VALUES (?, ?, 'Acme', 'premium', '2030-01-01')"


@pytest.fixture
def database(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    make_database(folder / "hubsync.sqlite3")
    with opened(folder / "hubsync.sqlite3") as connection:
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(TEAM, (1, "acme"))
        connection.execute(
            "INSERT INTO intake_endpoints (id, team_id, source, token, secret_sealed, created_at)"
            " VALUES (1, 1, 'signed_json', 't', ?, '2030-01-01')",
            (Vault([KEY]).seal("intake:1", "secret"),),
        )
        connection.execute(
            "INSERT INTO people (id, email, name, time_zone, created_at)"
            " VALUES (1, 'o@acme.example', '', 'UTC', '2030-01-01')"
        )
        connection.execute(
            "INSERT INTO person_sessions (id, person_id, token_hash, created_at, last_seen_at, proved_at)"
            " VALUES (1, 1, 'hash', '2030-01-01', '2030-01-01', '2030-01-01')"
        )
    return folder / "hubsync.sqlite3"


@contextmanager
def opened(file: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        yield connection


def backup(database: Path, *words: str, key: str = KEY) -> Ended:
    settings = make_settings(ENCRYPTION_KEYS=key, SQLALCHEMY_DATABASE_URI=f"sqlite:///{database}")
    return call("backup", *words, **settings)


def made(database: Path) -> str:
    file = str(database.parent / "kept.sqlite3")
    ended = backup(database, "make", file)
    assert ended.returncode == 0, ended.stderr
    return file


def everything_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


def count(file: Path, table: str) -> int:
    with opened(file) as connection:
        return int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])


def test_a_backup_made_while_somebody_writes_is_of_one_instant_and_this_users_alone(database: Path) -> None:
    stop, going = threading.Event(), threading.Event()

    def write() -> None:
        with opened(database) as connection:
            number = 2
            while not stop.is_set():
                connection.execute("BEGIN IMMEDIATE")
                for slug in (f"a{number}", f"b{number}"):
                    connection.execute(TEAM, (number, slug))
                    number += 1
                connection.execute("COMMIT")
                going.set()

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert going.wait(60)
        file = Path(made(database))
    finally:
        stop.set()
        writer.join()
    assert count(file, "teams") % 2 == 1, "half a unit of writing is in it"
    assert file.stat().st_mode & 0o777 == 0o600
    verified = backup(database, "verify", str(file))
    assert verified.returncode == 0, verified.stdout
    assert "!!" not in verified.stdout
    assert everything_in(file.parent) <= {
        "hubsync.sqlite3",
        "hubsync.sqlite3-wal",
        "hubsync.sqlite3-shm",
        file.name,
    }


def test_a_file_that_is_there_is_replaced_only_by_who_says_so(database: Path) -> None:
    file = Path(made(database))
    before = file.read_bytes()
    with opened(database) as connection:
        connection.execute(TEAM, (2, "another"))
    refused = backup(database, "make", str(file))
    assert (refused.returncode, file.read_bytes()) == (1, before)
    assert "is there already" in refused.stderr
    assert backup(database, "make", str(file), "--overwrite").returncode == 0
    assert count(file, "teams") == 2
    itself = backup(database, "make", str(database), "--overwrite")
    assert itself.returncode == 1
    assert count(database, "teams") == 2


def test_a_full_disk_is_told_and_leaves_nothing_half(database: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
    try:
        ended = backup(database, "make", str(database.parent / "kept.sqlite3"))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert ended.returncode == 1
    assert "kept.sqlite3 cannot be written" in ended.stderr
    assert everything_in(database.parent) <= DATABASE


def change_a_letter(file: Path) -> None:
    content = file.read_bytes()
    assert content.count(b"Acme") >= 1
    file.write_bytes(content.replace(b"Acme", b"Acne"))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-8192])


def lose_rows(file: Path) -> None:
    with opened(file) as connection:
        connection.execute("DELETE FROM person_sessions")


def orphan(file: Path) -> None:
    with opened(file) as connection:
        connection.execute("DELETE FROM teams")


def come_from_the_future(file: Path) -> None:
    with opened(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize(
    ("damage", "subject"),
    [
        (change_a_letter, "checksum"),
        (cut, "integrity|damaged"),
        (lose_rows, "rows: not as many as there were: person_sessions"),
        (orphan, "integrity: intake_endpoints 1 refers to a row of teams"),
        (come_from_the_future, "revision: 9999, which this HubSync does not know"),
    ],
)
def test_what_is_wrong_with_a_backup_is_found_and_it_is_not_restored(
    database: Path, damage: object, subject: str
) -> None:
    file = Path(made(database))
    damage(file)  # type: ignore[operator]
    before = database.read_bytes()
    verified = backup(database, "verify", str(file))
    assert verified.returncode == 1
    wrong = verified.stderr + "".join(line for line in verified.stdout.splitlines() if line.startswith("!!"))
    assert any(each in wrong for each in subject.split("|")), wrong
    restored = backup(database, "restore", str(file), "--yes")
    assert (restored.returncode, database.read_bytes()) == (1, before)


def test_keys_that_open_nothing_are_told(database: Path) -> None:
    file = made(database)
    ended = backup(database, "verify", file, key=Fernet.generate_key().decode())
    assert ended.returncode == 1
    assert "!!  keys: HUBSYNC_ENCRYPTION_KEYS cannot open 1 of 1 sealed values" in ended.stdout


def test_a_restore_keeps_what_was_there_and_ends_all_sessions(database: Path) -> None:
    file = made(database)
    with opened(database) as connection:
        connection.execute("UPDATE teams SET name = 'Since'")
    declined = backup(database, "restore", file)
    assert (declined.returncode, count(database, "person_sessions")) == (1, 1)
    ended = backup(database, "restore", file, "--yes")
    assert ended.returncode == 0, ended.stderr
    with opened(database) as connection:
        assert connection.execute("SELECT name FROM teams").fetchall() == [("Acme",)]
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    assert not {each for each in tables if each.startswith("hubsync_backup")}
    assert count(database, "person_sessions") == 0
    (kept,) = database.parent.glob("hubsync-before-restore-*.sqlite3")
    with opened(kept) as connection:
        assert connection.execute("SELECT name FROM teams").fetchall() == [("Since",)]
    assert kept.stat().st_mode & 0o777 == 0o600
    again = backup(database, "restore", str(kept), "--yes")
    assert again.returncode == 0, again.stderr


def test_nothing_is_restored_while_a_process_has_the_database_open(database: Path) -> None:
    file = made(database)
    with opened(database) as serving:
        serving.execute("SELECT count(*) FROM teams").fetchone()
        refused = backup(database, "restore", file, "--yes")
        assert (refused.returncode, count(database, "person_sessions")) == (1, 1)
        assert "Stop HubSync" in refused.stderr
    assert not list(database.parent.glob("*before-restore*"))
    assert backup(database, "restore", file, "--yes").returncode == 0


@pytest.mark.parametrize("present", ["", "no database at all " * 300])
def test_a_database_that_is_gone_or_beyond_reading_is_restored_too(database: Path, present: str) -> None:
    file = made(database)
    for each in database.parent.glob("hubsync.sqlite3*"):
        each.unlink()
    if present:
        database.write_text(present)
    ended = backup(database, "restore", file, "--yes")
    assert ended.returncode == 0, ended.stderr
    assert (count(database, "teams"), count(database, "person_sessions")) == (1, 0)
    assert [each.read_text() for each in database.parent.glob("*before-restore*")] == [present] * bool(present)


def test_a_plain_copy_is_restored_as_well(database: Path, tmp_path: Path) -> None:
    with opened(database) as connection:
        connection.execute("VACUUM INTO ?", (str(tmp_path / "plain.sqlite3"),))
    ended = backup(database, "restore", str(tmp_path / "plain.sqlite3"), "--yes")
    assert ended.returncode == 0, ended.stderr
    assert "a plain copy" in ended.stdout
    assert count(database, "person_sessions") == 0


@pytest.fixture
def older(tmp_path: Path) -> Iterator[Flask]:
    """HubSync over a database of two migrations ago."""
    app = create_app(make_settings(ENCRYPTION_KEYS=KEY, MIGRATION_BACKUPS="2"), instance_path=tmp_path / "data")
    make_database(tmp_path / "data" / "hubsync.sqlite3")
    with app.app_context():
        downgrade(revision="-2")
        shutil.rmtree(tmp_path / "data" / "backups")
        db.engine.dispose()
        yield app
    close(app)


def test_a_backup_of_a_version_before_is_migrated(older: Flask, tmp_path: Path) -> None:
    database = tmp_path / "data" / "hubsync.sqlite3"
    ended = backup(database, "make", str(tmp_path / "old.sqlite3"))
    assert ended.returncode == 0, ended.stderr
    restored = backup(database, "restore", str(tmp_path / "old.sqlite3"), "--yes")
    assert restored.returncode == 0, restored.stderr
    again = backup(database, "make", str(tmp_path / "new.sqlite3"))
    assert again.stdout.split("revision ")[1] != ended.stdout.split("revision ")[1]
    (kept,) = database.parent.glob("*before-restore*")
    assert "revision: " in backup(database, "verify", str(kept)).stdout


def test_each_migration_of_a_database_begins_with_a_backup_and_few_are_kept(older: Flask, tmp_path: Path) -> None:
    kept = tmp_path / "data" / "backups"
    upgrade()
    (first,) = kept.iterdir()
    upgrade()
    assert list(kept.iterdir()) == [first], "there was nothing to migrate"
    assert first.stat().st_mode & 0o777 == 0o600
    assert kept.stat().st_mode & 0o777 == 0o700
    assert backup(tmp_path / "data" / "hubsync.sqlite3", "verify", str(first)).returncode == 0
    for _ in range(2):
        downgrade(revision="-1")
    assert len(list(kept.iterdir())) == 2
    assert not first.exists(), "the oldest one goes"


def test_a_new_database_needs_no_backup(tmp_path: Path) -> None:
    app = create_app(make_settings(), instance_path=tmp_path / "data")
    with app.app_context():
        upgrade(revision="0001")
    close(app)
    assert not (tmp_path / "data" / "backups").exists()


def test_on_postgresql_the_commands_name_its_own(tmp_path: Path) -> None:
    settings = make_settings(SQLALCHEMY_DATABASE_URI="postgresql://nobody@127.0.0.1:1/none")
    ended = call("backup", "make", str(tmp_path / "kept"), **settings)
    assert ended.returncode == 1
    assert "pg_dump" in ended.stderr
