"""TLS is always verified, and a proxy is used only where the settings name one."""

from __future__ import annotations

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta

import pytest
import trustme

from hubsync.errors import HubSpotUnreachable
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
    return Deadline.after(30)


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


def test_the_proxy_of_the_settings_carries_the_call_without_seeing_it(serve, wire, authority, bundle):
    server = serve(context=serving(authority.issue_cert("localhost")))

    def tunnel(sock: socket.socket, request: object) -> bool:
        with socket.create_connection(("127.0.0.1", server.port)) as far:
            sock.sendall(b"HTTP/1.1 200 Connected\r\n\r\n")
            back = threading.Thread(target=pump, args=(far, sock), daemon=True)
            back.start()
            pump(sock, far)
            back.join(60)
        return False

    proxy = serve(tunnel)
    through = proxy.url.replace("http://", "http://user:pass@")
    answer = wire(server.host_url, ca_bundle=bundle, https_proxy=through).send(WRITE, soon())
    assert answer.status == 200
    assert proxy.requests[0].line.startswith(f"CONNECT localhost:{server.port} ")
    assert proxy.requests[0].headers["proxy-authorization"].startswith("Basic ")
    assert server.requests[0].line == "POST /thing HTTP/1.1"


def pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65_536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        pass  # either side may go first
