"""A provider of whom nothing is known but the standard: what its discovery document says is kept to."""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Callable

import pytest

from hubsync.errors import IdentityRefused
from hubsync.identity import OIDC
from hubsync.identity.issuers import WELL_KNOWN, ExpectedIssuer
from tests.identity.conftest import CLIENT_ID, CLIENT_SECRET, Traveller
from tests.kit.identity_provider import Answer, Json, Proxy, parameters

UNPROVED = "does not prove who you are"
NO_ADDRESS = ("email", "email_verified")


@pytest.fixture
def traveller(make_traveller: Callable[..., Traveller], another: Proxy) -> Traveller:
    return make_traveller(oidc=another.metadata_url)


def without_address(claims: Json) -> None:
    for name in NO_ADDRESS:
        claims.pop(name, None)


def test_whoever_comes_back_is_known_by_issuer_and_subject(traveller: Traveller, another: Proxy) -> None:
    another.knows("any-mika", email="mika@acme.example", email_verified=True, name="Mika")
    proof = traveller.travel(OIDC, "any-mika")
    assert (proof.issuer, proof.subject) == (f"{another.url}/realms/acme", "any-mika")
    assert (proof.email, proof.email_verified, proof.name) == ("mika@acme.example", True, "Mika")


@pytest.mark.parametrize(
    "claim", [{"nonce": "of another sign-in"}, {"iss": "https://accounts.google.com"}, {"aud": "somebody-else"}]
)
def test_a_token_for_another_purpose_proves_nobody(traveller: Traveller, another: Proxy, claim: Json) -> None:
    another.claims = lambda claims: claims.update(claim)
    with pytest.raises(IdentityRefused, match=UNPROVED):
        traveller.travel(OIDC)


def test_an_issuer_may_end_in_a_slash_in_document_and_token_alike(traveller: Traveller, another: Proxy) -> None:
    slashed = {"iss": f"{another.url}/realms/acme/"}
    another.document = lambda document: document.update(issuer=slashed["iss"])
    with pytest.raises(IdentityRefused, match=UNPROVED):
        traveller.travel(OIDC)
    another.claims = lambda claims: claims.update(slashed)
    assert traveller.travel(OIDC).issuer == slashed["iss"]
    assert traveller.providers.provider_of(slashed["iss"]) == OIDC, "it is found again"


def test_only_the_slash_is_left_open() -> None:
    expected = ExpectedIssuer.by_the_standard(f"https://id.example/common/v2.0{WELL_KNOWN}")
    assert expected.published("https://id.example/common/v2.0/") is not None
    for other in ("https://id.example/common/v2.0//", "https://id.example/{tenantid}/v2.0", "https://id.example"):
        assert expected.published(other) is None


@pytest.mark.parametrize(
    ("ways", "in_the_header"), [(None, True), (["client_secret_post", "client_secret_basic"], True), ([], False)]
)
def test_our_secret_is_sent_in_a_way_that_it_takes(
    traveller: Traveller, another: Proxy, ways: list[str] | None, in_the_header: bool
) -> None:
    if ways is not None:
        another.document = lambda document: document.update(token_endpoint_auth_methods_supported=ways)
    traveller.travel(OIDC)
    (asked,) = another.asked("/oauth2/token")
    assert (CLIENT_SECRET in asked) == (not in_the_header)
    (header,) = [each for path, each in another.authorizations if path.endswith("/oauth2/token")]
    known = f"{CLIENT_ID}:{CLIENT_SECRET}" if in_the_header else ""
    assert b64decode(header.removeprefix("Basic ")).decode() == known


@pytest.mark.parametrize(("offered", "asked"), [(["login"], None), (["select_account"], "select_account")])
def test_it_is_asked_for_nothing_that_it_says_it_cannot_do(
    traveller: Traveller, another: Proxy, offered: list[str], asked: str | None
) -> None:
    another.document = lambda document: document.update(prompt_values_supported=offered)
    assert parameters(traveller.leave(OIDC)).get("prompt") == asked


class TestWithoutAnAddressInTheToken:
    """Some providers tell it only to whoever asks with the access token."""

    def test_it_is_asked_for(self, traveller: Traveller, another: Proxy) -> None:
        another.knows("any-mika", email="mika@acme.example", email_verified=True)
        another.claims = without_address
        proof = traveller.travel(OIDC, "any-mika")
        assert (proof.email, proof.email_verified) == ("mika@acme.example", True)

    def test_what_is_said_of_somebody_else_does_not_count(self, traveller: Traveller, another: Proxy) -> None:
        said = {"sub": "any-other", "email": "boss@acme.example", "email_verified": True}
        another.claims = without_address
        another.answers["/userinfo"] = Answer(200, json.dumps(said).encode())
        with pytest.raises(IdentityRefused, match=UNPROVED):
            traveller.travel(OIDC, "any-mika")

    def test_its_verdict_belongs_to_the_address_beside_it(self, traveller: Traveller, another: Proxy) -> None:
        said = {"sub": "any-mika", "email": "boss@acme.example"}
        another.claims = lambda claims: (without_address(claims), claims.update(email_verified=True))
        another.answers["/userinfo"] = Answer(200, json.dumps(said).encode())
        assert not traveller.travel(OIDC, "any-mika").email_verified

    def test_without_an_answer_it_is_somebody_without_an_address(
        self, traveller: Traveller, another: Proxy
    ) -> None:
        another.claims = without_address
        another.answers["/userinfo"] = Answer(503, b"")
        proof = traveller.travel(OIDC, "any-mika")
        assert (proof.subject, proof.email) == ("any-mika", "")
