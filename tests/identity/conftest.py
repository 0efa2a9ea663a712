"""The identity package alone: no database, no pages; one browser's session, and the provider over real sockets."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask

from hubsync.identity import GOOGLE, MICROSOFT, Proof, Providers, Registration, Route
from tests.kit.identity_provider import Proxy, answer_there, parameters

CLIENT_ID = "hubsync-client"
CLIENT_SECRET = "canary-client-secret"
CALLBACK = "http://localhost:8000/signin/{}/callback"


@dataclass
class Traveller:
    """Somebody in one browser, who goes to a provider and comes back."""

    providers: Providers

    def leave(self, provider: str = GOOGLE, **kept: object) -> str:
        return self.providers.start_sign_in(provider, CALLBACK.format(provider), **kept)

    def come_back(self, query: dict[str, str], provider: str = GOOGLE) -> Proof:
        begun = self.providers.resume_sign_in(provider, query.get("state", ""))
        return self.providers.verify(begun, query)

    def travel(self, provider: str = GOOGLE, subject: str = "mika", **changed: str) -> Proof:
        """There and back; *changed* are parameters of the way back."""
        return self.come_back(parameters(answer_there(self.leave(provider), subject)) | changed, provider)


@pytest.fixture
def make_traveller(google: Proxy, microsoft: Proxy) -> Iterator[Callable[..., Traveller]]:
    """Make somebody with a browser of their own, at an installation that gets to the providers over *route*."""
    contexts = []

    def make(route: Route | None = None, **urls: str) -> Traveller:
        app = Flask("alone")
        app.secret_key = "k" * 40
        addresses = {GOOGLE: google.metadata_url, MICROSOFT: microsoft.metadata_url} | urls
        registrations = [Registration(name, CLIENT_ID, CLIENT_SECRET, url) for name, url in addresses.items()]
        contexts.append(app.test_request_context("/"))
        contexts[-1].push()
        return Traveller(Providers(app, registrations, route or Route()))

    yield make
    for context in reversed(contexts):
        context.pop()


@pytest.fixture
def traveller(make_traveller: Callable[..., Traveller]) -> Traveller:
    return make_traveller()
