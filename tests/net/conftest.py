"""The adapters that send over net, each asking in the way that it does."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import Any

import pytest
import trustme

from hubsync.errors import AnswerLost, HubSpotUnreachable, HubSyncError, ProviderUnreachable, SourceUnreachable
from hubsync.hubspot.calls import Call
from hubsync.hubspot.wire import Wire
from hubsync.identity import Route
from hubsync.identity.transport import ProviderSession
from hubsync.net.deadline import Deadline
from hubsync.sources.client import Route as SourceRoute
from hubsync.sources.exchange import JsonExchange
from tests.kit.http_server import serve

__all__ = ["serve"]


@dataclass(frozen=True)
class Asker:
    """Whoever sends: ``send(address, seconds, **options)`` returns the body of the answer.

    *unreachable* is raised when nothing was sent, *lost* when the request was and no answer came.
    """

    send: Callable[..., bytes]
    unreachable: type[HubSyncError]
    lost: type[HubSyncError]


def read_hubspot(url: str, seconds: float, **options: Any) -> bytes:
    return _hubspot(url, seconds, Call("GET", "/thing", writes=False), options)


def write_hubspot(url: str, seconds: float, size: int = 1, **options: Any) -> bytes:
    return _hubspot(url, seconds, Call("POST", "/thing", {"name": "x" * size}, writes=True), options)


def _hubspot(url: str, seconds: float, call: Call, options: dict[str, Any]) -> bytes:
    with closing(Wire(url, call_seconds=seconds, **options)) as wire:
        return wire.send(call, Deadline.after(60)).body


def read_provider(url: str, seconds: float, **options: Any) -> bytes:
    with ProviderSession(Route(call_seconds=seconds, **options)) as session:
        body: bytes = session.request("GET", f"{url}/keys", withhold_token=True).content
        return body


def read_source(url: str, seconds: float, **options: Any) -> bytes:
    return json.dumps(_source(url, seconds, "GET", None, options)).encode()


def write_source(url: str, seconds: float, size: int = 1, **options: Any) -> bytes:
    return json.dumps(_source(url, seconds, "POST", {"name": "x" * size}, options)).encode()


def _source(url: str, seconds: float, method: str, body: Any, options: dict[str, Any]) -> Any:
    exchange = JsonExchange(SourceRoute(url, **options))
    return exchange.ask(method, "/thing", "token", Deadline.after(seconds), body=body).content


def redeem_code(url: str, seconds: float, size: int = 1, **options: Any) -> bytes:
    with ProviderSession(Route(call_seconds=seconds, **options)) as session:
        body: bytes = session.request("POST", f"{url}/token", data="x" * size, withhold_token=True).content
        return body


READERS = {
    "hubspot-read": Asker(read_hubspot, HubSpotUnreachable, HubSpotUnreachable),
    "identity-read": Asker(read_provider, ProviderUnreachable, ProviderUnreachable),
    "source-read": Asker(read_source, SourceUnreachable, SourceUnreachable),
}
SENDERS = {
    "hubspot-write": Asker(write_hubspot, HubSpotUnreachable, AnswerLost),
    "identity-code": Asker(redeem_code, ProviderUnreachable, ProviderUnreachable),
    "source-write": Asker(write_source, SourceUnreachable, SourceUnreachable),
}


@pytest.fixture(params=[*READERS, *SENDERS])
def asker(request: pytest.FixtureRequest) -> Asker:
    """Each adapter, once with a request that has no body and once with one that has."""
    return (READERS | SENDERS)[request.param]


@pytest.fixture(params=SENDERS)
def sender(request: pytest.FixtureRequest) -> Asker:
    """Each adapter with a request that has a body."""
    return SENDERS[request.param]


@pytest.fixture(scope="module")
def certified(tmp_path_factory: pytest.TempPathFactory) -> tuple[ssl.SSLContext, str]:
    """The context of a server called localhost, and the file of certificates that trusts it."""
    authority = trustme.CA()
    bundle = tmp_path_factory.mktemp("trust") / "authority.pem"
    authority.cert_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    return context, str(bundle)
