"""Settings: every problem at once, by name, never by value."""

from __future__ import annotations

from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from flask import Flask
from pydantic import ValidationError

from hubsync import config
from hubsync.config.clear_text import find_exposures
from hubsync.config.environment import SettingsRefused, read_settings
from hubsync.config.meanings import MEANINGS
from hubsync.config.table import APPS, NAMES
from tests.kit.diary import diary_registered

ROOT = Path(__file__).parent.parent

GOOD = {
    "SECRET_KEY": "s" * 48,
    "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "BASE_URL": "https://hubsync.example.com/",
}


def test_the_three_required_settings_are_enough() -> None:
    settings = read_settings(GOOD)
    assert settings.base_url == "https://hubsync.example.com"
    assert settings.hubspot_api_url == "https://api.hubapi.com"
    assert settings.sync_budget_seconds == 8.0


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({"MAIL_PORT": "many", "DEFAULT_PLAN": "gold"})
    told = "\n".join(refused.value.problems)
    for name in ("SECRET_KEY", "ENCRYPTION_KEYS", "BASE_URL", "MAIL_PORT", "DEFAULT_PLAN"):
        assert f"HUBSYNC_{name} " in told


def test_what_is_wrong_together_is_told_beside_what_is_wrong_alone() -> None:
    given = {"SECRET_KEY": "hunter2", "MAIL_PORT": "many", "GOOGLE_CLIENT_ID": "the-id"}
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**given, "HUBSPOT_APP_URL": "http://hub.example", "ENCRYPTION_KEYS": " "})
    assert refused.value.problems == [
        "HUBSYNC_SECRET_KEY must have at least 32 characters; `flask keys generate` prints one.",
        "HUBSYNC_ENCRYPTION_KEYS is not set.",
        "HUBSYNC_BASE_URL is not set.",
        "HUBSYNC_MAIL_PORT must be a whole number of at least 1.",
        "HUBSYNC_GOOGLE_CLIENT_SECRET is not set, but HUBSYNC_GOOGLE_CLIENT_ID is: set both or neither.",
        "HUBSYNC_HUBSPOT_APP_URL is an http address: people would be sent to HubSpot, and codes come back, in "
        "clear. Let it begin with https://, or be on this machine; HUBSYNC_ALLOW_HTTP=on takes it all the same.",
    ]


def test_a_text_may_stand_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(f"{'f' * 48}\n")
    given = {name: text for name, text in GOOD.items() if name != "SECRET_KEY"}
    in_file = {"SECRET_KEY_FILE": str(tmp_path / "key"), "MAIL_PASSWORD_FILE": str(tmp_path / "key")}
    settings = read_settings({**given, **in_file})
    assert settings.secret_key == settings.mail_password == "f" * 48
    assert read_settings({**GOOD, **in_file}).secret_key == GOOD["SECRET_KEY"], "what is said itself counts"


def test_a_file_that_cannot_be_read_is_a_problem_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "empty").write_text("\n")
    (tmp_path / "no text").write_bytes(b"\xff\xfehunter2")
    given = {
        "SECRET_KEY_FILE": str(tmp_path / "nowhere"),
        "ENCRYPTION_KEYS_FILE": str(tmp_path / "no text"),
        "MAIL_PASSWORD_FILE": str(tmp_path / "empty"),
    }
    with pytest.raises(SettingsRefused) as refused:
        read_settings({"BASE_URL": GOOD["BASE_URL"], **given})
    assert refused.value.problems == [
        "HUBSYNC_SECRET_KEY_FILE names a file that cannot be read: No such file or directory.",
        "HUBSYNC_ENCRYPTION_KEYS_FILE names a file that is no text.",
        "HUBSYNC_MAIL_PASSWORD_FILE names a file without a text, or with too long a one.",
    ]


def test_hosts_of_ones_own_are_read_as_they_are_written() -> None:
    settings = read_settings({**GOOD, "FEED_PRIVATE_HOSTS": "calendar.lan, 10.1.0.0/16"})
    assert settings.feed_private_hosts.allows("calendar.lan", "192.168.1.7")
    assert settings.feed_private_hosts.allows("other.lan", "10.1.2.3")
    assert not read_settings(GOOD).feed_private_hosts.allows("calendar.lan", "192.168.1.7")
    with pytest.raises(SettingsRefused, match="HUBSYNC_FEED_PRIVATE_HOSTS must be host names and networks"):
        read_settings({**GOOD, "FEED_PRIVATE_HOSTS": "https://calendar.lan"})


def test_settings_do_not_change() -> None:
    settings = read_settings(GOOD)
    with pytest.raises(ValidationError):
        settings.base_url = "https://elsewhere.example"  # type: ignore[misc]


def test_every_setting_has_a_meaning() -> None:
    assert sorted(MEANINGS) == sorted(NAMES), "say in hubsync/config/meanings.py what it means"


def test_the_guide_is_what_the_command_prints(app: Flask) -> None:
    printed = app.test_cli_runner().invoke(args=["config", "--markdown"]).output
    assert printed == (ROOT / "docs" / "SETTINGS.md").read_text("utf-8"), (
        "flask --app wsgi config --markdown > docs/SETTINGS.md"
    )


SECRETS = {
    "SECRET_KEY": "hunter2-" * 6,
    "SECRET_KEY_FALLBACKS": "hunter2-" * 5 + "," + "hunter2-" * 4,
    "SQLALCHEMY_DATABASE_URI": "postgresql://h:hunter2@localhost/hubsync",
    "HTTPS_PROXY": "http://h:hunter2@localhost:3128",
    "MAIL_PASSWORD": "hunter2",
    "OIDC_METADATA_URL": "https://id.example/.well-known/openid-configuration",
    **{f"{app}_CLIENT_ID": "the-id" for app in APPS},
    **{f"{app}_CLIENT_SECRET": "hunter2" for app in APPS},
}


def test_no_secret_shows_where_settings_are_printed() -> None:
    settings = read_settings({**GOOD, **SECRETS})
    assert "https://hubsync.example.com" in repr(settings)
    for shown in (repr(settings), str(settings)):
        assert "hunter2" not in shown
        assert GOOD["ENCRYPTION_KEYS"] not in shown


def test_settings_come_from_the_environment_alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("HUBSYNC_MAIL_SERVER=from-a-file\nHUBSYNC_MAIL_PORT=26\n")
    monkeypatch.chdir(tmp_path)
    for name, text in GOOD.items():
        monkeypatch.setenv(f"HUBSYNC_{name}", text)
    monkeypatch.setenv("HUBSYNC_MAIL_PORT", "587")
    monkeypatch.setenv("MAIL_USERNAME", "not-ours")
    monkeypatch.setenv("hubsync_mail_username", "not-ours")
    monkeypatch.setenv("HUBSYNC_UNKNOWN", "left alone")
    settings = read_settings()
    assert (settings.mail_port, settings.mail_server, settings.mail_username) == (587, "localhost", "")
    assert read_settings(GOOD).mail_port == 25, "what is given replaces the environment"


def test_nothing_is_installed_that_lets_flask_read_files_of_settings() -> None:
    # Where python-dotenv is, `flask db upgrade` takes a .env of this folder, or of one above it, for the
    # environment, and gunicorn does not: the two would work on different databases.
    assert "dotenv" not in (ROOT / "requirements.txt").read_text()


def test_flask_is_told_what_it_reads_and_nothing_else(app: Flask) -> None:
    ours = {name for name in NAMES if not name.startswith(("MAIL_", "SQLALCHEMY_"))}
    assert [name for name in app.config if name in ours] == ["SECRET_KEY", "SECRET_KEY_FALLBACKS"]
    assert app.config["MAIL_PORT"] == config.settings(app).mail_port


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "too-short"),
        ("SECRET_KEY_FALLBACKS", "f" * 48 + ",too-short"),
        ("ENCRYPTION_KEYS", "no-fernet-key"),
        ("ENCRYPTION_KEYS", " , "),
        ("BASE_URL", "hubsync.acme.test"),
        ("BASE_URL", "https://hubsync.acme.test/under/a/path"),
        ("BASE_URL", "ftp://hubsync.acme.test"),
        ("BASE_URL", "https://somebody:hunter2@hubsync.acme.test"),
        ("HUBSPOT_API_URL", "http://evil.example\\@localhost"),
        ("SYNC_BUDGET_SECONDS", "-1"),
        ("SYNC_BUDGET_SECONDS", "nan"),
        ("SYNC_BUDGET_SECONDS", "61"),
        ("TRUSTED_PROXIES", "²"),
        ("SIGNIN_LINKS", "perhaps"),
        ("IDLE_EXPIRY_DAYS", "-1"),
        ("SOURCE_API_URLS", "https://api.diary.example"),
        ("SOURCE_API_URLS", "nobody=https://api.diary.example"),
        ("SOURCE_API_URLS", "calendly=api.diary.example"),
        ("SOURCE_API_URLS", "calendly=https://diary:hunter2@api.diary.example"),
        ("GOOGLE_METADATA_URL", "http://accounts.google.com/.well-known/openid-configuration"),
        ("OIDC_METADATA_URL", "http://id.example/.well-known/openid-configuration"),
        ("OIDC_METADATA_URL", "https://id.example/realms/acme"),
        ("OIDC_LABEL", "Acme\u202eLogin"),
        ("OIDC_LABEL", "x" * 41),
        ("MICROSOFT_METADATA_URL", "http://localhost.evil.example/.well-known/openid-configuration"),
    ],
)
def test_a_bad_value_is_refused_without_being_repeated(name: str, value: str) -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**GOOD, name: value})
    (problem,) = refused.value.problems
    assert problem.startswith(f"HUBSYNC_{name} ")
    assert not value.strip(" ,") or value not in problem


def test_an_empty_text_counts_as_not_set() -> None:
    assert read_settings({**GOOD, "MAIL_PORT": " "}).mail_port == 25


@pytest.mark.parametrize("app", APPS)
def test_a_client_id_without_its_secret_is_a_problem_and_so_is_the_reverse(app: str) -> None:
    url = {"OIDC_METADATA_URL": "https://id.example/.well-known/openid-configuration"}
    halves = {f"{app}_CLIENT_ID": "the-id", f"{app}_CLIENT_SECRET": "hunter2"}
    assert getattr(read_settings({**GOOD, **url, **halves}), f"{app.lower()}_client_id") == "the-id"
    for missing in halves:
        with pytest.raises(SettingsRefused) as refused:
            read_settings({**GOOD, **url, **{name: value for name, value in halves.items() if name != missing}})
        (problem,) = refused.value.problems
        assert problem.startswith(f"HUBSYNC_{missing} is not set")
        assert "hunter2" not in problem


def test_a_client_of_any_provider_needs_to_know_where_that_is() -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({**GOOD, "OIDC_CLIENT_ID": "the-id", "OIDC_CLIENT_SECRET": "hunter2"})
    assert refused.value.problems == ["HUBSYNC_OIDC_METADATA_URL is not set, but HUBSYNC_OIDC_CLIENT_ID is."]


def test_a_provider_on_this_machine_needs_no_https() -> None:
    for host in ("localhost", "127.0.0.1", "[::1]"):
        url = f"http://{host}:9400/.well-known/openid-configuration"
        assert read_settings({**GOOD, "GOOGLE_METADATA_URL": url}).google_metadata_url == url


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (
            "postgresql://hubsync:p%40ss@db.acme.example/hubsync",
            "postgresql+psycopg://hubsync:p%40ss@db.acme.example/hubsync",
        ),
        (" postgres://db/hubsync?sslmode=require", "postgresql+psycopg://db/hubsync?sslmode=require"),
        ("postgresql+psycopg://db/hubsync", "postgresql+psycopg://db/hubsync"),
        ("sqlite:////srv/postgresql://.sqlite3", "sqlite:////srv/postgresql://.sqlite3"),
    ],
)
def test_a_postgresql_address_needs_no_driver_in_it(given: str, read: str) -> None:
    assert read_settings({**GOOD, "SQLALCHEMY_DATABASE_URI": given}).sqlalchemy_database_uri == read


AWAY = (
    "hub.example", "localhost.evil.example", "127.0.0.1.evil.example", "10.0.0.7", "192.168.1.2", "0.0.0.0",
    "[2001:db8::1]", "[::ffff:10.0.0.7]", "127.1", "2130706433", "0x7f000001", "localhost.", "db", "１２７.0.0.1",
)  # fmt: skip
HERE = ("localhost", "LOCALHOST", "127.0.0.1", "127.8.0.1", "[::1]", "[::ffff:127.0.0.1]")
MAIL = {"MAIL_DEFAULT_SENDER": "hubsync@acme.example", "MAIL_USERNAME": "hubsync", "MAIL_PASSWORD": "hunter2"}


def problems(**changes: str) -> list[str]:
    try:
        read_settings({**GOOD, **changes})
    except SettingsRefused as refused:
        return refused.problems
    return []


@pytest.mark.parametrize("name", ["BASE_URL", "HUBSPOT_APP_URL", "HUBSPOT_API_URL"])
def test_nothing_goes_beyond_this_machine_in_clear(name: str) -> None:
    for host in AWAY:
        for port in ("", ":8080"):
            (problem,) = problems(**{name: f"http://{host}{port}"})
            assert problem.startswith(f"HUBSYNC_{name} is an http address")
            assert "HUBSYNC_ALLOW_HTTP=on" in problem
            assert problems(**{name: f"HTTP://{host}{port}"}) == [problem]
            assert problems(**{name: f"https://{host}{port}"}) == []
            assert problems(**{name: f"http://{host}{port}", "ALLOW_HTTP": "on"}) == []
    for host in HERE:
        assert problems(**{name: f"http://{host}:9000"}) == []


@pytest.mark.parametrize("host", ["smtp.acme.example", "10.0.0.7", "mail", "::ffff:10.0.0.7"])
def test_nobody_logs_in_at_a_mail_server_elsewhere_without_tls(host: str) -> None:
    (problem,) = problems(**MAIL, MAIL_SERVER=host)
    assert problem.startswith("HUBSYNC_MAIL_USERNAME would travel to the mail server in clear")
    assert "hunter2" not in problem
    assert problems(MAIL_PASSWORD="hunter2", MAIL_SERVER=host)[0].startswith("HUBSYNC_MAIL_PASSWORD ")
    for safe in ({"MAIL_USE_TLS": "on"}, {"MAIL_USE_SSL": "on"}, {"ALLOW_HTTP": "on"}):
        assert problems(**MAIL, MAIL_SERVER=host, **safe) == []
    for here in ("localhost", "127.0.0.1", "::1", ""):
        assert problems(**MAIL, MAIL_SERVER=here) == []


def test_who_may_sign_in_is_never_asked_in_clear() -> None:
    for host in AWAY:
        url = f"http://{host}/.well-known/openid-configuration"
        assert problems(GOOGLE_METADATA_URL=url, ALLOW_HTTP="on") == [
            "HUBSYNC_GOOGLE_METADATA_URL must begin with https://."
        ]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({}, ""),
        ({"BASE_URL": "http://hub.example", "ALLOW_HTTP": "on"}, "BASE_URL"),
        ({"HUBSPOT_API_URL": "http://hub.example", "ALLOW_HTTP": "on"}, "HUBSPOT_API_URL"),
        ({**MAIL, "MAIL_SERVER": "smtp.acme.example", "ALLOW_HTTP": "on"}, "MAIL_USERNAME"),
        ({"MAIL_DEFAULT_SENDER": "h@acme.example", "MAIL_SERVER": "smtp.acme.example"}, "MAIL_SERVER"),
        ({"MAIL_DEFAULT_SENDER": "h@acme.example", "MAIL_SERVER": "smtp.acme.example", "MAIL_USE_TLS": "on"}, ""),
        ({"HTTPS_PROXY": "http://user:hunter2@proxy.acme.example:3128"}, "HTTPS_PROXY"),
        ({"HTTPS_PROXY": "http://proxy.acme.example:3128"}, ""),
        ({"HTTPS_PROXY": "http://user:hunter2@127.0.0.1:3128"}, ""),
        ({"HTTPS_PROXY": "https://user:hunter2@proxy.acme.example:3128"}, ""),
        ({"HTTPS_PROXY": "http://[proxy"}, ""),
        ({"SQLALCHEMY_DATABASE_URI": "postgresql://h:hunter2@db.acme.example/hubsync"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "postgres://db/hubsync?sslmode=disable"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "postgresql:///hubsync?host=10.0.0.7"}, "SQLALCHEMY_DATABASE_URI"),
        ({"SQLALCHEMY_DATABASE_URI": "postgresql://db/hubsync?sslmode=verify-full"}, ""),
        ({"SQLALCHEMY_DATABASE_URI": "postgresql://postgres@/postgres?host=/run/postgresql"}, ""),
        ({"SQLALCHEMY_DATABASE_URI": "postgresql://127.0.0.1/hubsync"}, ""),
        ({"SQLALCHEMY_DATABASE_URI": "postgresql://h:p[w@db/hubsync"}, ""),
        ({"SQLALCHEMY_DATABASE_URI": "sqlite:////srv/hubsync.sqlite3"}, ""),
    ],
)
def test_what_travels_in_clear_is_told_though_it_is_taken(changes: dict[str, str], named: str) -> None:
    exposures = list(find_exposures(read_settings({**GOOD, **changes})))
    assert [exposure.setting for exposure in exposures] == [named] * bool(named)
    assert all("hunter2" not in exposure.problem for exposure in exposures)


def test_the_sandbox_on_this_machine_needs_no_further_word() -> None:
    trying = {"BASE_URL": "http://localhost:8000", "HUBSPOT_API_URL": "http://127.0.0.1:9000", **MAIL}
    assert list(find_exposures(read_settings({**GOOD, **trying}))) == []


def test_the_api_of_a_source_may_be_elsewhere() -> None:
    with diary_registered():
        assert read_settings(GOOD).source_api_urls == {}
        elsewhere = {"SOURCE_API_URLS": " diary = https://api.diary.example/v2/ ,"}
        assert read_settings({**GOOD, **elsewhere}).source_api_urls == {"diary": "https://api.diary.example/v2"}


def test_no_token_of_a_source_goes_beyond_this_machine_in_clear() -> None:
    with diary_registered():
        (problem,) = problems(SOURCE_API_URLS="diary=http://diary.example")
        assert problem.startswith("HUBSYNC_SOURCE_API_URLS has an http address for diary")
        assert problems(SOURCE_API_URLS="diary=http://diary.example", ALLOW_HTTP="on") == []
        assert problems(SOURCE_API_URLS="diary=http://127.0.0.1:9100") == []
