"""Worker process that hands one alert to Apprise: ``python -m hubsync.alerts.worker``.

Apprise makes its requests itself, follows redirects, takes answers of any size, and knows no address that it would
not ask. In this process, which ends with the alert, whatever it asks by `requests` goes over `net`: bounded, and
judged by the address of the connected socket. Connections that are made in another way, other programs and files
that grow are refused by the interpreter itself. It takes JSON on standard input, answers JSON on standard output,
and knows no setting and no secret but the address.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter

from hubsync.domain.chat_alerts import AlertFault
from hubsync.errors import Obstacle
from hubsync.net.adapter import BoundedAdapter, Failure
from hubsync.net.connections import under_way
from hubsync.net.deadline import Deadline
from hubsync.net.public_addresses import PublicAddresses, read_exceptions

SCHEMES = frozenset(
    {
        *("discord", "gchat", "gotify", "gotifys", "json", "jsons", "mmost", "mmosts", "msteams", "nctalk"),
        *("nctalks", "ntfy", "ntfys", "pover", "rocket", "rockets", "slack", "tgram", "workflow", "workflows"),
        *("wxteams", "webex", "zulip"),
    }
)
"""The services of Apprise that alerts go to: chats and pushes that are asked by https. HubSync has mail of its
own, and what costs money for each message, or speaks another protocol, is not among them."""
LARGEST_BYTES = 200_000
MOST_REQUESTS = 8
"""Of one alert: an address may name several rooms."""
MOST_MEMORY = 600_000_000
_FORBIDDEN = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"})
_CONNECTING = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"})


class _Refusal(requests.RequestException):
    """What Apprise meets instead of an answer."""


class _GuardedAdapter(BaseAdapter):
    """Every exchange of the process; *fault* is why the last one was in vain."""

    def __init__(self, given: dict[str, Any]) -> None:
        super().__init__()
        self.fault: AlertFault | None = None
        self._exceptions: PublicAddresses = read_exceptions(given["exceptions"])
        self._deadline = Deadline.after(given["seconds"])
        trust = given["ca_bundle"] or None
        self._outward = BoundedAdapter(
            https_proxy=given["https_proxy"] or None, ca_bundle=trust, allows=self._exceptions.allows
        )
        self._direct = BoundedAdapter(ca_bundle=trust, allows=self._exceptions.allows)
        self._asked = 0

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        self._asked += 1
        url = urlsplit(request.url or "")
        is_own = self._exceptions.names(url.hostname or "")
        if self._asked > MOST_REQUESTS:
            raise self._refuse(AlertFault.INVALID)
        if url.scheme != "https" and not is_own:
            raise self._refuse(AlertFault.NOT_HTTPS)
        adapter = self._direct if is_own else self._outward
        answer = adapter.exchange(request, self._deadline, LARGEST_BYTES)
        if isinstance(answer, Failure):
            raise self._refuse(_fault_of(answer))
        if answer.is_redirect:
            raise self._refuse(AlertFault.REDIRECTED)
        if answer.status_code >= 400:
            self.fault = AlertFault.REFUSED
        return answer

    def close(self) -> None:
        """A session of requests ends; the adapter is for all of them."""

    def _refuse(self, fault: AlertFault) -> _Refusal:
        self.fault = fault
        return _Refusal(fault.value)


def main() -> None:
    """Take one alert from standard input, send it unless it is only to be looked at, and answer."""
    given = json.loads(sys.stdin.buffer.readline())
    _limit_process()
    sys.stdout.write(json.dumps(_answer(given)))


def _answer(given: dict[str, Any]) -> dict[str, str]:
    adapter = _GuardedAdapter(given)
    # Sessions of requests, which Apprise makes for each request, find the adapter by this name.
    vars(requests.sessions)["HTTPAdapter"] = lambda: adapter
    service = _open_service(given["to"])
    if service is None:
        return {"fault": AlertFault.INVALID}
    # The service itself: Apprise above it would send again as often as the address asks for.
    if given["body"] and not service.notify(body=given["body"], title=given["title"]):
        return {"fault": adapter.fault or AlertFault.FAILED}
    return {"service": str(service.service_name)[:60]}


def _open_service(address: str) -> Any:
    from apprise import Apprise, AppriseAsset  # half a second, which nobody waits for who sends no alert

    asset = AppriseAsset(app_id="HubSync", app_desc="HubSync", app_url="", image_url_mask="", image_url_logo="")
    service = Apprise.instantiate(address, asset=asset, suppress_exceptions=True)
    if service is None:
        return None
    known = {each for names in (service.protocol, service.secure_protocol) for each in _listed(names)}
    return service if known <= SCHEMES else None


def _listed(names: Any) -> tuple[str, ...]:
    return (names,) if isinstance(names, str) else tuple(names or ())


def _fault_of(failure: Failure) -> AlertFault:
    match failure.obstacle:
        case Obstacle.ADDRESS_REFUSED:
            return AlertFault.PRIVATE
        case Obstacle.TOO_SLOW:
            return AlertFault.TOO_SLOW
    return AlertFault.UNREACHABLE


def _limit_process() -> None:
    for limit, most in (
        (resource.RLIMIT_AS, MOST_MEMORY),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        _, hard = resource.getrlimit(limit)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (most, most))
    sys.addaudithook(_forbid)


def _forbid(event: str, _arguments: tuple[Any, ...]) -> None:
    """Called by the interpreter before what it names; a hook cannot be taken away again."""
    if event in _FORBIDDEN or (event in _CONNECTING and under_way.get(None) is None):
        raise PermissionError("not in the process that sends alerts")


if __name__ == "__main__":
    main()
