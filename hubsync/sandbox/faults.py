"""Faults on demand: rules saying which calls go wrong, how, and how often."""

import threading
from dataclasses import asdict, dataclass
from typing import Any

ACTIONS = ("status", "delay", "drop", "html", "slow_body", "huge_body", "redirect", "revoke_tokens", "uninstall")


class FaultUnclear(ValueError):
    """A fault that cannot be set; the message says why, for a person."""


@dataclass
class Fault:
    """One rule. Empty *method* and *path* match every API call; *path* is a piece of the path.

    *times* None lasts until removed; *skip* lets the first matching calls pass. *when* "before" answers
    instead of the real work, "after" does the work first and then spoils the answer. *policy* is used by
    429: TEN_SECONDLY_ROLLING, SECONDLY, DAILY. *retry_after* adds that header. *seconds* is the pause
    between pieces of a slow body, *size* the bytes of a huge one.
    """

    id: int
    action: str
    method: str = ""
    path: str = ""
    times: int | None = 1
    skip: int = 0
    when: str = "before"
    status: int = 500
    policy: str = "TEN_SECONDLY_ROLLING"
    retry_after: str | None = None
    delay: float = 0.0
    location: str = ""
    seconds: float = 0.5
    size: int = 20_000_000
    used: int = 0

    def matches(self, method: str, path: str) -> bool:
        """Whether the rule is about this call."""
        return (not self.method or self.method == method) and self.path in path

    def as_dict(self) -> dict[str, Any]:
        """The rule as the control API shows it."""
        return asdict(self)


class FaultBoard:
    """The rules in force, in the order they were set; a call gets the first one that applies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._last = 0

    def add(self, **wanted: Any) -> Fault:
        """Set a rule; raises FaultUnclear with a sentence when a field is unknown or makes no sense."""
        if wanted.get("action") not in ACTIONS:
            raise FaultUnclear(f"action must be one of {', '.join(ACTIONS)}")
        with self._lock:
            try:
                fault = Fault(id=self._last + 1, **wanted)
            except TypeError as problem:
                raise FaultUnclear(str(problem)) from None
            self._last += 1
            self._faults.append(fault)
            return fault

    def take(self, method: str, path: str) -> Fault | None:
        """The rule for this call, counted as used; None when the call may pass."""
        with self._lock:
            for fault in self._faults:
                if not fault.matches(method, path):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                fault.used += 1
                if fault.times is not None and fault.used >= fault.times:
                    self._faults.remove(fault)
                return fault
            return None

    def all(self) -> list[Fault]:
        """The rules still in force."""
        with self._lock:
            return list(self._faults)

    def remove(self, fault_id: int) -> bool:
        """Take one rule away; False when there was none."""
        with self._lock:
            before = len(self._faults)
            self._faults = [f for f in self._faults if f.id != fault_id]
            return len(self._faults) < before

    def clear(self) -> None:
        """Take all rules away."""
        with self._lock:
            self._faults.clear()
