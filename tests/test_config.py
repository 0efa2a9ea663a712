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
