"""`flask keys rotate` from the command line, in the order that its help describes."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask

from hubsync.config.environment import read_settings
from hubsync.config.key_files import KeysMissing, keep_keys
from hubsync.store.sealed import Vault
from tests.cli.commands import ROOT, call, make_database
from tests.kit.at_one_instant import at_once
from tests.kit.settings import make_settings, process_environment

pytestmark = pytest.mark.sqlite(
    "looks into the file that a process writes; the same is asked of both in tests/services"
)

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
FLASK = str(Path(sys.executable).parent / "flask")


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "hubsync.sqlite3"


@pytest.fixture
def settings(database: Path) -> dict[str, str]:
    return make_settings(ENCRYPTION_KEYS=OLD, SQLALCHEMY_DATABASE_URI=make_database(database))


def put_secrets(database: Path, count: int, key: str = OLD) -> None:
    """Booking sources of as many teams, whose secrets are sealed with *key*."""
    with sqlite3.connect(database) as connection:
        for number in range(1, count + 1):
            connection.execute(
                "INSERT INTO teams (id, slug, name, plan, created_at)"
                " VALUES (?, ?, 'Acme', 'premium', '2030-01-01')",
                (number, f"team-{number}"),
            )
            connection.execute(
                "INSERT INTO intake_endpoints (id, team_id, source, token, secret_sealed, created_at)"
                " VALUES (?, ?, 'signed_json', ?, ?, '2030-01-01')",
                (number, number, f"t{number}", Vault([key]).seal(f"intake:{number}", f"secret {number}")),
            )
    connection.close()


def kept(database: Path) -> dict[int, str]:
    with sqlite3.connect(database) as connection:
        found = dict(connection.execute("SELECT id, secret_sealed FROM intake_endpoints").fetchall())
    connection.close()
    return found


def test_the_documented_order_ends_with_the_new_key_alone(database: Path, settings: dict[str, str]) -> None:
    put_secrets(database, 3)
    first = call("keys", "rotate", **{**settings, "ENCRYPTION_KEYS": f"{NEW},{OLD}"})
    assert first.returncode == 0, first.stderr
    assert "sealed with the newest key just now: 3" in first.stdout
    second = call("keys", "rotate", **{**settings, "ENCRYPTION_KEYS": f"{NEW},{OLD}"})
    assert "just now: 0" in second.stdout
    assert "already:              3" in second.stdout
    assert second.returncode == 0
    for number, sealed in kept(database).items():
        assert Vault([NEW]).open(f"intake:{number}", sealed) == f"secret {number}"


def test_what_cannot_be_opened_is_named_with_what_to_do_and_exits_1(
    database: Path, settings: dict[str, str]
) -> None:
    put_secrets(database, 1)
    before = kept(database)
    ended = call("keys", "rotate", **{**settings, "ENCRYPTION_KEYS": NEW})
    assert ended.returncode == 1
    assert "cannot be opened:                    1" in ended.stdout
    assert "intake_endpoints.secret_sealed, row 1, team team-1" in ended.stdout
    assert "HUBSYNC_ENCRYPTION_KEYS" in ended.stdout
    assert NEW not in ended.stdout + ended.stderr
    assert kept(database) == before


@pytest.mark.slow
def test_killed_in_the_middle_nothing_is_lost_and_the_next_run_ends_it(
    database: Path, settings: dict[str, str]
) -> None:
    count = 400
    put_secrets(database, count)
    both = {**settings, "ENCRYPTION_KEYS": f"{NEW},{OLD}"}
    newest = Vault([NEW])
    with subprocess.Popen(
        [FLASK, "keys", "rotate"], cwd=ROOT, env=process_environment(both), stdout=subprocess.DEVNULL
    ) as running:
        until = time.monotonic() + 60
        while not any(newest.is_sealed_with_newest(sealed) for sealed in kept(database).values()):
            assert time.monotonic() < until
            assert running.poll() is None
        running.send_signal(signal.SIGKILL)
    opened = [newest.is_sealed_with_newest(sealed) for sealed in kept(database).values()]
    assert 0 < sum(opened) < count
    for number, sealed in kept(database).items():
        assert Vault([NEW, OLD]).open(f"intake:{number}", sealed) == f"secret {number}"
    ended = call("keys", "rotate", **both)
    assert ended.returncode == 0, ended.stderr
    assert f"already:              {sum(opened)}" in ended.stdout
    assert all(newest.is_sealed_with_newest(sealed) for sealed in kept(database).values())


def test_without_tables_it_says_so_and_exits_1(settings: dict[str, str]) -> None:
    ended = call("keys", "rotate", **{**settings, "SQLALCHEMY_DATABASE_URI": "sqlite:///:memory:"})
    assert ended.returncode == 1
    assert "flask db upgrade" in ended.stderr


def names_of(folder: Path) -> dict[str, str]:
    return {"SECRET_KEY_FILE": str(folder / "secret_key"), "ENCRYPTION_KEYS_FILE": str(folder / "encryption_keys")}


def test_keys_are_made_once_and_for_this_user_alone(tmp_path: Path) -> None:
    names = {f"HUBSYNC_{name}": path for name, path in names_of(tmp_path / "keys").items()}
    nowhere = tmp_path / "hubsync.sqlite3"
    made = keep_keys(names, nowhere)
    assert sorted(path.name for path in made) == ["encryption_keys", "secret_key"]
    assert {path.stat().st_mode & 0o777 for path in made} == {0o600}
    assert sorted((tmp_path / "keys").iterdir()) == sorted(made), "nothing else is left there"
    texts = [path.read_text() for path in made]
    read = read_settings({"BASE_URL": "https://hubsync.example.com", **names_of(tmp_path / "keys")})
    assert [read.secret_key, *read.encryption_keys] == [text.strip() for text in texts]
    assert keep_keys(names, nowhere) == []
    assert [path.read_text() for path in made] == texts


def test_a_key_that_is_given_is_not_made(tmp_path: Path) -> None:
    given = {"HUBSYNC_SECRET_KEY": "k" * 48, "HUBSYNC_ENCRYPTION_KEYS_FILE": str(tmp_path / "keys")}
    assert keep_keys(given, tmp_path / "none") == [tmp_path / "keys"]
    with pytest.raises(KeysMissing, match="HUBSYNC_ENCRYPTION_KEYS_FILE"):
        keep_keys({"HUBSYNC_SECRET_KEY": "k" * 48}, tmp_path / "none")


def test_no_new_keys_are_made_beside_a_database_of_others(tmp_path: Path, database: Path) -> None:
    make_database(database)
    names = {f"HUBSYNC_{name}": path for name, path in names_of(tmp_path / "keys").items()}
    with pytest.raises(KeysMissing, match="not there any more"):
        keep_keys(names, database)
    assert not (tmp_path / "keys").exists()


def test_of_many_that_start_at_once_one_makes_the_keys(tmp_path: Path) -> None:
    names = {f"HUBSYNC_{name}": path for name, path in names_of(tmp_path / "keys").items()}

    def start() -> tuple[int, list[str]]:
        made = keep_keys(names, tmp_path / "none")
        return len(made), [Path(path).read_text() for path in names.values()]

    started = at_once(Flask("bare"), [start] * 8)
    assert sum(number for number, _texts in started) == 2
    assert len({tuple(texts) for _number, texts in started}) == 1


def test_the_command_says_where_keys_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refused = call("keys", "keep")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "HUBSYNC_SECRET_KEY_FILE" in refused.stderr
    for name, path in names_of(tmp_path / "keys").items():
        monkeypatch.setenv(f"HUBSYNC_{name}", path)
    said = call("keys", "keep").stdout
    assert said.count("A new key is kept in") == 2
    assert not [
        text for text in (path.read_text().strip() for path in (tmp_path / "keys").iterdir()) if text in said
    ]
    assert call("keys", "keep").stdout == ""
