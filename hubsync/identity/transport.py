"""The only file of this room that sends: short, bounded and never anywhere else than asked.

requests' time-out is one per socket operation, so a provider that sends a byte a second would be read for ever
(https://requests.readthedocs.io/en/latest/user/quickstart/#timeouts); it follows redirects, with the code in the
body; it reads proxies and passwords from the environment; and it takes answers of any size. All of that ends here.
"""

from __future__ import annotations

import io
import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from hubsync.errors import ProviderUnreachable

LARGEST_BYTES = 512_000  # Microsoft's keys take 20 kB
CHUNK = 16_384


@dataclass(frozen=True)
class Way:
    """How to get to a provider: through *https_proxy*, trusting *ca_bundle*, within seconds.

    *before_send* runs before every call and may raise.
    """

    https_proxy: str | None = None
    ca_bundle: str | None = None
    before_send: Callable[[], None] | None = None
    connect_seconds: float = 3.0
    call_seconds: float = 5.0


class BoundedSession(OAuth2Session):
    """Authlib's session over one *way*; an answer that cannot be used raises ProviderUnreachable."""

    def __init__(self, way: Way, **options: Any) -> None:
        super().__init__(**options)
        self._way = way
        self.trust_env = False
        self.verify = way.ca_bundle or True
        if way.https_proxy:
            self.proxies = {"https": way.https_proxy}
        self.mount("http://", _BoundedAdapter(way))
        self.mount("https://", _BoundedAdapter(way))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is followed, whatever a caller asks for."""


class _BoundedAdapter(HTTPAdapter):
    """requests' adapter whose answers are complete, small and in time, or an error."""

    def __init__(self, way: Way) -> None:
        super().__init__(max_retries=0)
        self._way = way

    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Mapping[str, str] | None = None,
    ) -> requests.Response:
        """Exchange one request for an answer whose body has been read.

        It runs in a thread that is left behind at the end of the time: neither a look-up of a name nor the reading
        of headers has a time-out for the whole of it.
        """
        if self._way.before_send is not None:
            self._way.before_send()
        until = time.monotonic() + self._way.call_seconds
        outcome: queue.SimpleQueue[requests.Response | Exception] = queue.SimpleQueue()

        def exchange() -> None:
            try:
                outcome.put(self._exchange(request, until, verify, proxies))
            except Exception as fault:  # whatever it is, it is raised below, in the thread that waits
                outcome.put(fault)

        threading.Thread(target=exchange, name="identity-call", daemon=True).start()
        try:
            answer = outcome.get(timeout=self._way.call_seconds)
        except queue.Empty:
            raise ProviderUnreachable("it took too long") from None
        if isinstance(answer, (requests.RequestException, HTTPError, OSError)):
            # Not as its cause: the fault holds the request, and that the code and the client's secret.
            raise ProviderUnreachable(_reason(answer)) from None
        if isinstance(answer, Exception):
            raise answer
        return _usable(answer)

    def _exchange(
        self,
        request: requests.PreparedRequest,
        until: float,
        verify: bool | str,
        proxies: Mapping[str, str] | None,
    ) -> requests.Response:
        request.headers["Connection"] = "close"
        seconds = (self._way.connect_seconds, self._way.call_seconds)
        response = super().send(
            request, stream=True, timeout=seconds, verify=verify, proxies=proxies and dict(proxies)
        )
        live = response.raw
        try:
            body = bytearray()
            while piece := live.read(CHUNK, decode_content=True):
                body += piece
                if len(body) > LARGEST_BYTES:
                    raise ProviderUnreachable("its answer is too large")
                if time.monotonic() > until:
                    raise ProviderUnreachable("it took too long")
        finally:
            live.close()
        response.raw = io.BytesIO(bytes(body))
        return response


def _usable(response: requests.Response) -> requests.Response:
    """Let pass what may be read: 200, and a refusal of the code, which is JSON with a 4xx."""
    posted = response.request.method == "POST"
    refusal = posted and 400 <= response.status_code < 500 and response.status_code not in {408, 429}
    if response.status_code == 200 or refusal:
        return response
    raise ProviderUnreachable(f"it answered {response.status_code}")


def _reason(fault: Exception) -> str:
    match fault:
        case requests.exceptions.SSLError():
            return "no secure connection could be made"
        case requests.exceptions.Timeout():
            return "it took too long"
        case requests.exceptions.ConnectionError():
            return "the connection could not be made, or broke off"
        case _:
            return "its answer could not be read"
