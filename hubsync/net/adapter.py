"""Transport adapter for requests: one exchange in bounded time and size, straight to the address that was asked.

The time-out of requests is one per socket operation, so that a server that sends a byte a second would be read for
ever (https://requests.readthedocs.io/en/latest/user/quickstart/#timeouts), and it takes answers of any size. Both
end here. Used without a session of requests it follows no redirect, keeps no cookie, and reads neither proxies nor
passwords from the environment.
"""

from __future__ import annotations

import io
import logging
import socket
import ssl
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar, cast

import requests
from requests.adapters import HTTPAdapter
from urllib3 import BaseHTTPResponse, HTTPConnectionPool, Retry, Timeout
from urllib3.exceptions import DecodeError, HTTPError

from hubsync.errors import OBSTACLES, Obstacle
from hubsync.net.connections import POOL_CLASSES, AddressRefused, AllowsAddress, Exchange, under_way
from hubsync.net.deadline import Deadline

CHUNK = 65_536
CONNECTIONS = 32
KEEP_SECONDS = 30.0
LEAST_SECONDS = 0.001  # urllib3 takes no time-out of nothing; the deadline itself ends the exchange

ONCE = Retry(0, read=False)
Whole = TypeVar("Whole")

# At DEBUG urllib3 logs the path of every request and at WARNING that of an answer with odd headers; the path
# of a look-up by e-mail carries the guest's address.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no whole answer, in values that hold nothing of the request.

    *sent* says whether a byte of the request may have left; *status* and *headers* are those of an answer whose
    body could not be read; *certificate* is what was wrong with that of the other end.
    """

    obstacle: Obstacle
    sent: bool
    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    certificate: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What a `Detail` of it has."""
        certificate = {"certificate": self.certificate} if self.certificate else {}
        return {"obstacle": self.obstacle.value, **certificate}

    @property
    def reason(self) -> str:
        """In English, for logs, as the end of a sentence."""
        return OBSTACLES[self.obstacle] % self.values


@dataclass(frozen=True, slots=True)
class Reply:
    """A whole answer, of any status; *headers* has lower-case names."""

    status: int
    headers: Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)


class BoundedAdapter(HTTPAdapter):
    """Exchanges requests for whole answers, from any thread, over connections that are kept and used again."""

    def __init__(
        self,
        *,
        https_proxy: str | None = None,
        ca_bundle: str | None = None,
        before_send: Callable[[], None] | None = None,
        keep_seconds: float = KEEP_SECONDS,
        allows: AllowsAddress | None = None,
    ) -> None:
        """Send through *https_proxy* where the address is https.

        ``ca_bundle`` is a file of certificates to trust instead of certifi's; ``before_send`` runs before every
        exchange and may raise; a connection unused for ``keep_seconds`` is not used again; ``allows`` is asked of
        each network address before it is connected to.
        """
        super().__init__(pool_maxsize=CONNECTIONS, max_retries=0)
        self._trust = ca_bundle or True
        self._proxies = {"https": https_proxy} if https_proxy else {}
        self._before_send = before_send
        self._keep_seconds = keep_seconds
        self._allows = allows

    def exchange(
        self, request: requests.PreparedRequest, deadline: Deadline, largest_bytes: int
    ) -> requests.Response | Failure:
        """Send *request* once; return its answer, read whole, of any status, or why there is none.

        The decoded body has at most *largest_bytes*. Nothing is repeated, no redirect is followed.
        """

        def send(seconds: float) -> requests.Response | Failure:
            response = super(BoundedAdapter, self).send(
                request, stream=True, timeout=seconds, verify=self._trust, proxies=self._proxies
            )
            body = _read_whole(response.raw, largest_bytes)
            if isinstance(body, Failure):
                return body
            response.raw = io.BytesIO(body)
            return response

        return self._within(deadline, send)

    def _within(self, deadline: Deadline, send: Callable[[float], Whole | Failure]) -> Whole | Failure:
        """What *send* gets from the other end before *deadline*; it is given the seconds that are left."""
        if self._before_send is not None:
            self._before_send()
        exchange = Exchange(deadline, self._keep_seconds, self._allows)
        before = under_way.set(exchange)
        try:
            return send(deadline.left() or LEAST_SECONDS)
        except (requests.RequestException, HTTPError, OSError) as fault:
            # Returned, for the caller to raise outside of this: what requests raises has the request in it, so it
            # must not hang on as the context of another error.
            obstacle, certificate = _explain(fault)
            return Failure(obstacle, exchange.begun, certificate=certificate)
        finally:
            under_way.reset(before)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = POOL_CLASSES

    def proxy_manager_for(self, *args: Any, **kwargs: Any) -> Any:
        manager = super().proxy_manager_for(*args, **kwargs)
        manager.pool_classes_by_scheme = POOL_CLASSES
        return manager


class BoundedLine(BoundedAdapter):
    """The same to one host alone: what every request to it has in common is settled once.

    requests settles it anew for each: the address, the proxy, the trust, the cookies. That takes about as long as
    the exchange itself.
    """

    def __init__(self, base_url: str, **settings: Any) -> None:
        """Send to *base_url*, scheme and host; the other settings are those of a `BoundedAdapter`."""
        super().__init__(**settings)
        self._base_url = base_url

    def ask(
        self,
        method: str,
        target: str,
        headers: Mapping[str, str],
        body: bytes | None,
        deadline: Deadline,
        largest_bytes: int,
    ) -> Reply | Failure:
        """Ask for *target*, path and query, once; the answer, as `exchange` has it."""

        def send(seconds: float) -> Reply | Failure:
            self.cert_verify(self._pool, self._base_url, self._trust, None)  # type: ignore[no-untyped-call]
            response = self._pool.urlopen(
                method,
                target,
                body,
                headers,
                ONCE,
                redirect=False,
                assert_same_host=False,
                timeout=Timeout(seconds),
                preload_content=False,
                decode_content=False,
            )
            whole = _read_whole(response, largest_bytes)
            if isinstance(whole, Failure):
                return whole
            return Reply(response.status, {name.lower(): text for name, text in response.headers.items()}, whole)

        return self._within(deadline, send)

    def close(self) -> None:
        super().close()
        vars(self).pop("_pool", None)

    @cached_property
    def _pool(self) -> HTTPConnectionPool:
        to = requests.Request("GET", self._base_url).prepare()
        return cast(HTTPConnectionPool, self.get_connection_with_tls_context(to, self._trust, self._proxies))


class _TooLarge(Exception):
    """The decoded answer is larger than it may be."""


def _read_whole(response: BaseHTTPResponse, largest_bytes: int) -> bytes | Failure:
    """Read the decoded body, piece by piece, so that a small compressed one cannot grow without end."""
    body = bytearray()
    try:
        while piece := response.read(CHUNK, decode_content=True):
            body += piece
            if len(body) > largest_bytes:
                raise _TooLarge
    except (HTTPError, OSError, _TooLarge) as fault:
        obstacle, certificate = _explain(fault)
        return Failure(obstacle, True, response.status, response.headers, certificate)
    finally:
        response.close()
    return bytes(body)


def _explain(fault: BaseException) -> tuple[Obstacle, str]:
    """What was in the way, and what was wrong with the certificate if that was it."""
    for cause in _causes(fault):
        match cause:
            case AddressRefused():
                return Obstacle.ADDRESS_REFUSED, ""
            case ssl.SSLCertVerificationError():
                return Obstacle.CERTIFICATE, cause.verify_message
            case ssl.SSLError():
                return Obstacle.NO_TLS, ""
            case socket.gaierror():
                return Obstacle.NO_HOST, ""
            case ConnectionRefusedError():
                return Obstacle.CONNECTION_REFUSED, ""
            case TimeoutError():
                return Obstacle.TOO_SLOW, ""
            case _TooLarge():
                return Obstacle.TOO_LARGE, ""
            case DecodeError():
                return Obstacle.ENCODING, ""
            case OSError(errno=None) if str(cause).startswith("Tunnel connection failed"):  # http.client's words
                return Obstacle.PROXY, ""
            case OSError(errno=None) if str(cause).startswith(
                "Could not find a suitable TLS CA"
            ):  # requests' words
                return Obstacle.TRUST_FILE, ""
    return Obstacle.BROKEN_OFF, ""


def _causes(fault: BaseException) -> Iterator[BaseException]:
    """Yield *fault* and what is behind it: urllib3 keeps a cause as reason or argument as well."""
    waiting, seen = [fault], set()
    while waiting:
        cause = waiting.pop()
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        behind = [cause.__cause__, cause.__context__, getattr(cause, "reason", None), *cause.args]
        waiting += [each for each in behind if isinstance(each, BaseException)]
