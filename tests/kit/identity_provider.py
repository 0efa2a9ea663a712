"""A proxy before the OpenID provider that can make its answers bad, and a person who answers its page."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import requests
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from tests.kit.browser import Browser

WELL_KNOWN = "/.well-known/openid-configuration"
Json = dict[str, Any]


@dataclass
class Answer:
    """What the proxy says; *slowly* is how many seconds lie between its bytes."""

    status: int
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    slowly: float = 0.0


def new_key(kid: str = "proxy", **more: str) -> RSAKey:
    return RSAKey.generate_key(2048, {"kid": kid, "use": "sig", "alg": "RS256", **more})


KEY = new_key()  # making one takes its time


@dataclass
class Proxy:
    """Stands before the provider on a port of its own; what is not set passes untouched.

    *prefix* is a path before everything, such as Microsoft's ``/common/v2.0``; *document* changes the discovery
    document; *claims* changes what the id token says, which is signed with *key* then; *token* makes the id token
    out of the claims; *answers* stand in for whole answers, by the end of the path.
    """

    port: int = 0
    upstream: int = 0
    prefix: str = ""
    document: Callable[[Json], object] | None = None
    claims: Callable[[Json], object] | None = None
    token: Callable[[Json], str] | None = None
    answers: dict[str, Answer] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: KEY)
    published: Json | None = None
    seen: list[tuple[str, str, str]] = field(default_factory=list)
    authorizations: list[tuple[str, str]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def metadata_url(self) -> str:
        return f"{self.url}{self.prefix}{WELL_KNOWN}"

    def asked(self, end: str) -> list[str]:
        """The bodies of the requests whose path ends so."""
        return [body for _, path, body in self.seen if path.endswith(end)]

    def knows(self, subject: str, **claims: object) -> None:
        """Give the provider somebody who can sign in there."""
        requests.put(
            f"http://127.0.0.1:{self.upstream}/users/{subject}", json=claims, timeout=60
        ).raise_for_status()

    def signed(self, claims: Json, key: RSAKey | None = None, **header: str) -> str:
        used = key or self.key
        return jwt.encode({"alg": "RS256", "kid": used.kid or "", **header}, claims, used, algorithms=["RS256"])

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.seen.append((method, path, body.decode()))
        self.authorizations.append((path, headers.get("Authorization", "")))
        for end, answer in self.answers.items():
            if urlsplit(path).path.endswith(end):
                return answer
        found = self._forward(method, path.removeprefix(self.prefix), body, headers)
        if urlsplit(path).path.endswith(WELL_KNOWN):
            return self._discovery(found)
        if urlsplit(path).path.endswith("/oauth2/token") and found.status == 200:
            return self._tokens(found)
        if urlsplit(path).path.endswith("/jwks") and self._signs:
            keys = self.published or KeySet([self.key]).as_dict(private=False)
            return Answer(200, json.dumps(keys).encode(), found.headers)
        return found

    @property
    def _signs(self) -> bool:
        return bool(self.claims or self.token or self.prefix or self.published)

    def _forward(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        line = HTTPConnection("127.0.0.1", self.upstream, timeout=60)
        try:
            kept = {name: value for name, value in headers.items() if name.lower() not in {"connection"}}
            line.request(method, path, body, kept)
            reply = line.getresponse()
            dropped = {"transfer-encoding", "content-length", "connection", "date", "server"}
            back = {name: value for name, value in reply.getheaders() if name.lower() not in dropped}
            return Answer(reply.status, reply.read(), back)
        finally:
            line.close()

    def _discovery(self, found: Answer) -> Answer:
        document = json.loads(found.body)
        if self.prefix:
            document = {
                name: value.replace(self.url, self.url + self.prefix) if isinstance(value, str) else value
                for name, value in document.items()
            }
        if self.document:
            self.document(document)
        return Answer(200, json.dumps(document).encode(), found.headers)

    def _tokens(self, found: Answer) -> Answer:
        if not self._signs:
            return found
        tokens = json.loads(found.body)
        claims = claims_of(tokens["id_token"])
        if self.prefix:
            claims["iss"] = self.url + self.prefix
        if self.claims:
            self.claims(claims)
        tokens["id_token"] = self.token(claims) if self.token else self.signed(claims)
        return Answer(200, json.dumps(tokens).encode(), found.headers)


def claims_of(token: str) -> Json:
    """What a token says, whoever signed it."""
    part = token.split(".")[1]
    found: Json = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return found


class ProxyServer:
    """Serves a proxy before the provider; each test gets a new one, that changes nothing yet, on the same port."""

    def __init__(self, upstream: int, prefix: str = "") -> None:
        self._made = lambda: Proxy(port=self._server.server_address[1], upstream=upstream, prefix=prefix)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.proxy = self.fresh()
        self._serving = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._serving.start()

    def fresh(self) -> Proxy:
        self.proxy = self._made()
        return self.proxy

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._serving.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        shared = self

        class Handler(BaseHTTPRequestHandler):
            def _any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                answer = shared.proxy.answer(self.command, self.path, body, dict(self.headers.items()))
                self.send_response(answer.status)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                try:
                    if not answer.slowly:
                        self.wfile.write(answer.body)
                    for byte in answer.body if answer.slowly else b"":
                        self.wfile.write(bytes([byte]))
                        self.wfile.flush()
                        time.sleep(answer.slowly)
                except OSError:
                    self.close_connection = True  # whoever asked has gone

            do_GET = do_POST = _any

            def log_message(self, *args: object) -> None:
                """Nothing: the test's own log is looked at."""

        return Handler


@contextmanager
def proxy_before(upstream: int, prefix: str = "") -> Iterator[ProxyServer]:
    """Run a proxy before the provider on port *upstream*."""
    server = ProxyServer(upstream, prefix)
    try:
        yield server
    finally:
        server.stop()


def answer_there(leaving: str, subject: str, *, decline: bool = False) -> str:
    """Answer the provider's page as the person *subject*; return the address it sends the browser back to."""
    browser = Browser()
    browser.open(leaving)
    back = browser.send(leaving, {"action": "deny"} if decline else {"sub": subject})
    assert back.status_code == 302, back.text
    location = str(back.headers["Location"])
    # The mock forgets the state when somebody declines; Google and Microsoft do not.
    return changed(location, state=parameters(leaving)["state"]) if decline else location


def changed(address: str, **other: str | None) -> str:
    """The address with *other* values for parameters; None leaves one out."""
    merged = {name: value for name, value in {**parameters(address), **other}.items() if value is not None}
    return urlsplit(address)._replace(query=urlencode(merged)).geturl()


def parameters(address: str) -> dict[str, str]:
    """The query of *address*."""
    return {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}


def link_in(text: str) -> str:
    """The address of a mailed link."""
    found = re.search(r"https?://\S+/signin/\S+", text)
    assert found, text
    return found[0]
