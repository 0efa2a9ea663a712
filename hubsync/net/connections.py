"""Connections of urllib3 that end when the deadline of the exchange does, and know whether anything was sent.

The time-out of requests and urllib3 is one per socket operation: a server that sends a byte every second is
read for ever. "timeout is not a time limit on the entire response download",
https://requests.readthedocs.io/en/latest/user/quickstart/#timeouts
So every look-up, connect, send and read here gets just the time that is left.
"""

from __future__ import annotations

import io
import queue
import socket
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from hubsync.net.deadline import Deadline

AllowsAddress = Callable[[str, str], bool]
"""(host name, network address) to whether a connection may be made to it."""


class AddressRefused(OSError):
    """The network address of a host is none that may be connected to."""


@dataclass(slots=True)
class Exchange:
    """The exchange that is under way: ``begun`` once the first byte of its request may have left.

    *allows* is asked of every network address before anything is sent to it; None allows all.
    """

    deadline: Deadline
    keep_seconds: float
    allows: AllowsAddress | None = None
    begun: bool = False

    def seconds(self) -> float:
        """Return what is left, for a socket; raises TimeoutError when nothing is."""
        left = self.deadline.left()
        if left <= 0:
            raise TimeoutError("the deadline of the exchange has passed")
        return left


#: urllib3 makes its connections itself, deep inside, but in the thread that asks.
under_way: ContextVar[Exchange] = ContextVar("under_way")


class _BoundedReads(io.RawIOBase):
    """The bytes of one answer; no read outlasts the deadline."""

    def __init__(self, sock: socket.socket, raw: io.RawIOBase, exchange: Exchange) -> None:
        self._sock = sock
        self._raw = raw
        self._exchange = exchange

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._sock.settimeout(self._exchange.seconds())
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


def _bounded_response(sock: socket.socket, *args: Any, **kwargs: Any) -> Any:
    """Make the standard library's response, over reads that end in time."""
    response = HTTPConnection.response_class(sock, *args, **kwargs)
    response.fp = io.BufferedReader(_BoundedReads(sock, response.fp.detach(), under_way.get()))
    return response


class _BoundedConnection(HTTPConnection):
    response_class = staticmethod(_bounded_response)  # type: ignore[assignment]  # called, never subclassed
    _last_used = 0.0

    def _new_conn(self) -> socket.socket:
        try:
            if self._tunnel_host is not None:  # to the proxy, which is ours; what it is to connect to may not be
                _check_behind_proxy(self._tunnel_host, self._tunnel_port)
                return _connect(self._dns_host, int(self.port), self.socket_options, None)
            return _connect(self._dns_host, int(self.port), self.socket_options, under_way.get().allows)
        except AddressRefused:
            raise
        except socket.gaierror as fault:
            raise NameResolutionError(self.host, self, fault) from fault
        except TimeoutError as fault:
            raise ConnectTimeoutError(self, "no connection before the deadline of the exchange") from fault
        except OSError as fault:
            raise NewConnectionError(self, str(fault)) from fault

    @property
    def is_connected(self) -> bool:
        """Also False for a connection kept so long that the other end, or a router, may have forgotten it."""
        fresh = time.monotonic() - self._last_used < under_way.get().keep_seconds
        return fresh and super().is_connected

    def request(self, *args: Any, **kwargs: Any) -> None:
        if self.sock is None:
            self.connect()
        self._last_used = time.monotonic()
        under_way.get().begun = True
        super().request(*args, **kwargs)

    def send(self, data: Any) -> None:
        if self.sock is not None:
            self.sock.settimeout(under_way.get().seconds())
        super().send(data)


class _BoundedTLSConnection(_BoundedConnection, HTTPSConnection):
    """As above, over TLS; the handshake's time-out is one for the whole handshake already."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _BoundedConnection


class _TLSPool(HTTPSConnectionPool):
    ConnectionCls = _BoundedTLSConnection


POOL_CLASSES: dict[str, type[HTTPConnectionPool]] = {"http": _Pool, "https": _TLSPool}


def _connect(host: str, port: int, options: Any, allows: AllowsAddress | None) -> socket.socket:
    """Return a socket connected to the first address of *host* that answers.

    Each address gets an equal share of what is left, so that a dead first one does not use up the call. The
    address that is checked is the one that is connected to: a name that is looked up anew may lead elsewhere.
    """
    addresses = _look_up(host.strip("[]"), port)
    last: OSError = OSError("the name has no address")
    for index, (family, kind, protocol, _, address) in enumerate(addresses):
        if allows is not None and not allows(host.strip("[]"), address[0]):
            last = AddressRefused("a network address that may not be connected to")
            continue
        sock = socket.socket(family, kind, protocol)
        try:
            for option in options or ():
                sock.setsockopt(*option)
            sock.settimeout(under_way.get().seconds() / (len(addresses) - index))
            sock.connect(address)
            sock.settimeout(under_way.get().seconds())
        except OSError as fault:
            sock.close()
            last = fault
        else:
            return sock
    raise last


def _check_behind_proxy(host: str, port: int | None) -> None:
    """Raise AddressRefused where *host* leads to an address that is not allowed.

    A proxy looks the name up again, so this is no more than is known here; what cannot be looked up here passes.
    """
    allows = under_way.get().allows
    if allows is None:
        return
    try:
        addresses = _look_up(host.strip("[]"), port or 443)
    except socket.gaierror:
        return
    if not all(allows(host.strip("[]"), address[0]) for *_, address in addresses):
        raise AddressRefused("a network address that may not be connected to")


def _look_up(host: str, port: int) -> list[tuple[Any, ...]]:
    """Return what `socket.getaddrinfo` returns, or raise TimeoutError at the deadline.

    The system's resolver has no time-out of its own to set and may take half a minute when its servers are
    silent; it is left behind in its thread then.
    """
    found: queue.SimpleQueue[list[tuple[Any, ...]] | OSError] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found.put(list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)))
        except UnicodeError:
            found.put(socket.gaierror(socket.EAI_NONAME, "not a host name"))
        except OSError as fault:
            found.put(fault)

    threading.Thread(target=ask, name="host-look-up", daemon=True).start()
    try:
        answer = found.get(timeout=under_way.get().seconds())
    except queue.Empty:
        raise TimeoutError("the name was not looked up in time") from None
    if isinstance(answer, OSError):
        raise answer
    return answer
