"""Facts of each request for the log: its id, which its answer and its error pages name too, route and address."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable
from typing import TYPE_CHECKING

from flask import Flask, Response, request
from werkzeug.wsgi import ClosingIterator

from hubsync.config import settings
from hubsync.logs.facts import begin_request, current_facts, end_request
from hubsync.services.limits import keyed_hash, network_of

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

HEADER = "X-Request-ID"
_FIT = re.compile(r"[A-Za-z0-9._-]{8,64}")


def register(app: Flask) -> None:
    """Give every request an id: the one that a proxy names where a proxy is trusted, and nobody else's."""
    app.wsgi_app = _Remembering(app.wsgi_app)  # type: ignore[method-assign]

    @app.before_request
    def note_the_request() -> None:
        facts = current_facts()
        named = request.headers.get(HEADER, "") if settings().trusted_proxies else ""
        facts.request = named if _FIT.fullmatch(named) else secrets.token_hex(8)
        facts.route = request.endpoint or ""
        facts.address = hashed_address()

    @app.after_request
    def tell_the_id(response: Response) -> Response:
        response.headers[HEADER] = current_facts().request
        return response


def hashed_address() -> str:
    """What stands in the log for the network address that asks: the same for the same, and nobody can go back."""
    return keyed_hash("network address in the log", network_of(request.remote_addr))[:16]


class _Remembering:
    """Keeps the facts until the answer has gone out: servers write the line of a request after it."""

    def __init__(self, app: WSGIApplication) -> None:
        self._app = app

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        begin_request()
        try:
            return ClosingIterator(self._app(environ, start_response), end_request)
        except BaseException:
            end_request()
            raise
