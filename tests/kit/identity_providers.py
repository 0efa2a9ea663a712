"""The sign-in providers of a test worker, loaded by ``tests/conftest.py``: one process, and a proxy for each name.

Both are imported by the first test that needs them: a provider makes keys when it is imported.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.kit.identity_provider import Proxy, ProxyServer

TENANT = "5f0d2f2e-93c6-4f43-9c06-5a4d2b7d1a11"


@pytest.fixture(scope="session")
def provider_port() -> Iterator[int]:
    """The provider's process, one for all tests."""
    from tests.kit.identity_provider_process import provider_process

    with provider_process() as port:
        yield port


@pytest.fixture(scope="session")
def google_server(provider_port: int) -> Iterator[ProxyServer]:
    from tests.kit.identity_provider import proxy_before

    with proxy_before(provider_port) as server:
        yield server


@pytest.fixture
def google(google_server: ProxyServer) -> Proxy:
    """Google: the issuer is the address itself; answers pass untouched."""
    return google_server.fresh()


@pytest.fixture(scope="session")
def another_server(provider_port: int) -> Iterator[ProxyServer]:
    from tests.kit.identity_provider import proxy_before

    with proxy_before(provider_port, "/realms/acme") as server:
        yield server


@pytest.fixture
def another(another_server: ProxyServer) -> Proxy:
    """Any other provider: its issuer has a path, answers pass untouched."""
    return another_server.fresh()


@pytest.fixture(scope="session")
def microsoft_server(provider_port: int) -> Iterator[ProxyServer]:
    from tests.kit.identity_provider import proxy_before

    with proxy_before(provider_port, "/common/v2.0") as server:
        yield server


@pytest.fixture
def microsoft(microsoft_server: ProxyServer) -> Proxy:
    """Microsoft for all tenants: the issuer is a template, and tokens name their tenant."""
    proxy = microsoft_server.fresh()

    def name_the_template(document: dict[str, object]) -> None:
        document["issuer"] = f"{proxy.url}/{{tenantid}}/v2.0"

    def name_the_tenant(claims: dict[str, object]) -> None:
        claims |= {"iss": f"{proxy.url}/{TENANT}/v2.0", "tid": TENANT}

    proxy.document, proxy.claims = name_the_template, name_the_tenant
    return proxy
