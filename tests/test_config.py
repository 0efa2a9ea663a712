"""Settings: every problem at once, by name, never by value."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from hubsync.config import SettingsRefused, read_settings

GOOD = {
    "SECRET_KEY": "s" * 48,
    "ENCRYPTION_KEYS": Fernet.generate_key().decode(),
    "BASE_URL": "https://hubsync.example.com/",
}


def test_the_three_required_settings_are_enough() -> None:
    settings = read_settings(GOOD)
    assert settings["BASE_URL"] == "https://hubsync.example.com"
    assert settings["HUBSPOT_API_URL"] == "https://api.hubapi.com"
    assert settings["SYNC_BUDGET_SECONDS"] == 8.0


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(SettingsRefused) as refused:
        read_settings({"MAIL_PORT": "many", "DEFAULT_PLAN": "gold"})
    told = "\n".join(refused.value.problems)
    for name in ("SECRET_KEY", "ENCRYPTION_KEYS", "BASE_URL", "MAIL_PORT", "DEFAULT_PLAN"):
        assert f"HUBSYNC_{name} " in told


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECRET_KEY", "too-short"),
        ("ENCRYPTION_KEYS", "no-fernet-key"),
        ("ENCRYPTION_KEYS", " , "),
        ("BASE_URL", "hubsync.acme.test"),
        ("BASE_URL", "https://hubsync.acme.test/under/a/path"),
        ("BASE_URL", "ftp://hubsync.acme.test"),
        ("SYNC_BUDGET_SECONDS", "-1"),
        ("SYNC_BUDGET_SECONDS", "nan"),
        ("SYNC_BUDGET_SECONDS", "61"),
        ("TRUSTED_PROXIES", "²"),
        ("SIGNIN_LINKS", "perhaps"),
        ("IDLE_EXPIRY_DAYS", "-1"),
        ("GOOGLE_METADATA_URL", "http://accounts.google.com/.well-known/openid-configuration"),
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
    assert read_settings({**GOOD, "MAIL_PORT": " "})["MAIL_PORT"] == 25


@pytest.mark.parametrize("app", ["HUBSPOT", "GOOGLE", "MICROSOFT"])
def test_a_client_id_without_its_secret_is_a_problem_and_so_is_the_reverse(app: str) -> None:
    halves = {f"{app}_CLIENT_ID": "the-id", f"{app}_CLIENT_SECRET": "hunter2"}
    assert read_settings({**GOOD, **halves})[f"{app}_CLIENT_ID"] == "the-id"
    for missing in halves:
        with pytest.raises(SettingsRefused) as refused:
            read_settings({**GOOD, **{name: value for name, value in halves.items() if name != missing}})
        (problem,) = refused.value.problems
        assert problem.startswith(f"HUBSYNC_{missing} is not set")
        assert "hunter2" not in problem


def test_a_provider_on_this_machine_needs_no_https() -> None:
    for host in ("localhost", "127.0.0.1", "[::1]"):
        url = f"http://{host}:9400/.well-known/openid-configuration"
        assert read_settings({**GOOD, "GOOGLE_METADATA_URL": url})["GOOGLE_METADATA_URL"] == url


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
    assert read_settings({**GOOD, "SQLALCHEMY_DATABASE_URI": given})["SQLALCHEMY_DATABASE_URI"] == read
