"""The only file here that sends: Authlib's session over time-limited exchanges, never anywhere else than asked.

Left to itself the session follows redirects, with the code in the body, and reads proxies and passwords from the
environment. All of that ends here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session

from hubsync.errors import ProviderUnreachable
from hubsync.net.adapter import BoundedAdapter, Failure
from hubsync.net.deadline import Deadline

LARGEST_BYTES = 512_000  # Microsoft's keys take 20 kB


@dataclass(frozen=True)
class Route:
    """How to get to a provider: through *https_proxy*, trusting *ca_bundle*, within *call_seconds*.

    *before_send* runs before every call and may raise.
    """

    https_proxy: str | None = None
    ca_bundle: str | None = None
    before_send: Callable[[], None] | None = None
    call_seconds: float = 5.0


class ProviderSession(OAuth2Session):
    """Authlib's session over one *route*; an answer that cannot be used raises ProviderUnreachable."""

    def __init__(self, route: Route, **options: Any) -> None:
        super().__init__(**options)
        self.trust_env = False
        self.mount("http://", _ProviderAdapter(route))
        self.mount("https://", _ProviderAdapter(route))

    def get_redirect_target(self, resp: requests.Response) -> None:
        """No redirect is followed, whatever a caller asks for."""


class _ProviderAdapter(BoundedAdapter):
    """The bounded adapter as a session of requests uses it: an answer that may be read, or an error."""

    def __init__(self, route: Route) -> None:
        super().__init__(https_proxy=route.https_proxy, ca_bundle=route.ca_bundle, before_send=route.before_send)
        self._call_seconds = route.call_seconds

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Exchange one request for its answer; what the session says about time-outs and trust does not count."""
        request.headers["Connection"] = "close"
        answer = self.exchange(request, Deadline.after(self._call_seconds), LARGEST_BYTES)
        if isinstance(answer, Failure):
            raise ProviderUnreachable(answer.reason)
        return _usable(answer)


def _usable(response: requests.Response) -> requests.Response:
    """Let pass what may be read: 200, and a refusal of the code, which is JSON with a 4xx."""
    posted = response.request.method == "POST"
    refusal = posted and 400 <= response.status_code < 500 and response.status_code not in {408, 429}
    if response.status_code == 200 or refusal:
        return response
    raise ProviderUnreachable(f"it answered {response.status_code}")
