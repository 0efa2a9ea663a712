"""Without settings nothing serves, and every problem is told at once; what needs none still runs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.cli.serving import Serving

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent


def run(*command: str, **settings: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HUBSYNC_", "FLASK_"))}
    environment = {**kept, **{f"HUBSYNC_{name}": value for name, value in settings.items()}}
    program = str(BIN / command[0])
    return subprocess.run(
        [program, *command[1:]], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        ("flask", "run", "--port", "0"),
        ("flask", "due"),
        ("flask", "db", "upgrade"),
        ("flask", "team", "create", "Acme", "--owner", "a@acme.example"),
        ("flask", "signin-link", "a@acme.example"),
        ("flask", "keys", "rotate"),
        ("gunicorn", "--bind", "127.0.0.1:0", "wsgi:app"),
    ],
    ids=" ".join,
)
def test_whatever_needs_settings_exits_1_with_one_line_per_problem(command: tuple[str, ...]) -> None:
    ended = run(*command, DEFAULT_PLAN="gold", GOOGLE_CLIENT_ID="g", HUBSPOT_CLIENT_SECRET="h")
    assert ended.returncode == 1
    names = (
        "SECRET_KEY",
        "ENCRYPTION_KEYS",
        "BASE_URL",
        "DEFAULT_PLAN",
        "GOOGLE_CLIENT_SECRET",
        "HUBSPOT_CLIENT_ID",
    )
    for name in names:
        assert sum(line.startswith(f"HUBSYNC_{name} ") for line in ended.stderr.splitlines()) == 1, ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [("flask", "run", "--port", "0"), ("gunicorn", "--bind", "127.0.0.1:0", "wsgi:app")], ids=" ".join
)
def test_wrong_keys_are_named_and_no_value_of_a_secret_is_repeated(command: tuple[str, ...]) -> None:
    ended = run(
        *command, SECRET_KEY="hunter2hunter2", ENCRYPTION_KEYS=f"{Fernet.generate_key().decode()},abc123secret"
    )
    assert ended.returncode == 1
    assert (
        sum(
            line.startswith(("HUBSYNC_SECRET_KEY ", "HUBSYNC_ENCRYPTION_KEYS "))
            for line in ended.stderr.splitlines()
        )
        == 2
    )
    assert "hunter2" not in ended.stderr
    assert "abc123" not in ended.stderr
    assert "Traceback" not in ended.stderr


@pytest.mark.slow
def test_keys_are_generated_without_settings_and_are_good_ones() -> None:
    ended = run("flask", "keys", "generate")
    assert ended.returncode == 0, ended.stderr
    made = dict(line.split("=", 1) for line in ended.stdout.split())
    Fernet(made["HUBSYNC_ENCRYPTION_KEYS"])
    assert len(made["HUBSYNC_SECRET_KEY"]) >= 32
    assert made != dict(line.split("=", 1) for line in run("flask", "keys", "generate").stdout.split())


@pytest.mark.slow
@pytest.mark.parametrize("command", ["demo", "sandbox"])
def test_commands_for_trying_out_need_no_settings(command: str) -> None:
    ended = run("flask", command, "--help")
    assert ended.returncode == 0, ended.stderr


@pytest.mark.slow
def test_a_first_team_is_made_with_a_sign_in_link(tmp_path: Path) -> None:
    settings = {
        "SECRET_KEY": "k" * 48,
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "BASE_URL": "https://hubsync.acme.example",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/hubsync.sqlite3",
    }
    upgraded = run("flask", "db", "upgrade", **settings)
    assert upgraded.returncode == 0, upgraded.stderr
    made = run("flask", "team", "create", "Acme", "--owner", "a@acme.example", "--plan", "basic", **settings)
    assert made.returncode == 0, made.stderr
    assert "https://hubsync.acme.example/signin/link/" in made.stdout
    link = run("flask", "signin-link", "a@acme.example", **settings)
    assert link.stdout.startswith("https://hubsync.acme.example/signin/link/")
    nobody = run("flask", "signin-link", "b@acme.example", **settings)
    assert (nobody.returncode, "Traceback" in nobody.stderr) == (1, False)
    bad = run("flask", "team", "create", "Acme", "--owner", "no address", **settings)
    assert (bad.returncode, "Traceback" in bad.stderr) == (1, False)


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [("flask", "run", "--port", "{port}"), ("gunicorn", "--bind", "127.0.0.1:{port}", "wsgi:app")],
    ids=["flask run", "gunicorn"],
)
def test_the_database_of_whatever_serves_belongs_to_its_user_alone(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    settings = {
        "SECRET_KEY": "k" * 48,
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "BASE_URL": "https://hubsync.acme.example",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/hubsync.sqlite3",
    }
    before = os.umask(0o022)  # as most systems set it
    try:
        with Serving(*command, **settings) as serving:
            serving.get("/healthz")
            made = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert set(made.values()) == {"0o600"}
    assert {"hubsync.sqlite3", "hubsync.sqlite3-wal", "hubsync.sqlite3-shm"} <= set(made)
