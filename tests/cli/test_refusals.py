"""Without settings nothing serves, and every problem is told at once; what needs none still runs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from tests.cli.commands import Ended, call, make_database, run
from tests.kit.serving import Serving
from tests.kit.settings import make_settings

GUNICORN = ("gunicorn", "--bind", "127.0.0.1:0", "wsgi:app")
SERVERS = pytest.mark.parametrize("command", [("flask", "run", "--port", "0"), GUNICORN], ids=" ".join)


def assert_that_each_problem_has_a_line(ended: Ended) -> None:
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


@pytest.mark.parametrize(
    "command",
    [
        ("run", "--port", "0"),
        ("due",),
        ("db", "upgrade"),
        ("team", "create", "Acme", "--owner", "a@acme.example"),
        ("signin-link", "a@acme.example"),
        ("keys", "rotate"),
    ],
    ids=" ".join,
)
def test_whatever_needs_settings_exits_1_with_one_line_per_problem(command: tuple[str, ...]) -> None:
    assert_that_each_problem_has_a_line(
        call(*command, DEFAULT_PLAN="gold", GOOGLE_CLIENT_ID="g", HUBSPOT_CLIENT_SECRET="h")
    )


@pytest.mark.slow
@pytest.mark.parametrize("command", [("flask", "run", "--port", "0"), ("flask", "due"), GUNICORN], ids=" ".join)
def test_so_does_a_process_of_its_own(command: tuple[str, ...]) -> None:
    assert_that_each_problem_has_a_line(
        run(*command, DEFAULT_PLAN="gold", GOOGLE_CLIENT_ID="g", HUBSPOT_CLIENT_SECRET="h")
    )


@pytest.mark.slow
@SERVERS
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


def test_keys_are_generated_without_settings_and_are_good_ones() -> None:
    ended = call("keys", "generate")
    assert ended.returncode == 0, ended.stderr
    made = dict(line.split("=", 1) for line in ended.stdout.split())
    Fernet(made["HUBSYNC_ENCRYPTION_KEYS"])
    assert len(made["HUBSYNC_SECRET_KEY"]) >= 32
    assert made != dict(line.split("=", 1) for line in call("keys", "generate").stdout.split())


def test_the_sandbox_needs_no_settings() -> None:
    ended = call("sandbox", "--help")
    assert ended.returncode == 0, ended.stderr


@pytest.mark.slow
@pytest.mark.parametrize("program", [("flask",), ("python", "-m", "hubsync")], ids=" ".join)
def test_the_demo_needs_no_settings_and_is_named_among_the_commands(program: tuple[str, ...]) -> None:
    ended = run(*program, "demo", "--help")
    assert ended.returncode == 0, ended.stderr
    assert "Try HubSync out" in run(*program, "--help").stdout


def test_a_first_team_is_made_with_a_sign_in_link(tmp_path: Path, database: dict[str, str]) -> None:
    file = {"SQLALCHEMY_DATABASE_URI": make_database(tmp_path / "hubsync.sqlite3")}
    settings = make_settings(BASE_URL="https://hubsync.acme.example") | file | database
    made = call("team", "create", "Acme", "--owner", "a@acme.example", "--plan", "basic", **settings)
    assert made.returncode == 0, made.stderr
    assert "https://hubsync.acme.example/signin/link/" in made.stdout
    link = call("signin-link", "a@acme.example", **settings)
    assert link.stdout.startswith("https://hubsync.acme.example/signin/link/")
    assert call("signin-link", "b@acme.example", **settings).returncode == 1
    assert call("team", "create", "Acme", "--owner", "no address", **settings).returncode == 1


@pytest.mark.sqlite("is about the modes of its files")
@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [("flask", "run", "--port", "{port}"), ("gunicorn", "--bind", "127.0.0.1:{port}", "wsgi:app")],
    ids=["flask run", "gunicorn"],
)
def test_the_database_of_whatever_serves_belongs_to_its_user_alone(
    command: tuple[str, ...], tmp_path: Path
) -> None:
    settings = make_settings(SQLALCHEMY_DATABASE_URI=f"sqlite:///{tmp_path}/hubsync.sqlite3")
    before = os.umask(0o022)  # as most systems set it
    try:
        with Serving(*command, **settings) as serving:
            serving.get("/healthz")
            made = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    finally:
        os.umask(before)
    assert set(made.values()) == {"0o600"}
    assert {"hubsync.sqlite3", "hubsync.sqlite3-wal", "hubsync.sqlite3-shm"} <= set(made)
