"""A sandbox over a real socket, and a session that calls it with a service key."""

from collections.abc import Iterator

import hubspot as legacy_package
import hubspot_sdk
import pytest
import requests

from hubspot_sandbox import SandboxServer, SandboxSettings
from hubspot_sandbox.shared import SharedSandbox

CALLBACK = "http://localhost:8000/integrations/hubspot/callback"


class Caller(requests.Session):
    """A client of one sandbox: paths instead of addresses, and the token on every call."""

    def __init__(self, base: str, token: str | None) -> None:
        super().__init__()
        self.trust_env = False
        self.base = base
        if token is not None:
            self.headers["Authorization"] = f"Bearer {token}"

    def request(self, method, url, **named):  # type: ignore[no-untyped-def,override]
        """Call a path of the sandbox."""
        named.setdefault("timeout", 10)
        named.setdefault("allow_redirects", False)
        return super().request(method, self.base + url, **named)

    def make(self, kind: str, properties: dict[str, object], **more: object) -> dict:
        """Create a record and return it."""
        answer = self.post(f"/crm/objects/2026-09/{kind}", json={"properties": properties, **more})
        assert answer.status_code == 201, answer.text
        return answer.json()

    def find(self, kind: str, *filters: tuple[object, ...], **more: object) -> list[str]:
        """The ids of a search with one group of (property, operator[, value]) filters."""
        group = [
            {"propertyName": name, "operator": operator, **({"value": value[0]} if value else {})}
            for name, operator, *value in filters
        ]
        body = {"filterGroups": [{"filters": group}] if group else [], **more}
        answer = self.post(f"/crm/objects/2026-09/{kind}/search", json=body)
        assert answer.status_code == 200, answer.text
        return [record["id"] for record in answer.json()["results"]]

    def switch(self, **switches: object) -> None:
        """Set switches of the sandbox."""
        answer = self.put("/sandbox/api/settings", json=switches)
        assert answer.status_code == 200, answer.text

    def seed(self, kind: str, properties: dict[str, object]) -> str:
        """Put a record there as if by hand and return its id."""
        answer = self.post(f"/sandbox/api/records/{kind}", json={"properties": properties})
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def fault(self, **fault: object) -> int:
        """Set a fault and return its number."""
        answer = self.post("/sandbox/api/faults", json=fault)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def calls(self) -> list[dict]:
        """The call log."""
        return self.get("/sandbox/api/calls").json()["results"]


@pytest.fixture(scope="session")
def _shared() -> Iterator[SharedSandbox]:
    shared = SharedSandbox(SandboxSettings(redirect_urls=[CALLBACK]))
    yield shared
    shared.stop()


@pytest.fixture
def sandbox(_shared: SharedSandbox) -> SandboxServer:
    """A sandbox in memory, as good as new."""
    return _shared.fresh()


@pytest.fixture
def token(sandbox: SandboxServer) -> str:
    """A service key with every scope."""
    return requests.post(f"{sandbox.url}/sandbox/api/service-keys", json={}, timeout=10).json()["token"]


@pytest.fixture
def hubspot(sandbox: SandboxServer, token: str) -> Iterator[Caller]:
    """The sandbox as a program with a token sees it."""
    with Caller(sandbox.url, token) as caller:
        yield caller


@pytest.fixture
def legacy(sandbox: SandboxServer, token: str) -> legacy_package.HubSpot:
    """hubspot-api-client: speaks v3 and v4."""
    return legacy_package.HubSpot(access_token=token, host=sandbox.url, base_url=sandbox.url)


@pytest.fixture
def current(sandbox: SandboxServer, token: str) -> Iterator[hubspot_sdk.HubSpot]:
    """hubspot-sdk, a pre-release: speaks 2026-03. Its own retries would hide a refusal."""
    with hubspot_sdk.HubSpot(access_token=token, base_url=sandbox.url, max_retries=0) as client:
        yield client
