"""Id tokens that were tampered with between the provider and us: each is refused, in the same words for people."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

from hubsync.errors import IdentityRefused, ProviderUnreachable
from hubsync.identity import MICROSOFT
from tests.identity.conftest import CLIENT_ID, CLIENT_SECRET, Traveller
from tests.kit.identity_provider import KEY, Answer, Json, Proxy, new_key
from tests.kit.identity_providers import TENANT
from tests.kit.provider_signin import OTHER_TENANT

Claims = dict[str, Any]
REFUSED = "does not prove who you are"


def test_an_untouched_token_proves_who_came(traveller: Traveller, google: Proxy) -> None:
    google.knows("mika", email="mika@acme.example", email_verified=True, name="Mika Sato")
    proof = traveller.travel()
    assert (proof.issuer, proof.subject) == (google.url, "mika")
    assert (proof.email, proof.email_verified, proof.name) == ("mika@acme.example", True, "Mika Sato")


def test_a_token_signed_anew_is_as_good(traveller: Traveller, google: Proxy) -> None:
    google.claims = lambda claims: None  # so that the tests below fail for what they change
    assert traveller.travel().subject == "mika"


def test_a_token_of_any_tenant_is_taken_with_the_tenants_issuer(traveller: Traveller, microsoft: Proxy) -> None:
    assert traveller.travel(MICROSOFT).issuer == f"{microsoft.url}/{TENANT}/v2.0"


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("for another client", {"aud": "somebody-else"}),
        ("for another client that names us as the one who asked", {"aud": ["somebody-else"], "azp": CLIENT_ID}),
        ("for several clients without saying who asked", {"aud": [CLIENT_ID, "somebody-else"]}),
        ("for several clients, asked for by another", {"aud": [CLIENT_ID, "else"], "azp": "else"}),
        ("asked for by another", {"azp": "somebody-else"}),
        ("for nobody", {"aud": None}),
        ("for a number", {"aud": 7}),
        ("of another issuer", {"iss": "https://evil.example"}),
        ("of no issuer", {"iss": None}),
        ("with another nonce", {"nonce": "another"}),
        ("without a nonce", {"nonce": None}),
        ("expired", {"exp": int(time.time()) - 61}),
        ("that never expires", {"exp": None}),
        ("that expires at no number", {"exp": "never"}),
        ("issued far in the future", {"iat": int(time.time()) + 3600}),
        ("issued at no time", {"iat": None}),
        ("not valid yet", {"nbf": int(time.time()) + 3600}),
        ("about nobody", {"sub": None}),
        ("about an empty name", {"sub": ""}),
        ("about a number", {"sub": 7}),
        ("about an endless name", {"sub": "x" * 256}),
    ],
)
def test_a_token_is_refused(traveller: Traveller, google: Proxy, what: str, changes: Claims) -> None:
    def change(claims: Json) -> None:
        for name, value in changes.items():
            claims.pop(name, None)
            if value is not None:
                claims[name] = value

    google.claims = change
    with pytest.raises(IdentityRefused, match=REFUSED):
        traveller.travel()


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("whose tenant is not its issuer's", {"tid": OTHER_TENANT}),
        ("without a tenant", {"tid": None}),
        ("whose tenant is no GUID", {"tid": "common", "iss": "{url}/common/v2.0"}),
        ("whose issuer is the template", {"tid": "{tenantid}", "iss": "{url}/{{tenantid}}/v2.0"}),
        ("of another host", {"iss": f"https://evil.example/{TENANT}/v2.0"}),
    ],
)
def test_microsofts_token_is_refused(traveller: Traveller, microsoft: Proxy, what: str, changes: Claims) -> None:
    def change(claims: Json) -> None:
        claims |= {"iss": f"{microsoft.url}/{TENANT}/v2.0", "tid": TENANT}
        claims |= {
            name: value and value.format(url=microsoft.url, tenantid="{tenantid}")
            for name, value in changes.items()
        }
        if claims["tid"] is None:
            del claims["tid"]

    microsoft.claims = change
    with pytest.raises(IdentityRefused, match=REFUSED):
        traveller.travel(MICROSOFT)


def test_a_key_of_one_tenant_signs_for_no_other(traveller: Traveller, microsoft: Proxy) -> None:
    keys = KeySet([KEY]).as_dict(private=False)
    microsoft.published = {"keys": [{**keys["keys"][0], "issuer": f"{microsoft.url}/{OTHER_TENANT}/v2.0"}]}
    with pytest.raises(IdentityRefused, match=REFUSED):
        traveller.travel(MICROSOFT)
    microsoft.published = {"keys": [{**keys["keys"][0], "issuer": f"{microsoft.url}/{{tenantid}}/v2.0"}]}
    with pytest.raises(IdentityRefused):
        traveller.travel(MICROSOFT)  # the keys are still those read before


def by_hand(header: Json, claims: Json, secret: bytes | None) -> str:
    """A token made without a library, because libraries refuse to make such ones."""
    parts = [encoded(json.dumps(header).encode()), encoded(json.dumps(claims).encode())]
    signature = hmac.digest(secret, ".".join(parts).encode(), "sha256") if secret else b""
    return ".".join([*parts, encoded(signature)])


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).decode().rstrip("=")


def unsigned(proxy: Proxy, claims: Json) -> str:
    return by_hand({"alg": "none", "kid": "proxy"}, claims, None)


def with_the_public_key_as_secret(proxy: Proxy, claims: Json) -> str:
    return by_hand({"alg": "HS256", "kid": "proxy"}, claims, proxy.key.as_pem(private=False))


def with_the_client_secret(proxy: Proxy, claims: Json) -> str:
    return by_hand({"alg": "HS256", "kid": "proxy"}, claims, CLIENT_SECRET.encode())


def with_a_foreign_key(proxy: Proxy, claims: Json) -> str:
    return proxy.signed(claims, new_key("proxy"))


def with_a_key_it_brings_along(proxy: Proxy, claims: Json) -> str:
    key = new_key("proxy")
    return jwt.encode(
        {"alg": "RS256", "kid": "proxy", "jwk": key.as_dict(private=False)}, claims, key, algorithms=["RS256"]
    )


def with_a_changed_signature(proxy: Proxy, claims: Json) -> str:
    token = proxy.signed(claims)
    return token[:-8] + ("A" if token[-8] != "A" else "B") + token[-7:]


def with_changed_claims(proxy: Proxy, claims: Json) -> str:
    own, other = proxy.signed(claims).split("."), proxy.signed({**claims, "sub": "owner"}).split(".")
    return ".".join([own[0], other[1], own[2]])


def nothing_of_the_kind(proxy: Proxy, claims: Json) -> str:
    return "hello"


FORGERIES = (
    unsigned,
    with_the_public_key_as_secret,
    with_the_client_secret,
    with_a_foreign_key,
    with_a_key_it_brings_along,
    with_a_changed_signature,
    with_changed_claims,
    nothing_of_the_kind,
)


@pytest.mark.parametrize("forge", FORGERIES, ids=lambda forge: forge.__name__)
@pytest.mark.parametrize("offered", [["RS256"], ["RS256", "HS256", "none"], ["HS256"], ["none"], []])
@pytest.mark.quick_cases(10)
def test_a_forged_signature_is_refused_whatever_the_discovery_document_offers(
    traveller: Traveller,
    google: Proxy,
    forge: Callable[[Proxy, Json], str],
    offered: list[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    google.document = lambda document: document.update(id_token_signing_alg_values_supported=offered)
    google.token = lambda claims: forge(google, claims)
    with pytest.raises(IdentityRefused, match=REFUSED):
        traveller.travel()
    assert "the id token was refused" in caplog.text, "it came so far that the token was looked at"


def test_a_published_secret_signs_nothing(traveller: Traveller, google: Proxy) -> None:
    secret = OctKey.generate_key(256, {"kid": "shared"})
    google.published = {"keys": [secret.as_dict(private=True), *KeySet([KEY]).as_dict(private=False)["keys"]]}
    google.document = lambda document: document.update(id_token_signing_alg_values_supported=["HS256", "RS256"])
    google.token = lambda claims: jwt.encode(
        {"alg": "HS256", "kid": "shared"}, claims, secret, algorithms=["HS256"]
    )
    with pytest.raises(IdentityRefused, match=REFUSED):
        traveller.travel()


def test_other_sound_algorithms_are_taken(traveller: Traveller, google: Proxy) -> None:
    curve = ECKey.generate_key("P-256", {"kid": "curve"})
    google.published = KeySet([curve]).as_dict(private=False)
    google.document = lambda document: document.update(id_token_signing_alg_values_supported=["ES256"])
    google.token = lambda claims: jwt.encode({"alg": "ES256", "kid": "curve"}, claims, curve, algorithms=["ES256"])
    assert traveller.travel().subject == "mika"


def test_a_key_that_is_not_known_yet_is_fetched_once(traveller: Traveller, google: Proxy) -> None:
    google.claims = lambda claims: None
    traveller.travel()
    assert len(google.asked("/jwks")) == 1
    google.key = new_key("next")
    assert traveller.travel().subject == "mika"
    assert len(google.asked("/jwks")) == 2
    google.token = lambda claims: google.signed(claims, new_key("never published"))
    with pytest.raises(IdentityRefused, match=REFUSED):
        traveller.travel()
    assert len(google.asked("/jwks")) == 3


def test_no_token_at_all_proves_nobody(traveller: Traveller, google: Proxy) -> None:
    for body in ({"access_token": "a", "token_type": "Bearer"}, {"id_token": 7}, {"id_token": None}, []):
        google.answers["/oauth2/token"] = Answer(200, json.dumps(body).encode())
        with pytest.raises(IdentityRefused, match=REFUSED):
            traveller.travel()


@pytest.mark.parametrize("keys", [[], {}, {"keys": []}, {"keys": "no"}, {"keys": [7]}, {"keys": [{"kty": "RSA"}]}])
def test_keys_of_no_shape_prove_nobody(traveller: Traveller, google: Proxy, keys: object) -> None:
    google.answers["/jwks"] = Answer(200, json.dumps(keys).encode())
    with pytest.raises((IdentityRefused, ProviderUnreachable)):
        traveller.travel()
