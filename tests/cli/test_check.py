"""`flask check` says of each thing whether it works, and what to do where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from hubsync.sandbox.server import SandboxServer
from tests.cli.test_refusals import run
from tests.mailing import MailServer


@pytest.fixture
def settings(tmp_path: Path, sandbox: SandboxServer, smtp: MailServer) -> dict[str, str]:
    given = {
        "SECRET_KEY": "k" * 48,
        "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
        "BASE_URL": "https://hubsync.acme.example",
        "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path}/hubsync.sqlite3",
        "HUBSPOT_API_URL": sandbox.url,
        "HUBSPOT_CLIENT_ID": sandbox.settings.client_id,
        "HUBSPOT_CLIENT_SECRET": sandbox.settings.client_secret,
        "MAIL_SERVER": "127.0.0.1",
        "MAIL_PORT": str(smtp.port),
    }
    upgraded = run("flask", "db", "upgrade", **given)
    assert upgraded.returncode == 0, upgraded.stderr
    return given


def test_an_installation_that_is_ready(settings: dict[str, str]) -> None:
    checked = run("flask", "check", **settings)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert [line[:2] for line in checked.stdout.splitlines()] == ["ok"] * 4


@pytest.mark.parametrize(
    ("broken", "subject", "advice"),
    [
        ({"SQLALCHEMY_DATABASE_URI": "sqlite:///:memory:"}, "database", "flask db upgrade"),
        ({"MAIL_PORT": "1"}, "mail", "HUBSYNC_MAIL_"),
        ({"HUBSPOT_CLIENT_SECRET": "another"}, "HubSpot", "client secret"),
        ({"HUBSPOT_CLIENT_ID": ""}, "HubSpot", "HUBSYNC_HUBSPOT_CLIENT_ID"),
        ({"HUBSPOT_API_URL": "http://127.0.0.1:1"}, "HubSpot", "network"),
    ],
)
def test_what_does_not_work_is_named_with_what_to_do(
    settings: dict[str, str], broken: dict[str, str], subject: str, advice: str
) -> None:
    checked = run("flask", "check", **{**settings, **broken})
    assert checked.returncode == 1
    lines = checked.stdout.splitlines()
    (wrong,) = [number for number, line in enumerate(lines) if line.startswith("!!")]
    assert lines[wrong].startswith(f"!!  {subject}: ")
    assert advice in lines[wrong + 1]


def test_without_settings_it_says_what_is_missing() -> None:
    checked = run("flask", "check")
    assert checked.returncode == 1
    assert "HUBSYNC_SECRET_KEY is not set." in checked.stdout
    assert "Traceback" not in checked.stderr
