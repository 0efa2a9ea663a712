"""What gunicorn's configuration tells HubSync."""

from __future__ import annotations

import runpy
import socket
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from hubsync.services import tools
from tests.kit.serving import Serving
from tests.kit.settings import make_settings

SETTINGS = runpy.run_path(str(Path(__file__).parent.parent / "gunicorn.conf.py"))


def test_half_of_gunicorns_threads_post_at_a_time(app: Flask) -> None:
    SETTINGS["post_worker_init"](SimpleNamespace(wsgi=app, cfg=SimpleNamespace(threads=6)))
    with app.app_context():
        assert [tools().share.take() for _each in range(4)] == [True, True, True, False]


def test_an_app_that_refuses_to_serve_is_left_alone() -> None:
    SETTINGS["post_worker_init"](SimpleNamespace(wsgi=Flask("bare"), cfg=SimpleNamespace(threads=6)))


REFUSED = {
    "a long address": (414, b"GET /hunter2" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n"),
    "a long header": (431, b"GET / HTTP/1.1\r\nX: hunter2" + b"x" * 70_000 + b"\r\n\r\n"),
    "many headers": (431, b"GET / HTTP/1.1\r\n" + b"X: hunter2\r\n" * 500 + b"\r\n"),
    "no request": (400, b"hunter2\r\n\r\n"),
    "markup": (400, b"<script>hunter2 / HTTP/1.1\r\n\r\n"),
    "another protocol": (400, b"GET / HUNTER2/1.1\r\n\r\n"),
    "a header without a name": (400, b"GET / HTTP/1.1\r\n: hunter2\r\n\r\n"),
    "a header of two lines": (400, b"GET / HTTP/1.1\r\nX: a\r\n hunter2\r\n\r\n"),
    "a coding nobody knows": (501, b"POST / HTTP/1.1\r\nTransfer-Encoding: hunter2\r\n\r\n"),
    "an expectation nobody meets": (417, b"POST / HTTP/1.1\r\nExpect: hunter2\r\n\r\n"),
    "two lengths": (400, b"POST / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n"),
}


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """HubSync under gunicorn, for a user whose folders are watched."""
    home = tmp_path_factory.mktemp("home")
    settings = make_settings(BASE_URL="https://hubsync.acme.example", SQLALCHEMY_DATABASE_URI="sqlite://")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("HOME", str(home))
        environment.setenv("XDG_RUNTIME_DIR", str(home))
        with Serving("gunicorn", "--bind", "127.0.0.1:{port}", "wsgi:app", **settings) as it:
            yield it
            sockets = [path for path in home.rglob("*") if path.is_socket()]
    assert sockets == [], "nobody controls the server from outside"
    assert "Traceback" not in it.said, it.said


@pytest.mark.slow
@pytest.mark.parametrize(("status", "request_"), REFUSED.values(), ids=list(REFUSED))
def test_what_gunicorn_refuses_names_no_limit_and_carries_our_headers(
    serving: Serving, status: int, request_: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", serving.port), timeout=30) as line:
        line.sendall(request_)
        line.shutdown(socket.SHUT_WR)
        heard = bytearray()
        try:
            while piece := line.recv(65_536):
                heard += piece
        except ConnectionResetError:
            pass
    head, _, body = bytes(heard).partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert first.startswith(f"HTTP/1.1 {status} ")
    assert body.decode() == first.removeprefix("HTTP/1.1 ") + "\n"
    assert headers["Content-Length"] == str(len(body))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "default-src 'none'"
    assert headers["Strict-Transport-Security"].startswith("max-age=")
    assert b"hunter2" not in heard.lower()
