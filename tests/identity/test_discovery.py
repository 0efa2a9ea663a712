"""Discovery documents: used when they name the issuer that belongs to their address, and safe places only."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from hubsync.errors import IdentityRefused
from hubsync.identity import MICROSOFT
from hubsync.identity.app import ProviderApp
from tests.identity.conftest import Traveller
from tests.kit.identity_provider import WELL_KNOWN, Json, Proxy, proxy_before
from tests.kit.identity_providers import TENANT

Make = Callable[..., Traveller]

DOCUMENTS = {
    "names another issuer": {"issuer": "https://evil.example"},
    "names no issuer": {"issuer": None},
    "names the issuer with a slash": {"issuer": "{url}/"},
    "sends people elsewhere": {"authorization_endpoint": "https://evil.example/authorize"},
    "sends people to a script": {"authorization_endpoint": "javascript:alert(1)"},
    "has no place for the code": {"token_endpoint": None},
    "sends the code to a file": {"token_endpoint": "file:///etc/passwd"},
    "has keys in a list": {"jwks_uri": ["{url}/jwks"]},
}


@pytest.mark.parametrize("what", DOCUMENTS)
def test_a_discovery_document_is_not_used_that(make_traveller: Make, google: Proxy, what: str) -> None:
    def change(document: Json) -> None:
        for name, value in DOCUMENTS[what].items():
            document[name] = value.format(url=google.url) if isinstance(value, str) else value

    google.document = change
    traveller = make_traveller()
    for _ in range(2):
        with pytest.raises(IdentityRefused, match="does not prove who you are"):
            traveller.leave()
    google.document = None
    assert traveller.travel().subject == "mika", "what was refused was not kept"


def test_a_template_is_no_issuer_of_an_address_for_one_tenant(make_traveller: Make, provider_port: int) -> None:
    with proxy_before(provider_port, f"/{TENANT}/v2.0") as server:
        proxy = server.proxy
        proxy.document = lambda document: document.update(issuer=f"{proxy.url}/{{tenantid}}/v2.0")
        with pytest.raises(IdentityRefused):
            make_traveller(microsoft=proxy.metadata_url).leave(MICROSOFT)
        proxy.document = None
        proxy.claims = lambda claims: claims.update(tid=TENANT)
        assert make_traveller(microsoft=proxy.metadata_url).travel(MICROSOFT).subject == "mika"


def test_a_secure_provider_has_only_secure_places() -> None:
    document = {
        "issuer": "https://id.example",
        "authorization_endpoint": "https://id.example/a",
        "token_endpoint": "https://id.example/t",
        "jwks_uri": "https://keys.example/k",
    }
    address = f"https://id.example{WELL_KNOWN}"
    assert ProviderApp.read_document(document, address)[1]["jwks_uri"] == "https://keys.example/k"
    for name in ("token_endpoint", "jwks_uri"):
        with pytest.raises(IdentityRefused):
            ProviderApp.read_document({**document, name: "http://id.example/x"}, address)
