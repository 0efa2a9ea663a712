"""HTTP transport: the only module of the product that sends anything to HubSpot."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from time import monotonic
from urllib.parse import urlsplit

from hubsync.errors import (
    AccessExpired,
    AnswerLost,
    DetailCode,
    HubSpotError,
    HubSpotUnreachable,
    NotAsked,
    tell,
)
from hubsync.hubspot.calls import Answer, Call
from hubsync.net.adapter import KEEP_SECONDS, BoundedLine, Failure, Reply
from hubsync.net.deadline import Deadline

USER_AGENT = "HubSync/1.0"


class Wire:
    """Sends calls to one HubSpot host, from any thread, over connections that are kept and used again."""

    def __init__(
        self,
        base_url: str,
        *,
        https_proxy: str | None = None,
        ca_bundle: str | None = None,
        before_send: Callable[[], None] | None = None,
        observe: Callable[[int | None, float], None] | None = None,
        call_seconds: float = 5.0,
        keep_seconds: float = KEEP_SECONDS,
    ) -> None:
        """Send to *base_url* (scheme and host), through *https_proxy* where that is https.

        ``ca_bundle`` is a file of certificates to trust instead of certifi's; ``before_send`` runs before every
        call and may raise; ``observe`` is told the status of each answer, None for none, and the seconds it took;
        ``call_seconds`` bounds each call beside its deadline, unless the call says otherwise;
        a connection unused for ``keep_seconds`` is not used again. Raises ValueError for an address that cannot be
        sent to.
        """
        url = urlsplit(base_url)
        if url.scheme not in {"http", "https"} or not url.hostname or url.username is not None:
            raise ValueError("HubSpot's address must be http or https and a host name, without a user name")
        self._prefix = url.path.rstrip("/")
        self._call_seconds = call_seconds
        self._observe = observe
        self._line = BoundedLine(
            base_url,
            https_proxy=https_proxy,
            ca_bundle=ca_bundle,
            before_send=before_send,
            keep_seconds=keep_seconds,
        )

    def send(self, call: Call, deadline: Deadline, token: str | None = None) -> Answer:
        """Send *call* once and return the answer, whatever its status, before *deadline*.

        Redirects are not followed, nothing is repeated, and neither the environment's proxies nor ``.netrc``
        are looked at. Raises HubSpotUnreachable when nothing was sent, or a read was not answered, and
        AnswerLost when a write was sent and its answer could not be read: then it may have happened.
        """
        if token is not None and not (token.isascii() and token.isprintable() and " " not in token):
            raise AccessExpired(tell(DetailCode.TOKEN_UNFIT))
        deadline = deadline.within(call.seconds or self._call_seconds)
        if deadline.left() <= 0:
            raise NotAsked(tell(DetailCode.NO_TIME))
        began = monotonic()
        outcome = self._line.ask(
            call.method, self._prefix + call.target, _headers(call, token), call.body, deadline, call.cap_bytes
        )
        if self._observe is not None:
            self._observe(outcome.status, monotonic() - began)
        if isinstance(outcome, Reply):
            return Answer(outcome.status, outcome.headers, outcome.body)
        judged = _judge(call, outcome)
        if isinstance(judged, HubSpotError):
            raise judged
        return judged

    def close(self) -> None:
        """Close the connections that are kept."""
        self._line.close()


def _headers(call: Call, token: str | None) -> dict[str, str]:
    headers = {"User-Agent": USER_AGENT, "Accept": "application/json", "Accept-Encoding": "gzip"}
    if call.content_type is not None:
        headers["Content-Type"] = call.content_type
    if token is not None:
        headers["Authorization"] = f"Bearer {token}"
    return headers


def _judge(call: Call, failure: Failure) -> Answer | HubSpotError:
    """Say what may have happened where there is no whole answer.

    A success tells nothing without its body. A 400 changed nothing, but without its body a bad value could not
    be told from a bad request, so it counts as not answered. Every other failure speaks for itself.
    """
    status, values = failure.status, failure.values
    if status is None:
        if call.writes and failure.sent:
            return AnswerLost(tell(DetailCode.SENT_NOT_READ, **values))
        return HubSpotUnreachable(tell(DetailCode.NOT_REACHED, **values))
    if status != 400 and not 200 <= status < 300:
        return Answer(status, _lower(failure.headers), b"")
    if status != 400 and call.writes:
        return AnswerLost(tell(DetailCode.DONE_NOT_READ, answer=status, **values), status=status)
    return HubSpotUnreachable(tell(DetailCode.NOT_READ, **values), status=status)


def _lower(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}
