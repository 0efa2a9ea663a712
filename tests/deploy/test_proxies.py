"""The examples of `deploy/` for what stands before HubSync: what they say, and what becomes of requests."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests
import trustme
from flask import Flask

from tests.kit.http_server import Server, reply, serve
from tests.kit.ports import free_port
from tests.kit.raw_requests import Answer
from tests.kit.serving import ROOT
from tests.kit.waiting import wait_until

__all__ = ["serve"]

HOST = "hubsync.example.com"
TOKEN = "AZYXWVUTSRQPONMLKJIHGFEDCBA98765"
UPLOAD = r"^/teams/[^/]+/settings/import$"
NGINX = (ROOT / "deploy" / "nginx.conf").read_text()
CADDY = (ROOT / "deploy" / "Caddyfile").read_text()


def test_nginx_reads_whole_requests_and_waits_for_nobody_for_long() -> None:
    said = {line.strip().rstrip(";") for line in NGINX.splitlines()}
    assert said >= {
        *("proxy_request_buffering on", "proxy_buffering on", "proxy_next_upstream off"),
        *("client_header_timeout 10s", "client_body_timeout 10s", "send_timeout 30s", "keepalive_timeout 60s"),
        *("limit_conn hubsync_address 60", "limit_conn hubsync_all 400", "client_max_body_size 4m"),
        *("proxy_set_header Host $host", "proxy_set_header X-Forwarded-For $remote_addr"),
        *("proxy_set_header X-Forwarded-Proto $scheme", 'proxy_set_header X-Forwarded-Host ""'),
        *("ssl_protocols TLSv1.2 TLSv1.3", "server_tokens off"),
    }
    assert re.findall(r"location ([^{]+) \{\s+client_max_body_size (\w+);", NGINX) == [(f"~ {UPLOAD}", "25m")]
    (ciphers,) = (each.removeprefix("ssl_ciphers ").split(":") for each in said if each.startswith("ssl_ciphers "))
    assert all(re.fullmatch(r"ECDHE-\w+-(AES\d+-GCM-SHA\d+|CHACHA20-POLY1305)", each) for each in ciphers)
    (log,) = re.findall(r"log_format hubsync '(.*)';", NGINX)
    assert not {"$request", "$request_uri", "$args", "$uri", "$http_referer"} & set(re.findall(r"\$\w+", log))
    assert "error_log /var/log/nginx/hubsync-error.log crit" in said, "errors tell whole request lines"


def test_caddy_reads_whole_requests_and_waits_for_nobody_for_long() -> None:
    said = {" ".join(line.split()) for line in CADDY.splitlines()}
    assert said >= {
        *("request_buffers 4MiB", "max_size 4MiB", "max_size 25MiB", "max_conns_per_host 400"),
        *("read_header 10s", "read_body 30s", "write 60s", "idle 60s"),
        *("header_up Host {host}", "header_up X-Forwarded-For {remote_host}"),
        *("header_up X-Forwarded-Proto {scheme}", "header_up -X-Forwarded-Host"),
        *("request>headers delete", "resp_headers delete"),
    }
    assert re.findall(r"(@\w+)(?: not)? \{\s+method POST\s+path_regexp (\S+)", CADDY) == [
        ("@uploads", UPLOAD),
        ("@all_else", UPLOAD),
    ]


def hide_as_nginx(path: str) -> str:
    (pattern,) = re.findall(r'"~(\^.*)" "\$\{hubsync_begin\}\[hidden\]"', NGINX)
    begins = re.match(pattern.replace("(?<", "(?P<"), path)
    return f"{begins['hubsync_begin']}[hidden]" if begins else path


def hide_as_caddy(path: str) -> str:
    (pattern,) = re.findall(r"request>uri regexp `(.*)` `\$\{1\}\[hidden\]`", CADDY)
    return re.sub(pattern, lambda found: f"{found[1] or ''}[hidden]", path)


@pytest.mark.parametrize("hide", [hide_as_nginx, hide_as_caddy], ids=["nginx", "caddy"])
def test_no_log_of_a_proxy_has_what_opens_something(app: Flask, hide: Callable[[str], str]) -> None:
    with_tokens = [rule for rule in app.url_map.iter_rules() if "token" in rule.arguments]
    assert len(with_tokens) > 5
    for rule in with_tokens:
        path = re.sub(r"<(?:\w+:)?token>", TOKEN, rule.rule)
        hidden = hide(re.sub(r"<[^>]+>", "intro-Zk3", path))
        assert hidden.endswith("/[hidden]"), path
    assert hide("/teams/acme/deliveries/7") == "/teams/acme/deliveries/7"
    assert hide_as_caddy("/teams/acme/deliveries?q=guest@acme.example") == "/teams/acme/deliveries[hidden]"
    assert hide_as_caddy(f"/intake%2fcalcom//{TOKEN}?key=short") == "/intake%2fcalcom//[hidden][hidden]"


@dataclass(frozen=True)
class Proxy:
    """A proxy with TLS on loopback, set up as the example says but for addresses and files, and its log."""

    port: int
    plain_port: int
    authority: Path
    log: Path

    def get(self, path: str, **headers: str) -> requests.Response:
        headers = {"Host": HOST, **headers}
        url = f"https://localhost:{self.port}{path}"
        return requests.get(url, headers=headers, verify=str(self.authority), allow_redirects=False, timeout=60)

    def post(self, path: str, body: bytes) -> int:
        url, headers = f"https://localhost:{self.port}{path}", {"Host": HOST}
        return requests.post(url, body, headers=headers, verify=str(self.authority), timeout=60).status_code

    def get_plain(self, path: str) -> requests.Response:
        url = f"http://127.0.0.1:{self.plain_port}{path}"
        return requests.get(url, headers={"Host": HOST}, allow_redirects=False, timeout=60)

    def line(self) -> ssl.SSLSocket:
        context = ssl.create_default_context(cafile=str(self.authority))
        accepted = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        return context.wrap_socket(accepted, server_hostname=HOST)


def find_program(name: str) -> str:
    """The program *name*; where there is none the test is skipped, with HUBSYNC_EXAMPLES=required it fails."""
    path = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if path is None:
        if os.environ.get("HUBSYNC_EXAMPLES") == "required":
            pytest.fail(f"{name} is not installed")
        pytest.skip(f"{name} is not installed")
    return path


def certify(folder: Path) -> Path:
    """Write ``key.pem`` and ``cert.pem`` for the host of the examples, and return the authority's file."""
    authority = trustme.CA()
    certificate = authority.issue_cert(HOST, "localhost")
    certificate.private_key_pem.write_to_path(folder / "key.pem")
    certificate.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    authority.cert_pem.write_to_path(folder / "authority.pem")
    return folder / "authority.pem"


@pytest.fixture
def behind() -> Iterator[Server]:
    """What stands behind the proxy and keeps what comes."""
    server = Server(reply())
    yield server
    server.close()


@pytest.fixture
def nginx(tmp_path: Path, behind: Server) -> Iterator[Proxy]:
    program = find_program("nginx")
    port, plain, authority, log = free_port(), free_port(), certify(tmp_path), tmp_path / "access.log"
    changes = {
        r"server 127\.0\.0\.1:8000": f"server 127.0.0.1:{behind.port}",
        r"listen 80;": f"listen 127.0.0.1:{plain};",
        r"listen 443 ssl": f"listen 127.0.0.1:{port} ssl",
        r"\n *listen \[::\].*;": "",
        r"/etc/letsencrypt/\S+/fullchain.pem": str(tmp_path / "cert.pem"),
        r"/etc/letsencrypt/\S+/privkey.pem": str(tmp_path / "key.pem"),
        r"/var/log/nginx/hubsync.log": str(log),
        r"/var/log/nginx/hubsync-error.log": str(tmp_path / "error.log"),
    }
    example = NGINX
    for what, becomes in changes.items():
        example, number = re.subn(what, becomes, example)
        assert number, what
    temporary = "".join(
        f"{name}_temp_path {tmp_path / name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    # As root it would give its work to another user, who may not read here.
    main = f"{'user root;' if os.geteuid() == 0 else ''} daemon off; worker_processes 1; pid {tmp_path}/pid;"
    (tmp_path / "nginx.conf").write_text(f"{main} events {{}} http {{ {temporary}\n{example}\n}}")
    command = [program, "-p", str(tmp_path), "-e", str(tmp_path / "start.log"), "-c", str(tmp_path / "nginx.conf")]
    tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tested.returncode == 0, tested.stderr
    yield from _running(command, Proxy(port, plain, authority, log), tmp_path)


@pytest.fixture
def caddy(tmp_path: Path, behind: Server) -> Iterator[Proxy]:
    program = shutil.which("caddy")
    if program is None:
        pytest.skip("caddy is not installed")
    port, plain, authority, log = free_port(), free_port(), certify(tmp_path), tmp_path / "access.log"
    example = CADDY.replace("\n{\n", f"\n{{\n\tadmin off\n\thttp_port {plain}\n", 1)
    tls = f"tls {tmp_path / 'cert.pem'} {tmp_path / 'key.pem'}"
    site = "{$SITE_HOST:hubsync.example.com} {\n"
    assert site in example
    example = example.replace(site, f"{site}\t{tls}\n", 1)
    example = example.replace("output stderr", f"output file {log}")
    version = subprocess.run([program, "version"], capture_output=True, text=True, check=True).stdout
    if "2.6.2" in version:  # Debian's, with the option's former name
        example = example.replace("request_buffers 4MiB", "buffer_requests")
    (tmp_path / "Caddyfile").write_text(example)
    command = [program, "run", "--adapter", "caddyfile", "--config", str(tmp_path / "Caddyfile")]
    changes = {"SITE_HOST": f"{HOST}:{port}", "SITE_UPSTREAM": f"127.0.0.1:{behind.port}"}
    yield from _running(command, Proxy(port, plain, authority, log), tmp_path, **changes, HOME=str(tmp_path))


def _running(command: list[str], proxy: Proxy, folder: Path, **environment: str) -> Iterator[Proxy]:
    with (folder / "said").open("w") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env={**os.environ, **environment})

    def listens() -> bool:
        assert process.poll() is None, (folder / "said").read_text()
        with socket.socket() as line:
            return line.connect_ex(("127.0.0.1", proxy.port)) == 0

    try:
        wait_until(listens)
        yield proxy
    finally:
        process.terminate()
        process.wait(60)


def test_the_one_path_with_room_for_a_file_is_that_of_an_import(app: Flask) -> None:
    views = app.view_functions
    roomy = [rule for rule in app.url_map.iter_rules() if hasattr(views[rule.endpoint], "largest_body")]
    assert [rule.endpoint for rule in roomy if re.search(UPLOAD, rule.rule)] == ["imports.upload"]
    others = (views[rule.endpoint].largest_body for rule in roomy if not re.search(UPLOAD, rule.rule))
    assert max(others) < 4_000_000
    assert views["imports.upload"].largest_body < 25 * 1_048_576


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_what_stands_behind_a_proxy_gets_whole_requests_with_the_proxys_own_headers(
    name: str, request: pytest.FixtureRequest, behind: Server
) -> None:
    proxy: Proxy = request.getfixturevalue(name)
    forged = {
        "X-Forwarded-For": "192.0.2.66",
        "X-Forwarded-Proto": "http",
        "X-Forwarded-Host": "evil.test",
        "Forwarded": "for=192.0.2.66",
        "X-Request-ID": "forged-by-the-visitor",
    }
    assert proxy.get(f"/signin/link/{TOKEN}?q=guest@acme.example", **forged).status_code == 200
    (come,) = behind.requests
    assert come.headers["host"].partition(":")[0] == HOST
    assert (come.headers["x-forwarded-for"], come.headers["x-forwarded-proto"]) == ("127.0.0.1", "https")
    assert not {"x-forwarded-host", "forwarded"} & set(come.headers)
    assert re.fullmatch(r"[A-Za-z0-9._-]{8,64}", come.headers["x-request-id"])
    assert come.headers["x-request-id"] != forged["X-Request-ID"]

    known = behind.connections
    assert {proxy.get(path).status_code for path in ("/metrics", "/readyz")} == {404}
    assert behind.connections == known, "what is for monitoring is not for the internet"
    with proxy.line() as line:
        line.sendall(f"POST /book/intro HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 6\r\n\r\nguest".encode())
        assert proxy.get("/healthz").status_code == 200  # what was sent has been read by then
        assert behind.connections == known + 1, "the half is not handed on"
        line.sendall(b"s")
        assert Answer(line.recv(65_536)).status == 200
    assert behind.requests[-1].body == b"guests"

    large, known = b"a" * 4_200_000, len(behind.requests)
    elsewhere = ("/teams/acme/settings/import/7", "/teams/acme/settings", "/book/intro")
    refusals = {413, 502} if name == "caddy" else {413}  # Caddy 2.6, as in Debian 12, says 502
    assert {proxy.post(path, large) for path in elsewhere} <= refusals
    assert len(behind.requests) == known, "what is too large is not handed on"
    assert proxy.post("/teams/acme/settings/import", large) == 200
    assert behind.requests[-1].body == large

    proxy.get(f"/signin/link/{TOKEN}?q=guest@acme.example", Host="evil.test")
    proxy.get("/healthz/last")
    wait_until(lambda: proxy.log.exists() and "/healthz/last" in proxy.log.read_text())
    written = proxy.log.read_text()
    assert written.count("/signin/link/[hidden]") == 2
    assert not [each for each in (TOKEN, "guest@", "192.0.2.66", "?") if each in written], written


@pytest.mark.slow
@pytest.mark.parametrize("name", ["nginx", "caddy"])
def test_a_proxys_own_answers_have_hubsyncs_headers_and_no_webhook_is_led_on_in_clear(
    name: str, request: pytest.FixtureRequest, behind: Server
) -> None:
    proxy: Proxy = request.getfixturevalue(name)
    behind.script = reply(strict_transport_security="ours", content_security_policy="ours")
    passed_on = proxy.get("/signin").headers
    assert (passed_on["Strict-Transport-Security"], passed_on["Content-Security-Policy"]) == ("ours", "ours")

    behind.script = lambda sock, request: False
    for path, status in {"/metrics": 404, "/signin": 502}.items():
        answer = proxy.get(path)
        assert answer.status_code == status
        assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"

    led_on = proxy.get_plain("/signin?next=1")
    assert led_on.status_code in {301, 308}
    assert re.fullmatch(rf"https://{re.escape(HOST)}(:\d+)?/signin\?next=1", led_on.headers["Location"])
    for path in (f"/intake/json/{TOKEN}", f"//intake/json/{TOKEN}"):
        assert proxy.get_plain(path).status_code == 403
