"""`flask config` shows every setting, where it comes from and what it means, and no secret."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from hubsync.config.overview import is_secret
from hubsync.config.table import NAMES
from tests.kit.settings import make_settings

HIDDEN = "hunter2-" * 6


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, text in make_settings().items():
        monkeypatch.setenv(f"HUBSYNC_{name}", text)
    return monkeypatch


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=["config", *arguments])
    return done.exit_code, done.output


def test_each_is_shown_with_its_source(app: Flask, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "server"
    file.write_text("mail.acme.example\n")
    environment.delenv("HUBSYNC_MAIL_SERVER", raising=False)
    environment.setenv("HUBSYNC_MAIL_SERVER_FILE", str(file))
    environment.setenv("HUBSYNC_MIAL_PORT", "26")
    code, said = run(app)
    assert code == 0
    assert "HUBSYNC_BASE_URL=http://localhost:8000\n    environment: how browsers" in said
    assert "HUBSYNC_MAIL_SERVER=mail.acme.example\n    file: the mail server's" in said
    assert "HUBSYNC_IDLE_EXPIRY_DAYS=180\n    default: access expires" in said
    assert "HUBSYNC_MIAL_PORT is set, and no setting is called so." in said
    assert all(f"HUBSYNC_{name}" in said for name in NAMES)


def test_no_secret_is_shown(app: Flask, environment: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        if is_secret(name):
            environment.setenv(f"HUBSYNC_{name}", HIDDEN)
    environment.setenv(
        "HUBSYNC_SQLALCHEMY_DATABASE_URI", f"postgresql://{HIDDEN}:{HIDDEN}@db:5432/h?password={HIDDEN}"
    )
    environment.setenv("HUBSYNC_HTTPS_PROXY", f"http://{HIDDEN}:{HIDDEN}@proxy.lan:3128")
    _code, said = run(app)
    assert "hunter2" not in said
    assert "HUBSYNC_SQLALCHEMY_DATABASE_URI=postgresql://db:5432/h\n" in said
    assert "HUBSYNC_HTTPS_PROXY=http://proxy.lan:3128\n" in said
    assert "HUBSYNC_SECRET_KEY=(set)\n" in said


def test_what_is_wrong_is_told_beside_what_there_is(app: Flask, environment: pytest.MonkeyPatch) -> None:
    environment.setenv("HUBSYNC_MAIL_PORT", "many")
    code, said = run(app)
    assert code == 1
    assert "HUBSYNC_MAIL_PORT=many\n" in said
    assert "!!  HUBSYNC_MAIL_PORT must be a whole number of at least 1." in said
