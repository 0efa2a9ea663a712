"""A provider that is slow, broken, rude or far away: said in plain words, and nothing is signed in."""

from __future__ import annotations

import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import trustme

from hubsync.errors import IdentityRefused, ProviderUnreachable
from hubsync.identity import GOOGLE, Route
from tests.identity.conftest import Traveller
from tests.kit.identity_provider import WELL_KNOWN, Answer, Proxy

pytestmark = pytest.mark.slow  # most cases wait for a deadline in real time

QUICK = Route(call_seconds=3.0)
SOON = 15.0
"""Seconds: what is cut is over by then on a busy machine too, and what is not goes on for longer."""
DOWN = "cannot be used at the moment"

Make = Callable[..., Traveller]


def redirect(proxy: Proxy) -> Answer:
    return Answer(307, b"", {"Location": f"{proxy.url}/elsewhere"})


def found(proxy: Proxy) -> Answer:
    return Answer(302, b'{"issuer": "x"}', {"Location": f"{proxy.url}/elsewhere"})


BAD = {
    "redirects": redirect,
    "redirects with a body": found,
    "is broken": lambda proxy: Answer(500, b"{}"),
    "is overloaded": lambda proxy: Answer(503, b"<h1>busy</h1>", {"Content-Type": "text/html"}),
    "wants us to wait": lambda proxy: Answer(429, b"{}"),
    "is huge": lambda proxy: Answer(200, json.dumps({"padding": "x" * 600_000}).encode()),
    "is huge when unpacked": lambda proxy: Answer(200, packed(b" " * 50_000_000), {"Content-Encoding": "gzip"}),
    "drips": lambda proxy: Answer(200, b"x" * 400, slowly=0.1),
    "is not packed as it says": lambda proxy: Answer(200, b"hello", {"Content-Encoding": "gzip"}),
}
PLACES = (WELL_KNOWN, "/oauth2/token", "/jwks")


def packed(body: bytes) -> bytes:
    return gzip.compress(body)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("fault", BAD)
def test_a_provider_that_answers_badly_is_down(
    make_traveller: Make, google: Proxy, place: str, fault: str
) -> None:
    traveller = make_traveller(QUICK)
    google.answers[place] = BAD[fault](google)
    began = time.monotonic()
    with pytest.raises(ProviderUnreachable, match=DOWN):
        traveller.travel()
    assert time.monotonic() - began < 3 * QUICK.call_seconds + SOON
    assert google.asked("/elsewhere") == [], "no redirect is followed, least of all with the code"
    google.answers.clear()
    assert traveller.travel().subject == "mika", "it works again when the provider does"


@pytest.mark.parametrize("place", [WELL_KNOWN, "/jwks"])
@pytest.mark.parametrize("body", [b"<html>Sign in to the wireless network</html>", b"[]", b"7", b"", b"\xff\xfe"])
def test_what_is_no_json_object_is_no_answer(make_traveller: Make, google: Proxy, place: str, body: bytes) -> None:
    google.answers[place] = Answer(200, body)
    with pytest.raises(ProviderUnreachable, match=DOWN):
        make_traveller().travel()


@pytest.mark.parametrize("body", [b"<html>Sign in to the wireless network</html>", b"[]", b"7", b"", b"\xff\xfe"])
def test_a_token_answer_that_cannot_be_read_proves_nobody(
    make_traveller: Make, google: Proxy, body: bytes
) -> None:
    google.answers["/oauth2/token"] = Answer(200, body)
    with pytest.raises(IdentityRefused, match="does not prove who you are"):
        make_traveller().travel()


@pytest.mark.parametrize("error", ["invalid_client", "unauthorized_client", "invalid_request"])
def test_settings_that_the_provider_refuses_are_told_to_whoever_runs_it(
    make_traveller: Make, google: Proxy, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    body = {"error": error, "error_description": "canary"}
    google.answers["/oauth2/token"] = Answer(401, json.dumps(body).encode())
    with pytest.raises(IdentityRefused, match="settings of this installation"):
        make_traveller().travel()
    assert error in caplog.text
    assert "canary" not in caplog.text


def test_nobody_at_the_address_is_down(make_traveller: Make) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    with pytest.raises(ProviderUnreachable, match=DOWN):
        make_traveller(QUICK, google=f"http://127.0.0.1:{port}{WELL_KNOWN}").leave()


def test_every_call_comes_after_what_has_to_be_over(make_traveller: Make, google: Proxy) -> None:
    def refuse() -> None:
        raise RuntimeError("a transaction is open")

    with pytest.raises(RuntimeError, match="a transaction is open"):
        make_traveller(Route(before_send=refuse)).leave()
    assert google.seen == []


def test_nothing_of_the_environment_is_used(
    make_traveller: Make, google: Proxy, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password canary\n")
    monkeypatch.setenv("NETRC", str(netrc))
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert make_traveller().travel().subject == "mika"


@pytest.fixture
def lines() -> Iterator[tuple[int, list[bytes]]]:
    """A port that notes the first bytes of every connection, and hangs up."""
    listening = socket.create_server(("127.0.0.1", 0))
    first: list[bytes] = []

    def take() -> None:
        try:
            while True:
                line, _ = listening.accept()
                with line:
                    first.append(line.recv(1000))
        except OSError:
            return

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    yield listening.getsockname()[1], first
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    thread.join(60)


def test_secure_providers_are_asked_through_our_proxy(
    make_traveller: Make, lines: tuple[int, list[bytes]]
) -> None:
    port, first = lines
    route = Route(https_proxy=f"http://127.0.0.1:{port}")
    with pytest.raises(ProviderUnreachable, match=DOWN):
        make_traveller(route, google=f"https://accounts.google.com{WELL_KNOWN}").leave()
    assert first[0].startswith(b"CONNECT accounts.google.com:443 ")


@pytest.mark.parametrize("trusted", [True, False])
def test_certificates_are_those_of_our_bundle(make_traveller: Make, tmp_path: Path, trusted: bool) -> None:
    authority, stranger = trustme.CA(), trustme.CA()
    bundle = tmp_path / "bundle.pem"
    (authority if trusted else stranger).cert_pem.write_to_path(str(bundle))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        url = f"https://localhost:{listening.getsockname()[1]}"

        def serve() -> None:
            try:
                line, _ = listening.accept()
                with context.wrap_socket(line, server_side=True) as secure:
                    asked.append(secure.recv(1000))
                    body = json.dumps(
                        {
                            "issuer": url,
                            "authorization_endpoint": f"{url}/a",
                            "token_endpoint": f"{url}/t",
                            "jwks_uri": f"{url}/k",
                        }
                    ).encode()
                    secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
            except OSError:
                return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        traveller = make_traveller(Route(ca_bundle=str(bundle)), google=f"{url}{WELL_KNOWN}")
        if trusted:
            assert traveller.leave(GOOGLE).startswith(f"{url}/a?")
        else:
            with pytest.raises(ProviderUnreachable, match=DOWN):
                traveller.leave(GOOGLE)
        thread.join(60)
    assert bool(asked) == trusted
