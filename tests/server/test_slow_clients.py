"""Clients that send or read slowly: they hold no thread, they are let go in time, and others are answered."""

from __future__ import annotations

import json
import selectors
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.teams import members
from hubsync.sources import signed_json
from hubsync.sources.source import LARGEST_BODY
from tests.kit.apps import new_app
from tests.kit.raw_requests import HOST, Answer, length, send_raw
from tests.kit.serving import ROOT, Serving
from tests.kit.settings import make_settings

pytestmark = [pytest.mark.slow, pytest.mark.sqlite("has its own file; what is slow are the clients")]

SETTINGS = """
from hubsync.server.worker import Worker

exec(open({usual!r}).read())
worker_connections = {connections}

class worker_class(Worker):
    head_seconds = request_seconds = answer_seconds = {seconds}
    goodbye_seconds = min({seconds}, 2)
"""
GET = f"GET /healthz HTTP/1.1\r\nHost: {HOST}\r\n".encode()
POST = f"POST /book/acme HTTP/1.1\r\nHost: {HOST}\r\n".encode()
LARGE = f"GET /bootstrap/static/icons/bootstrap-icons.svg HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
SLOW = {
    "in the request line": b"GET /hea",
    "in the headers": GET + b"X-Slow: 1",
    "in a body": POST + b"Content-Length: 5000\r\n\r\na",
    "in a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nfff\r\na",
    "in the size of a chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nf",
    "who wait for leave to send": POST + b"Content-Length: 5000\r\nExpect: 100-continue\r\n\r\n",
}


BREAKING = """
def app(environ, start_response):
    start_response("200 OK", [("Content-Type", "text/plain")])
    if environ["PATH_INFO"] == "/broken":
        yield b"x" * 3_000_000
        raise RuntimeError("a mistake amid the answer")
    yield b"well"
"""


@dataclass(frozen=True)
class Server:
    """A HubSync under gunicorn, and where it takes signed JSON."""

    port: int
    intake: str
    secret: str

    def book(self, number: int) -> Answer:
        made = {
            "id": f"b-{number}",
            "event": "booking.completed",
            "calendar": {"id": "c-1", "name": "Intro"},
            "guest": {"name": "Mika", "email": "mika@acme.example"},
            "start": "2026-12-01T10:00:00+09:00",
            "end": "2026-12-01T10:30:00+09:00",
            "answers": [],
        }
        body = json.dumps(made).encode()
        proof = signed_json.prove(self.secret, body, now()).headers
        headers = "".join(f"{name}: {value}\r\n" for name, value in proof.items()).encode()
        return send_raw(self.port, self.intake, headers + length(len(body)), body)

    def call(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=60)


@contextmanager
def served(folder: Path, *, connections: int, seconds: float) -> Iterator[Server]:
    """One with so much room, which waits so long for each client."""
    settings = folder / "gunicorn.conf.py"
    usual = str(ROOT / "gunicorn.conf.py")
    settings.write_text(SETTINGS.format(usual=usual, connections=connections, seconds=seconds))
    given = make_settings(SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/hubsync.sqlite3")
    with new_app(given, folder / "instance") as app, app.app_context():
        team = members.create_team("Acme", "owner@acme.example", "premium")
        secret = endpoint_setup.make_endpoint(team.id, signed_json.NAME)
        shown = endpoints.show_endpoint(team.id, signed_json.NAME)
    assert shown is not None
    with Serving("gunicorn", "-c", str(settings), "--bind", "127.0.0.1:{port}", "wsgi:app", **given) as it:
        yield Server(it.port, "/intake/" + shown.address.split("/intake/")[1], secret)
    assert "Traceback" not in it.said, it.said


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that is patient, however slow the machine is that the tests run on."""
    with served(tmp_path_factory.mktemp("patient"), connections=500, seconds=600) as server:
        yield server


@pytest.fixture(scope="module")
def hurried(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One that waits for nobody for long, and has little room."""
    with served(tmp_path_factory.mktemp("hurried"), connections=60, seconds=1.0) as server:
        yield server


def test_200_slow_senders_stop_neither_the_health_check_nor_a_booking(patient: Server) -> None:
    with ExitStack() as lines:
        slow = [lines.enter_context(patient.call()) for _each in range(200)]
        for number, line in enumerate(slow):
            line.sendall(list(SLOW.values())[number % len(SLOW)])
        for turn in range(3):
            assert send_raw(patient.port, "/healthz", b"", b"", method="GET").status == 200
            assert patient.book(turn).status == 200
            for line in slow:
                line.sendall(b"a")
        assert [line for line in slow if has_ended(line)] == [], "they were all there"


def test_as_many_slow_readers_as_connections_stop_nobody(patient: Server) -> None:
    with ExitStack() as lines:
        for _each in range(30):
            line = lines.enter_context(call_and_take_little(patient.port))
            line.sendall(LARGE)
            assert line.recv(1) == b"H"
        assert send_raw(patient.port, "/healthz", b"", b"", method="GET").status == 200
        assert patient.book(10).status == 200


def test_clients_that_never_end_their_side_stop_nobody(patient: Server) -> None:
    with ExitStack() as lines:
        for _each in range(30):
            line = lines.enter_context(patient.call())
            line.sendall(GET + b"Connection: close\r\n\r\n")
            assert line.recv(65_536).startswith(b"HTTP/1.1 200 ")
        assert patient.book(20).status == 200


def test_an_answer_larger_than_what_a_reader_takes_at_once_arrives_whole(patient: Server) -> None:
    with patient.call() as line:
        line.sendall(LARGE.replace(b"\r\n\r\n", b"\r\n\r\n" + GET + b"Connection: close\r\n\r\n"))
        heard = read_all(line)
    first, _, rest = heard.partition(b"\r\n\r\n")
    size = int(dict(each.split(b": ", 1) for each in first.split(b"\r\n")[1:])[b"Content-Length"])
    assert size > 1_000_000
    assert rest[:size].endswith(b"</svg>")
    assert rest[size:].startswith(b"HTTP/1.1 200 "), "the request that came along is answered after it"


def test_a_client_is_told_once_to_go_on(patient: Server) -> None:
    with patient.call() as line:
        line.sendall(POST + b"Connection: close\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n")
        assert line.recv(65_536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        line.sendall(b"a=b")
        assert read_all(line).startswith(b"HTTP/1.1 404 ")


@pytest.mark.parametrize("begun", SLOW.values(), ids=list(SLOW))
def test_who_sends_too_slowly_is_refused_with_our_headers(hurried: Server, begun: bytes) -> None:
    with hurried.call() as line:
        line.sendall(begun)
        answer = Answer(read_all(line))
    assert (answer.status, answer.ours) == (408, True), answer.heard
    assert answer.heard.endswith(b"\r\n\r\n408 Request Timeout\n")


def test_who_sends_nothing_is_let_go_without_a_word(hurried: Server) -> None:
    with hurried.call() as line:
        assert read_all(line) == b""
    with hurried.call() as line:
        line.sendall(GET + b"\r\n")
        assert read_all(line).startswith(b"HTTP/1.1 200 "), "and so is who asks no second time"


def test_who_reads_too_slowly_gets_no_more(hurried: Server) -> None:
    with call_and_take_little(hurried.port) as line:
        line.sendall(LARGE)
        heard = line.recv(1)
        for _each in range(2):  # those who come later have been waited for in vain as well
            with hurried.call() as other:
                assert read_all(other) == b""
        assert len(heard + read_all(line)) < 1_000_000


def test_more_slow_senders_than_there_is_room_for_make_room(hurried: Server) -> None:
    with ExitStack() as lines:
        slow = [lines.enter_context(hurried.call()) for _each in range(200)]
        for line in slow:
            with suppress(OSError):  # it has made room already
                line.sendall(b"GET /")
        assert hurried.book(1).status == 200


def test_a_body_that_is_too_large_is_refused_before_it_has_come(patient: Server) -> None:
    answer = send_raw(patient.port, patient.intake, length(10 * LARGEST_BODY), b"{")
    assert (answer.status, answer.ours) == (413, True)


def test_an_answer_that_breaks_off_before_a_slow_reader_stops_nobody(tmp_path: Path) -> None:
    (tmp_path / "breaking.py").write_text(BREAKING)
    settings = str(ROOT / "gunicorn.conf.py")
    given = make_settings(SQLALCHEMY_DATABASE_URI="sqlite://")
    gunicorn = ("gunicorn", "-c", settings, "--chdir", str(ROOT), "--pythonpath", str(tmp_path))
    with Serving(*gunicorn, "--bind", "127.0.0.1:{port}", "breaking:app", **given) as it:
        served = it.get("/").headers
        with call_and_take_little(it.port) as line:
            line.sendall(b"GET /broken HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert it.get("/").text == "well"
            assert len(read_all(line)) < 3_000_000
        assert it.get("/").text == "well"
        assert served["Server"] == "gunicorn"
    assert it.said.count("Booting worker") == 1, it.said
    assert "a mistake amid the answer" in it.said


def call_and_take_little(port: int) -> socket.socket:
    """A connection on which only some kilobytes are on their way at a time."""
    line = socket.socket()
    line.settimeout(60)
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", port))
    return line


def read_all(line: socket.socket) -> bytes:
    heard = bytearray()
    try:
        while piece := line.recv(65_536):
            heard += piece
    except ConnectionResetError:
        pass
    return bytes(heard)


def has_ended(line: socket.socket) -> bool:
    with selectors.DefaultSelector() as looking:
        looking.register(line, selectors.EVENT_READ)
        if not looking.select(0):
            return False
    return not line.recv(65_536).startswith(b"HTTP/1.1 100 ")
