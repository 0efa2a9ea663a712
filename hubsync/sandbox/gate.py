"""What happens around every API call: it is logged, and a fault may strike."""

import re
from collections.abc import Iterable
from typing import Any

from hubsync.sandbox.state import SandboxState

_API = re.compile(r"^/(crm|account-info|appinstalls)/|^/oauth/(v1|v3|\d{4}-\d{2})/")


def is_api_path(path: str) -> bool:
    """Whether programs call this path, rather than people's browsers or the control API."""
    return _API.match(path) is not None


class Gate:
    """WSGI middleware; one call of the API is one entry of the log."""

    def __init__(self, wsgi_app: Any, state: SandboxState) -> None:
        self._app, self._state = wsgi_app, state

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Pass the request on."""
        answer: Iterable[bytes] = self._app(environ, start_response)
        return answer
