"""What counts of a checked token: who it is, and whether the address was vouched for."""

from __future__ import annotations

import pytest

from hubsync.identity import GOOGLE, MICROSOFT, OIDC, Proof

WHO = {"iss": "https://accounts.google.com", "sub": "1"}


@pytest.mark.parametrize("said", [False, "true", "false", 1, None, [True]])
def test_only_true_makes_googles_address_count_and_that_of_any_provider(said: object) -> None:
    address = {"email": "Mika@Acme.example "}
    for provider in (GOOGLE, OIDC):
        assert Proof.read(provider, {**WHO, **address, "email_verified": True}).email_verified
        assert not Proof.read(provider, {**WHO, **address, "email_verified": said}).email_verified
        assert not Proof.read(provider, {**WHO, **address}).email_verified
        assert not Proof.read(provider, {**WHO, **address, "xms_edov": True}).email_verified


@pytest.mark.parametrize("said", [False, "1", "true", 1, None])
def test_only_a_verified_domain_makes_microsofts_address_count(said: object) -> None:
    address = {"email": "mika@acme.example", "email_verified": True}
    assert Proof.read(MICROSOFT, {**WHO, **address, "xms_edov": True}).email_verified
    assert not Proof.read(MICROSOFT, {**WHO, **address, "xms_edov": said}).email_verified
    assert not Proof.read(MICROSOFT, {**WHO, **address}).email_verified


@pytest.mark.parametrize(
    "said",
    [
        None,
        "",
        "nonsense",
        "a@b@c",
        ["mika@acme.example"],
        "x" * 400 + "@acme.example",
        "mika@acme.example\n\nBcc: x@y.zz",
    ],
)
def test_what_is_no_address_is_none_and_counts_for_nothing(said: object) -> None:
    proof = Proof.read(GOOGLE, {**WHO, "email": said, "email_verified": True})
    assert (proof.email, proof.email_verified) == ("", False)


def test_addresses_are_compared_in_lower_case() -> None:
    assert Proof.read(GOOGLE, {**WHO, "email": " Mika@ACME.example"}).email == "mika@acme.example"


@pytest.mark.parametrize(
    "said",
    [
        "ｍika@acme.example",
        "mika＠acme.example",
        "mika@acme.example.",
        "Mika <mika@acme.example>",
        "mi\u200bka@acme.example",
    ],
)
def test_no_address_is_vouched_for_but_the_one_that_the_provider_wrote(said):
    assert Proof.read(GOOGLE, {**WHO, "email": said, "email_verified": True}).email == ""


@pytest.mark.parametrize(("said", "kept"), [("Mika", "Mika"), (None, ""), (7, ""), ("x" * 300, "x" * 200)])
def test_a_name_is_a_text_of_some_length(said: object, kept: str) -> None:
    assert Proof.read(GOOGLE, {**WHO, "name": said}).name == kept
