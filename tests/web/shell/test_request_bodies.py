"""Bodies of requests over real sockets: whole and not too large, or refused, before any view judges them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from hubsync.services import now
from hubsync.services.sources import endpoint_setup, endpoints
from hubsync.services.teams import members
from hubsync.sources import signed_json
from hubsync.sources.source import LARGEST_BODY
from tests.kit.apps import new_app
from tests.kit.listening import listening
from tests.kit.raw_requests import CHUNKED, Answer, chunked, length, send_raw
from tests.kit.serving import Serving
from tests.kit.settings import BASE_URL, make_settings

FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
# Signed JSON, a guest's form, a form before the sign-in and one behind it, no page at all, one without forms.
ADDRESSES = ("/intake/json/nobody", "/book/nobody", "/signin", "/teams/acme/settings/name", "/nowhere", "/healthz")


@dataclass(frozen=True)
class Server:
    """A HubSync that listens, and where it takes signed JSON."""

    port: int
    intake: str
    secret: str

    def send(self, address: str, headers: bytes, body: bytes, *, method: str = "POST") -> Answer:
        return send_raw(self.port, address, headers, body, method=method)

    def send_signed(self, sent: bytes, headers: bytes, body: bytes) -> Answer:
        """Send *body*, which carries the bytes *sent*, to the real address with their proof."""
        proved = signed_json.prove(self.secret, sent, now()).headers
        proof = "".join(f"{name}: {value}\r\n" for name, value in proved.items()).encode()
        return self.send(self.intake, headers + proof, body)


@pytest.fixture(scope="module", params=["werkzeug", pytest.param("gunicorn", marks=pytest.mark.slow)])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, own_database: dict[str, str]
) -> Iterator[Server]:
    folder: Path = tmp_path_factory.mktemp("bodies")
    given = make_settings(**own_database)
    with new_app(given, folder / "instance") as app:
        intake, secret = _endpoint(app)
        if request.param == "gunicorn":
            with Serving("gunicorn", "--bind", "127.0.0.1:{port}", "wsgi:app", **given) as it:
                yield Server(it.port, intake, secret)
            assert "Traceback" not in it.said, it.said
            return
        with listening(app) as port:
            yield Server(port, intake, secret)


def _endpoint(app: Flask) -> tuple[str, str]:
    with app.app_context():
        team = members.create_team("Acme", "owner@acme.example", "premium")
        secret = endpoint_setup.make_endpoint(team.id, signed_json.NAME)
        shown = endpoints.show_endpoint(team.id, signed_json.NAME)
    assert shown is not None
    return "/intake/" + shown.address.split("/intake/")[1], secret


def booking(number: int, size: int) -> bytes:
    """A booking of exactly so many bytes."""
    made = {
        "id": f"b-{number}",
        "event": "booking.completed",
        "calendar": {"id": "c-1", "name": "Intro"},
        "guest": {"name": "Mika", "email": "mika@acme.example"},
        "start": "2026-12-01T10:00:00+09:00",
        "end": "2026-12-01T10:30:00+09:00",
        "answers": [],
        "note": "",
    }
    return json.dumps(made | {"note": "x" * (size - len(json.dumps(made)))}).encode()


@pytest.mark.parametrize("way", ["length", "chunks"])
def test_a_body_of_just_the_limit_is_taken_and_one_byte_more_is_not(server: Server, way: str) -> None:
    for size, status in ((LARGEST_BODY, 200), (LARGEST_BODY + 1, 413)):
        sent = booking(len(way), size)
        headers, body = (length(size), sent) if way == "length" else (CHUNKED, chunked(sent))
        assert server.send_signed(sent, headers, body).status == status


def test_the_beginning_of_a_body_is_never_taken_for_all_of_it(server: Server) -> None:
    whole = booking(3, LARGEST_BODY)
    assert server.send_signed(whole, CHUNKED, chunked(whole + b" " * 50_000)).status == 413
    cut = booking(4, 20_000)
    assert server.send_signed(cut, length(20_001), cut).status == 400
    assert server.send_signed(cut, CHUNKED, chunked(cut).removesuffix(b"0\r\n\r\n")).status == 400


@pytest.mark.parametrize("address", ADDRESSES)
def test_what_is_too_large_is_413_however_it_is_sent(server: Server, address: str) -> None:
    large = b"a=" + b"x" * (LARGEST_BODY + 1)
    for headers, body in ((length(len(large)), b""), (length(10**30), b""), (CHUNKED, chunked(large))):
        answer = server.send(address, FORM + headers, body)
        assert (answer.status, answer.ours) == (413, True), (headers, answer.heard[:300])


BROKEN = {
    "a size below nothing": b"-1\r\nabc\r\n0\r\n\r\n",
    "a size that is no number": b"zz\r\nabc\r\n0\r\n\r\n",
    "no size": b"\r\nabc\r\n0\r\n\r\n",
    "no line end after the piece": b"3\r\nabc0\r\n\r\n",
    "a piece longer than its size": b"3\r\nabcdef\r\n0\r\n\r\n",
    "a piece shorter than its size": b"a\r\nabc\r\n0\r\n\r\n",
    "nothing at all": b"",
    "half a size": b"5",
    "no last piece": b"3\r\nabc\r\n",
    "a size without end": b"3" * 9_000,
    "not chunks": b"guest=Mika&email=mika%40acme.example",
    "signs of another script": "３\r\nabc\r\n0\r\n\r\n".encode(),
}


@pytest.mark.parametrize("broken", BROKEN.values(), ids=list(BROKEN))
def test_broken_chunks_are_400_at_every_address(server: Server, broken: bytes) -> None:
    for address in ADDRESSES:
        answer = server.send(address, FORM + CHUNKED, broken)
        # A size with thousands of digits is larger than anything, for whoever reads it as a number.
        assert answer.status == 400 or (answer.status == 413 and broken[:4] == b"3333"), (
            address,
            answer.heard[:300],
        )
        assert answer.ours


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("method", ["POST", "PUT", "GET", "DELETE"])
def test_a_body_that_breaks_off_is_400(server: Server, address: str, method: str) -> None:
    for announced, sent in ((100, b"a=b"), (1, b""), (5_000, b"x" * 4_999)):
        answer = server.send(address, FORM + length(announced), sent, method=method)
        assert (answer.status, answer.ours) == (400, True), answer.heard[:300]


@pytest.mark.parametrize(
    "headers",
    [
        length(3) + CHUNKED,
        CHUNKED + CHUNKED,
        b"Transfer-Encoding: xchunked\r\n",
        b"Transfer-Encoding: chunked, identity\r\n",
        b"Content-Length: -1\r\n",
        b"Content-Length: 3, 3\r\n",
        b"Content-Length: 0x3\r\n",
        b"Content-Encoding: gzip\r\n" + length(3),
        b"Content-Encoding: br\r\n" + CHUNKED,
        b"Expect: 200-ok\r\n" + length(3),
    ],
    ids=lambda headers: headers.decode().replace("\r\n", " "),
)
@pytest.mark.quick_cases(4)
def test_odd_headers_are_no_mistake_of_ours(server: Server, headers: bytes) -> None:
    for address in ADDRESSES:
        for body in (b"a=b", chunked(b"a=b"), b"\x1f\x8b\x08"):
            # 501 is the server's word for a transfer coding that it does not know.
            assert server.send(address, FORM + headers, body).status in {400, 401, 403, 404, 405, 413, 417, 501}


def test_who_asks_before_sending_is_told_to_go_on(server: Server) -> None:
    sent = booking(5, 2_000)
    assert server.send_signed(sent, b"Expect: 100-continue\r\n" + length(2_000), sent).status == 200


@settings(max_examples=60, deadline=None)
@given(pieces=st.lists(st.binary(min_size=1, max_size=40), max_size=6), noise=st.binary(max_size=60))
def test_no_body_is_a_mistake_of_ours(server: Server, pieces: list[bytes], noise: bytes) -> None:
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + noise
    assert server.send("/intake/json/nobody", CHUNKED, body).status in {400, 401}


def test_the_tests_own_client_is_read_in_the_same_way(app: Flask) -> None:
    client = app.test_client()
    for address in ADDRESSES:
        announced = {"CONTENT_LENGTH": "100"}
        short = client.post(address, base_url=BASE_URL, data=b"abc", environ_overrides=announced)
        large = client.post(address, base_url=BASE_URL, data=b"x" * (LARGEST_BODY + 1))
        assert (short.status_code, large.status_code) == (400, 413), address
