"""TLS is always verified, and a proxy is used only where the settings name one."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from hubsync.errors import AnswerLost, HubSpotUnreachable
from hubsync.hubspot.calls import Call
from hubsync.net.deadline import Deadline

WRITE = Call("POST", "/thing", {"name": "Acme"}, writes=True)


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def bundle(authority, tmp_path) -> str:
    file = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(file))
    return str(file)


def serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def soon() -> Deadline:
    return Deadline.after(3)


def test_a_certificate_of_the_given_bundle_is_trusted_and_its_connection_kept(serve, wire, authority, bundle):
    server = serve(context=serving(authority.issue_cert("localhost")))
    sender = wire(server.host_url, ca_bundle=bundle)
    assert [sender.send(WRITE, soon()).status for _ in range(3)] == [200, 200, 200]
    assert server.connections == 1


def test_a_certificate_of_a_stranger_is_not_trusted(serve, wire, authority):
    server = serve(context=serving(authority.issue_cert("localhost")))
    with pytest.raises(HubSpotUnreachable, match=r"certificate was not accepted .*issuer"):
        wire(server.host_url).send(WRITE, soon())
    assert server.requests == []


def test_a_certificate_for_another_name_is_not_trusted(serve, wire, authority, bundle):
    server = serve(context=serving(authority.issue_cert("elsewhere.test")))
    with pytest.raises(HubSpotUnreachable, match=r"certificate was not accepted .*localhost"):
        wire(server.host_url, ca_bundle=bundle).send(WRITE, soon())
    assert server.requests == []


def test_an_expired_certificate_is_not_trusted(serve, wire, authority, bundle):
    old = authority.issue_cert("localhost", not_after=datetime.now(UTC) - timedelta(days=1))
    server = serve(context=serving(old))
    with pytest.raises(HubSpotUnreachable, match="expired"):
        wire(server.host_url, ca_bundle=bundle).send(WRITE, soon())
    assert server.requests == []


def test_an_environments_bundle_is_not_looked_at(serve, wire, authority, bundle, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", bundle)
    monkeypatch.setenv("CURL_CA_BUNDLE", bundle)
    server = serve(context=serving(authority.issue_cert("localhost")))
    with pytest.raises(HubSpotUnreachable, match="certificate"):
        wire(server.host_url).send(WRITE, soon())


def test_an_answer_over_tls_that_drips_is_cut_at_the_deadline(serve, wire, authority, bundle):
    def drip(sock: socket.socket, request: object) -> None:
        sock.sendall(b"HTTP/1.1 200 OK\r\n")
        while True:
            time.sleep(0.05)
            sock.sendall(b"x")

    server = serve(drip, context=serving(authority.issue_cert("localhost")))
    started = time.monotonic()
    with pytest.raises(AnswerLost, match="too long"):
        wire(server.host_url, ca_bundle=bundle).send(WRITE, Deadline.after(0.5))
    assert time.monotonic() - started < 1.0


def test_a_slow_handshake_may_use_all_the_time_that_is_left(wire, authority, bundle, monkeypatch):
    listener = socket.create_server(("127.0.0.1", 0))
    address = (socket.AF_INET, socket.SOCK_STREAM, 6, "", listener.getsockname())
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [address, address, address])

    def shake_late() -> None:
        sock, _ = listener.accept()
        time.sleep(0.8)
        with serving(authority.issue_cert("localhost")).wrap_socket(sock, server_side=True) as shaken:
            data = b""
            while not data.endswith(b"}"):
                data += shaken.recv(65_536)
            shaken.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    thread = threading.Thread(target=shake_late, daemon=True)
    thread.start()
    with listener:
        answer = wire("https://localhost", ca_bundle=bundle).send(WRITE, Deadline.after(1.5))
        thread.join(5)
    assert answer.status == 200


def test_the_proxy_of_the_settings_carries_the_call_without_seeing_it(serve, wire, authority, bundle):
    server = serve(context=serving(authority.issue_cert("localhost")))

    def tunnel(sock: socket.socket, request: object) -> bool:
        with socket.create_connection(("127.0.0.1", server.port)) as far:
            sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=pump, args=(far, sock), daemon=True)
            back.start()
            pump(sock, far)
            back.join(5)
        return False

    proxy = serve(tunnel)
    through = proxy.url.replace("http://", "http://user:pass@")
    answer = wire(server.host_url, ca_bundle=bundle, https_proxy=through).send(WRITE, soon())
    assert answer.status == 200
    assert proxy.requests[0].line.startswith(f"CONNECT localhost:{server.port} ")
    assert proxy.requests[0].headers["proxy-authorization"].startswith("Basic ")
    assert server.requests[0].line == "POST /thing HTTP/1.1"


@pytest.mark.parametrize("answer", [b"HTTP/1.1 407 No\r\n\r\n", b"HTTP/1.1 200 O", b"HTTP/1.1 502 No\r\n\r\n"])
def test_nothing_was_sent_where_the_proxy_makes_no_tunnel(serve, wire, answer):
    def refuse(sock: socket.socket, request: object) -> None:
        sock.sendall(answer)
        sock.recv(1)

    proxy = serve(refuse)
    started = time.monotonic()
    with pytest.raises(HubSpotUnreachable):
        wire("https://hubspot.test", https_proxy=proxy.url).send(WRITE, Deadline.after(0.5))
    assert time.monotonic() - started < 1.0


def pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # either side may go first
