"""The call log, kept in memory: what came in, what was answered, how long it took."""

import threading
from collections import deque
from dataclasses import asdict, dataclass, field
from typing import Any

#: How many calls are remembered; older ones fall out.
KEPT_CALLS = 5000


@dataclass
class Call:
    """One API request and its answer. *path* carries the version, *status* is None when no answer was sent."""

    number: int
    at: float
    method: str
    path: str
    query: str = ""
    status: int | None = None
    duration_ms: float = 0.0
    account_id: int | None = None
    client: str = ""
    fault: int | None = None
    request_headers: dict[str, str] = field(default_factory=dict)
    request_body: str = ""
    response_body: str = ""
    connection: str = ""

    def as_dict(self) -> dict[str, Any]:
        """The call as the control API shows it."""
        return asdict(self)


class CallLog:
    """Numbered calls, oldest first; numbers go on rising after the log is cleared."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._calls: deque[Call] = deque(maxlen=KEPT_CALLS)
        self._last = 0

    def open(self, at: float, method: str, path: str) -> Call:
        """Enter a call that has just begun; the caller fills in the rest."""
        with self._lock:
            self._last += 1
            call = Call(self._last, at, method, path)
            self._calls.append(call)
            return call

    def all(self, after: int = 0) -> list[Call]:
        """The calls with a number above *after*, oldest first."""
        with self._lock:
            return [call for call in self._calls if call.number > after]

    def clear(self) -> None:
        """Forget all calls."""
        with self._lock:
            self._calls.clear()
