"""Secrets at rest."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from hubsync.errors import SecretUnreadable
from hubsync.store.sealed import Vault

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_sealed_opens_again_and_does_not_show_the_secret() -> None:
    sealed = Vault([NEW]).seal("team:1:access token", "pat-na1-secret")
    assert "pat-na1" not in sealed
    assert Vault([NEW]).open("team:1:access token", sealed) == "pat-na1-secret"


def test_an_old_key_still_opens_and_the_newest_seals() -> None:
    sealed = Vault([OLD]).seal("here", "secret")
    assert Vault([NEW, OLD]).open("here", sealed) == "secret"
    with pytest.raises(SecretUnreadable):
        Vault([OLD]).open("here", Vault([NEW, OLD]).seal("here", "secret"))


def test_a_sealed_text_copied_to_another_place_does_not_open() -> None:
    with pytest.raises(SecretUnreadable):
        Vault([NEW]).open("team:2:access token", Vault([NEW]).seal("team:1:access token", "secret"))
