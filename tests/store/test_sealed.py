"""Secrets at rest."""

from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from hubsync.errors import SecretUnreadable
from hubsync.store.sealed import Vault, sealed_columns
from hubsync.store.tables import METADATA

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


def test_what_is_sealed_anew_is_the_same_secret_for_the_same_place_and_needs_the_newest_key_alone() -> None:
    both = Vault([NEW, OLD])
    sealed = Vault([OLD]).seal("here", "secret")
    assert (both.is_sealed_with_newest(sealed), both.can_open(sealed)) == (False, True)
    resealed = both.reseal(sealed)
    assert both.is_sealed_with_newest(resealed)
    assert Vault([NEW]).open("here", resealed) == "secret"
    with pytest.raises(SecretUnreadable):
        Vault([NEW]).open("there", resealed)


def test_what_no_key_opens_is_not_sealed_anew() -> None:
    sealed = Vault([OLD]).seal("here", "secret")
    assert not Vault([NEW]).can_open(sealed)
    with pytest.raises(SecretUnreadable):
        Vault([NEW]).reseal(sealed)


def test_every_column_whose_name_promises_it_is_known_as_sealed_and_no_other_one() -> None:
    """Key rotation goes by these columns, and a vault opens nothing that stands in another one (`sealed_text`)."""
    known = {f"{column.table.name}.{column.name}" for column in sealed_columns()}
    named = {
        f"{table.name}.{column.name}"
        for table in METADATA.tables.values()
        for column in table.columns
        if "sealed" in column.name
    }
    assert known == named
    assert {
        "connections.access_sealed",
        "parked_connections.refresh_sealed",
        "intake_endpoints.secret_sealed",
        "intake_endpoints.sample_sealed",
    } <= known
