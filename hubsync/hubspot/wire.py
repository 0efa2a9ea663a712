"""The only file of the product that sends anything to HubSpot."""

from __future__ import annotations

import logging
import socket
import ssl
from collections.abc import Callable, Iterator
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.exceptions import DecodeError, HTTPError

from hubsync.errors import AccessExpired, AnswerLost, HubSpotError, HubSpotUnreachable, NotAsked
from hubsync.hubspot.calls import Answer, Call
from hubsync.hubspot.connections import POOL_CLASSES, Sending, under_way
from hubsync.net.deadline import Deadline

USER_AGENT = "HubSync/1.0"
CONNECTIONS = 32
CHUNK = 65_536
LEAST_SECONDS = 0.001  # urllib3 takes no time-out of nothing; the deadline itself ends the call

# At DEBUG urllib3 logs the path of every request and at WARNING that of an answer with odd headers; the path
# of a look-up by e-mail carries the guest's address.
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)
logging.getLogger("urllib3.connection").setLevel(logging.ERROR)


class Wire:
    """Sends calls to one HubSpot host, from any thread, over connections that are kept and used again."""

    def __init__(
        self,
        base_url: str,
        *,
        https_proxy: str | None = None,
        ca_bundle: str | None = None,
        before_send: Callable[[], None] | None = None,
        call_seconds: float = 5.0,
        keep_seconds: float = 30.0,
    ) -> None:
        """Send to *base_url* (scheme and host), through *https_proxy* where that is https.

        ``ca_bundle`` is a file of certificates to trust instead of certifi's; ``before_send`` runs before every
        call and may raise; ``call_seconds`` bounds each call beside its deadline, unless the call says otherwise;
        a connection unused for ``keep_seconds`` is not used again. Raises ValueError for an address that cannot be
        sent to.
        """
        url = urlsplit(base_url)
        if url.scheme not in {"http", "https"} or not url.hostname or url.username is not None:
            raise ValueError("HubSpot's address must be http or https and a host name, without a user name")
        self._base_url = base_url.rstrip("/")
        self._before_send = before_send
        self._call_seconds = call_seconds
        self._keep_seconds = keep_seconds
        self._session = _session(https_proxy, ca_bundle)

    def send(self, call: Call, deadline: Deadline, token: str | None = None) -> Answer:
        """Send *call* once and return the answer, whatever its status, before *deadline*.

        Redirects are not followed, nothing is repeated, and neither the environment's proxies nor ``.netrc``
        are looked at. Raises HubSpotUnreachable when nothing was sent, or a read was not answered, and
        AnswerLost when a write was sent and its answer could not be read: then it may have happened.
        """
        if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
            raise AccessExpired("The access token has characters in it that no token of HubSpot's has.")
        if self._before_send is not None:
            self._before_send()
        sending = Sending(deadline.within(call.seconds or self._call_seconds), self._keep_seconds)
        if sending.deadline.left() <= 0:
            raise NotAsked("No time was left to ask HubSpot.")
        outcome = self._exchange(call, sending, token)
        if isinstance(outcome, HubSpotError):
            # Raised here and not where it was caught: exceptions of requests have the path in them, and with
            # it a guest's e-mail address, so they must not hang on as the context of ours.
            raise outcome
        return outcome

    def close(self) -> None:
        """Close the connections that are kept."""
        self._session.close()

    def _exchange(self, call: Call, sending: Sending, token: str | None) -> Answer | HubSpotError:
        before = under_way.set(sending)
        try:
            response = self._session.request(
                call.method,
                self._base_url + call.target,
                data=call.body,
                headers=_headers(call, token),
                timeout=sending.deadline.left() or LEAST_SECONDS,
                allow_redirects=False,
                stream=True,
            )
        except (requests.ConnectionError, requests.Timeout, HTTPError) as fault:
            if call.writes and sending.begun:
                return AnswerLost(f"The request was sent, but the answer was not read: {_reason(fault)}.")
            return HubSpotUnreachable(f"HubSpot could not be reached: {_reason(fault)}.")
        finally:
            under_way.reset(before)
        with response:
            headers = {name.lower(): value for name, value in response.headers.items()}
            try:
                return Answer(response.status_code, headers, _read(response, call.cap_bytes))
            except (HTTPError, _TooLarge) as fault:
                return _half_read(call, response.status_code, headers, _reason(fault))


def _session(https_proxy: str | None, ca_bundle: str | None) -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.verify = ca_bundle or True
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    if https_proxy:
        session.proxies = {"https": https_proxy}
    session.mount("http://", _Adapter(pool_maxsize=CONNECTIONS, max_retries=0))
    session.mount("https://", _Adapter(pool_maxsize=CONNECTIONS, max_retries=0))
    return session


class _Adapter(HTTPAdapter):
    """requests' adapter over connections that keep the call's deadline."""

    def init_poolmanager(self, *args: object, **kwargs: object) -> None:
        super().init_poolmanager(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they come
        self.poolmanager.pool_classes_by_scheme = POOL_CLASSES

    def proxy_manager_for(self, *args: object, **kwargs: object) -> object:
        manager = super().proxy_manager_for(*args, **kwargs)  # type: ignore[arg-type]  # handed on as they come
        manager.pool_classes_by_scheme = POOL_CLASSES
        return manager


def _headers(call: Call, token: str | None) -> dict[str, str]:
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"}
    if call.content_type is not None:
        headers["Content-Type"] = call.content_type
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return headers


class _TooLarge(Exception):
    """The decoded answer is larger than the call allows."""


def _read(response: requests.Response, cap_bytes: int) -> bytes:
    """Return the decoded body, piece by piece, so that a small compressed one cannot grow without end."""
    body = bytearray()
    while piece := response.raw.read(CHUNK, decode_content=True):
        body += piece
        if len(body) > cap_bytes:
            raise _TooLarge
    return bytes(body)


def _half_read(call: Call, status: int, headers: dict[str, str], reason: str) -> Answer | HubSpotError:
    """Judge an answer whose body could not be read by its status.

    A success tells nothing without its body. A 400 changed nothing, but without its body a bad value could not
    be told from a bad request, so it counts as not answered. Every other failure speaks for itself.
    """
    if status == 400:
        return HubSpotUnreachable(f"HubSpot's answer could not be read: {reason}.", status=status)
    if not 200 <= status < 300:
        return Answer(status, headers, b"")
    if call.writes:
        return AnswerLost(f"HubSpot answered {status}, but the answer could not be read: {reason}.", status=status)
    return HubSpotUnreachable(f"HubSpot's answer could not be read: {reason}.", status=status)


def _reason(fault: BaseException) -> str:
    """Say what went wrong in words that hold nothing of the request."""
    for cause in _causes(fault):
        match cause:
            case ssl.SSLCertVerificationError():
                return f"its certificate was not accepted ({cause.verify_message})"
            case ssl.SSLError():
                return "no secure connection could be agreed on"
            case socket.gaierror():
                return "its host name was not found"
            case ConnectionRefusedError():
                return "the connection was refused"
            case TimeoutError():
                return "it took too long"
            case _TooLarge():
                return "it is too large"
            case DecodeError():
                return "it is not compressed as it says"
    return "the connection broke off"


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
