"""A WSGI app that passes requests on over a socket, so that Flask's test client reaches whatever listens there."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import quote

from flask import Flask, Request
from werkzeug.http import is_hop_by_hop_header

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

PATIENCE = 60  # seconds


class SocketApp(Flask):
    """Asks the host and port that a request names, and answers what is answered there."""

    def __init__(self) -> None:
        super().__init__(__name__, static_folder=None)

    def wsgi_app(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        request = Request(environ)
        path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~")
        asked = f"{path}?{environ['QUERY_STRING']}" if environ["QUERY_STRING"] else path
        with closing(HTTPConnection(request.host, timeout=PATIENCE)) as line:
            line.request(request.method, asked, request.get_data() or None, dict(request.headers))
            answer = line.getresponse()
            headers = [pair for pair in answer.getheaders() if not is_hop_by_hop_header(pair[0])]
            start_response(f"{answer.status} {answer.reason}", headers)
            return [answer.read()]
