"""`flask check` says of each thing whether it works, and what to do where it does not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from hubspot_sandbox.server import SandboxServer
from tests.cli.commands import call, make_database, run
from tests.cli.test_keys import NEW, OLD, put_secrets
from tests.kit.identity_provider import Proxy
from tests.kit.mail_server import MailServer
from tests.kit.serving import Serving
from tests.kit.settings import make_settings

pytestmark = pytest.mark.sqlite("looks at the file and its migrations")


@pytest.fixture
def settings(tmp_path: Path, sandbox: SandboxServer, smtp: MailServer) -> dict[str, str]:
    return make_settings(
        hubspot=sandbox.url,
        mail_port=smtp.port,
        BASE_URL="https://hubsync.acme.example",
        TRUSTED_PROXIES="1",
        SQLALCHEMY_DATABASE_URI=make_database(tmp_path / "hubsync.sqlite3"),
    )


@pytest.mark.slow
def test_an_installation_that_is_ready(settings: dict[str, str], tmp_path: Path) -> None:
    settings["SQLALCHEMY_DATABASE_URI"] = f"sqlite:///{tmp_path}/new.sqlite3"
    upgraded = run("flask", "db", "upgrade", **settings)
    assert upgraded.returncode == 0, upgraded.stderr
    checked = run("flask", "check", **settings)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert [line[:2] for line in checked.stdout.splitlines()] == ["ok"] * 6


@pytest.mark.parametrize(
    ("changed", "subject", "advice"),
    [
        ({"TRUSTED_PROXIES": "0"}, "proxies", "HUBSYNC_TRUSTED_PROXIES"),
        ({"HUBSPOT_CLIENT_ID": "", "HUBSPOT_CLIENT_SECRET": ""}, "HubSpot", "HUBSYNC_HUBSPOT_CLIENT_ID"),
    ],
)
def test_what_may_be_meant_so_is_a_hint(
    settings: dict[str, str], changed: dict[str, str], subject: str, advice: str
) -> None:
    checked = call("check", **{**settings, **changed})
    assert checked.returncode == 0, "there may be no proxy, and teams may connect with service keys"
    lines = checked.stdout.splitlines()
    (hint,) = [number for number, line in enumerate(lines) if line.startswith(f"??  {subject}: ")]
    assert advice in lines[hint + 1]


@pytest.mark.parametrize(
    ("broken", "subject", "advice"),
    [
        ({"SQLALCHEMY_DATABASE_URI": "sqlite:///:memory:"}, "database", "flask db upgrade"),
        ({"MAIL_PORT": "1"}, "mail", "HUBSYNC_MAIL_"),
        ({"HUBSPOT_CLIENT_SECRET": "another"}, "HubSpot", "client secret"),
        ({"MAIL_DEFAULT_SENDER": ""}, "mail", "HUBSYNC_MAIL_DEFAULT_SENDER"),
        ({"HUBSPOT_API_URL": "http://127.0.0.1:1"}, "HubSpot", "network"),
    ],
)
def test_what_does_not_work_is_named_with_what_to_do(
    settings: dict[str, str], broken: dict[str, str], subject: str, advice: str
) -> None:
    checked = call("check", **{**settings, **broken})
    assert checked.returncode == 1
    lines = checked.stdout.splitlines()
    (wrong,) = [number for number, line in enumerate(lines) if line.startswith("!!")]
    assert lines[wrong].startswith(f"!!  {subject}: ")
    assert advice in lines[wrong + 1]


def test_a_sign_in_provider_that_is_set_is_looked_at(settings: dict[str, str], google: Proxy) -> None:
    known = {
        "GOOGLE_CLIENT_ID": "hubsync",
        "GOOGLE_CLIENT_SECRET": "s",
        "GOOGLE_METADATA_URL": google.metadata_url,
    }
    checked = call("check", **settings, **known)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "ok  Google: its addresses and keys can be read" in checked.stdout
    assert "Microsoft" not in checked.stdout
    google.document = lambda document: document.update(issuer="https://evil.example")
    checked = call("check", **settings, **known)
    assert checked.returncode == 1
    assert "!!  Google: " in checked.stdout
    assert "HUBSYNC_GOOGLE_METADATA_URL" in checked.stdout


@pytest.mark.slow
def test_keys_that_do_not_open_what_is_stored_are_noticed_by_check_and_said_at_the_start(
    settings: dict[str, str], tmp_path: Path
) -> None:
    put_secrets(tmp_path / "hubsync.sqlite3", 2)
    newest = f"{NEW},{OLD}"
    needed = call("check", **{**settings, "ENCRYPTION_KEYS": newest})
    assert needed.returncode == 0, needed.stdout
    assert "an older key is still needed for 2" in needed.stdout
    lost = call("check", **{**settings, "ENCRYPTION_KEYS": NEW})
    assert lost.returncode == 1
    assert "!!  keys: HUBSYNC_ENCRYPTION_KEYS cannot open 2 of the 2 stored secrets" in lost.stdout
    assert NEW not in lost.stdout + lost.stderr
    for keys, said in ((NEW, True), (newest, False)):
        with Serving(
            "gunicorn", "--bind", "127.0.0.1:{port}", "wsgi:app", **settings | {"ENCRYPTION_KEYS": keys}
        ) as it:
            assert it.get("/healthz").ok  # it serves all the same
        assert ("cannot open 2 of the 2 stored secrets" in it.said) is said, it.said


def test_teams_that_watch_only_are_a_hint(settings: dict[str, str], tmp_path: Path) -> None:
    put_secrets(tmp_path / "hubsync.sqlite3", 3)
    with closing(sqlite3.connect(tmp_path / "hubsync.sqlite3", isolation_level=None)) as database:
        for team, state, since in (
            (1, "connected", "2030-01-01"),
            (2, "connected", None),
            (3, "lost", "2030-01-01"),
        ):
            database.execute(
                "INSERT INTO connections (team_id, state, hubspot_account_id, connected_at, watching_since,"
                " scopes, account_name, ui_domain, lost_code, access_sealed, refresh_sealed, refresh_owner)"
                " VALUES (?, ?, '1', '2030-01-01', ?, '[]', '', '', '', '', '', '')",
                (team, state, since),
            )
    checked = call("check", **{**settings, "ENCRYPTION_KEYS": OLD})
    assert checked.returncode == 0, checked.stdout
    (hint,) = [line for line in checked.stdout.splitlines() if "watch only" in line]
    assert hint.startswith("??  watch only: bookings of team-1, team-3 are looked up in HubSpot and not posted")


def test_a_database_that_others_can_read_is_closed_to_them(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "hubsync.sqlite3").chmod(0o644)
    checked = call("check", **settings)
    assert checked.returncode == 0, checked.stdout
    assert (tmp_path / "hubsync.sqlite3").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("BASE_URL", {"BASE_URL": "http://hubsync.acme.example"}),
        ("HUBSPOT_APP_URL", {"HUBSPOT_APP_URL": "http://hubspot.acme.example"}),
    ],
)
def test_what_travels_in_clear_is_refused_and_named_when_it_is_allowed(
    settings: dict[str, str], name: str, changes: dict[str, str]
) -> None:
    refused = call("check", **{**settings, **changes})
    assert refused.returncode == 1
    assert f"!!  settings: HUBSYNC_{name} is an http address" in refused.stdout
    allowed = call("check", **{**settings, **changes, "ALLOW_HTTP": "on"})
    assert allowed.returncode == 0, allowed.stdout
    assert f"??  settings: HUBSYNC_{name} is an http address" in allowed.stdout


def test_without_settings_it_says_what_is_missing() -> None:
    checked = call("check")
    assert checked.returncode == 1
    assert "HUBSYNC_SECRET_KEY is not set." in checked.stdout
