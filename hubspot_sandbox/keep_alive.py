"""HTTP/1.1 keep-alive: a request handler whose connections stay open, as HubSpot's do.

Werkzeug's own handler closes every connection after one answer, which would hide a client that never
reuses one.
"""

import contextlib
import io
from typing import Any

from werkzeug.serving import WSGIRequestHandler
from werkzeug.wsgi import ClosingIterator

#: Bytes of a request body the sandbox is willing to read.
LARGEST_REQUEST = 16_000_000


class KeepAliveHandler(WSGIRequestHandler):
    """Answers request after request on one connection until the client closes it or idles for a minute."""

    protocol_version = "HTTP/1.1"
    timeout = 65
    # Header and body leave in two writes; waiting to join them would cost 40 ms a call.
    disable_nagle_algorithm = True

    def run_wsgi(self) -> None:
        """Read the whole request, run the app, write its answer piece by piece."""
        environ = self.make_environ()
        if self.headers.get("Expect", "").lower().strip() == "100-continue":
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        body = self._read_body(environ)
        if body is None:
            self.send_error(413)
            self.close_connection = True
            return
        environ.update({"wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True})
        try:
            self._answer(environ)
        except (ConnectionError, TimeoutError):
            # Either the client left or a fault cut the line; both mean there is nobody to answer.
            self.close_connection = True

    def _read_body(self, environ: dict[str, Any]) -> bytes | None:
        """The request body, or None when it is too long."""
        stream = environ["wsgi.input"]
        if environ.get("wsgi.input_terminated"):
            body = bytes(stream.read(LARGEST_REQUEST + 1))
            return body if len(body) <= LARGEST_REQUEST else None
        length = int(self.headers.get("Content-Length") or 0)
        return bytes(stream.read(length)) if length <= LARGEST_REQUEST else None

    def _answer(self, environ: dict[str, Any]) -> None:
        status, headers = "", list[tuple[str, str]]()

        def start_response(said: str, with_headers: list[tuple[str, str]], exc_info: Any = None) -> Any:
            nonlocal status, headers
            status, headers = said, with_headers

        pieces = self.server.app(environ, start_response)
        with contextlib.closing(ClosingIterator(pieces)) as closing:
            self._write(environ, status, headers, closing)

    def _write(self, environ: Any, status: str, headers: list[tuple[str, str]], pieces: Any) -> None:
        code, _, words = status.partition(" ")
        self.send_response(int(code), words)
        for name, value in headers:
            self.send_header(name, value)
        bodyless = environ["REQUEST_METHOD"] == "HEAD" or code in ("204", "304")
        chunked = not bodyless and not any(name.lower() == "content-length" for name, _ in headers)
        if chunked:
            self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            if bodyless or not piece:
                continue
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece) if chunked else piece)
            self.wfile.flush()
        if chunked:
            self.wfile.write(b"0\r\n\r\n")

    def log(self, type: str, message: str, *args: Any) -> None:
        """Say nothing: the sandbox has its own call log."""
