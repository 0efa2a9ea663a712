"""Fault injection: rules saying which calls go wrong, how, and how often."""

import threading
from dataclasses import asdict, dataclass
from typing import Any

from flask_babel import gettext as _

ACTIONS = (
    "status",
    "delay",
    "drop",
    "html",
    "slow_body",
    "huge_body",
    "redirect",
    "revoke_tokens",
    "uninstall",
    "edit",
)


class InvalidFault(ValueError):
    """A fault that cannot be set; the message says why, for a person."""


@dataclass
class Fault:
    """One rule. Empty *method* and *path* match every API call; *path* is a piece of the path,
    *except_path* a piece that the path must not have.

    *times* None lasts until removed; *skip* lets the first matching calls pass. *when* "before" answers
    instead of the real work, "after" does the work first and changes the answer. *policy* belongs to status
    429 (TEN_SECONDLY_ROLLING, SECONDLY, DAILY) and 401 (EXPIRED, else invalid). *retry_after* adds that
    header, *body* replaces the JSON of an error. *seconds* is the pause after each byte of a slow body,
    *size* the bytes of a huge one. *delay* is waited before any action, in seconds.
    *hold* keeps the call until it is released, with its work done if *when* is "after".
    *edit* has somebody change the *record* of an *object* by hand, to these *properties*, before the call's work
    or after it; the call itself goes on as it is.
    """

    id: int
    action: str
    method: str = ""
    path: str = ""
    except_path: str = ""
    times: int | None = 1
    skip: int = 0
    when: str = "before"
    status: int = 500
    policy: str = "TEN_SECONDLY_ROLLING"
    retry_after: str | None = None
    body: dict[str, Any] | None = None
    delay: float = 0.0
    hold: bool = False
    location: str = ""
    seconds: float = 0.5
    size: int = 20_000_000
    object: str = "contacts"
    record: str = ""
    properties: dict[str, Any] | None = None
    used: int = 0

    def __post_init__(self) -> None:
        self.method = self.method.upper()
        if self.when not in ("before", "after"):
            raise InvalidFault(_("when must be before or after"))
        if not 200 <= self.status <= 599:
            raise InvalidFault(_("status must be between 200 and 599"))
        if self.times is not None and self.times < 1:
            raise InvalidFault(_("times must be at least 1, or null for always"))

    def matches(self, method: str, path: str) -> bool:
        """Whether the rule is about this call."""
        if self.except_path and self.except_path in path:
            return False
        return (not self.method or self.method == method) and self.path in path

    def as_dict(self) -> dict[str, Any]:
        """The rule as the control API shows it."""
        return asdict(self)


LONGEST_HOLD = 60.0
"""Seconds after which a held call goes on though nobody has released it."""


class FaultRules:
    """The rules in force, in the order they were set; a call gets the first one that applies."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._last = 0
        self._changed = threading.Condition()
        self._held = self._releases = 0

    def add(self, **wanted: Any) -> Fault:
        """Set a rule; raises InvalidFault with a sentence when a field is unknown or makes no sense."""
        if wanted.get("action") not in ACTIONS:
            raise InvalidFault(_("action must be one of %(actions)s", actions=", ".join(ACTIONS)))
        if wanted.get("retry_after") is not None:
            wanted["retry_after"] = str(wanted["retry_after"])
        _check_types(wanted)
        if wanted["action"] == "redirect":
            wanted = {"status": 307, **wanted}
        with self._lock:
            self._last += 1
            fault = Fault(id=self._last, **wanted)
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
        """Take all rules away, and let every held call go on."""
        with self._lock:
            self._faults.clear()
        self.release()

    def hold(self) -> None:
        """Keep the calling thread until `release`."""
        with self._changed:
            self._held += 1
            before = self._releases
            self._changed.notify_all()
            self._changed.wait_for(lambda: self._releases != before, LONGEST_HOLD)
            self._held -= 1

    def wait_until_held(self, seconds: float = 60.0) -> bool:
        """Wait until a call is held; False when none has come in so many *seconds*."""
        with self._changed:
            return self._changed.wait_for(lambda: self._held > 0, seconds)

    def release(self) -> int:
        """Let every held call go on; returns how many there were."""
        with self._changed:
            self._releases += 1
            self._changed.notify_all()
            return self._held


_TYPES: dict[str, tuple[type, ...]] = {
    "action": (str,),
    "method": (str,),
    "path": (str,),
    "except_path": (str,),
    "times": (int, type(None)),
    "skip": (int,),
    "when": (str,),
    "status": (int,),
    "policy": (str,),
    "retry_after": (str, type(None)),
    "body": (dict, type(None)),
    "delay": (int, float),
    "hold": (bool,),
    "location": (str,),
    "seconds": (int, float),
    "size": (int,),
    "object": (str,),
    "record": (str,),
    "properties": (dict, type(None)),
}


def _check_types(wanted: dict[str, Any]) -> None:
    for name, value in wanted.items():
        if name not in _TYPES:
            raise InvalidFault(_("%(field)s is no field of a fault", field=name))
        if isinstance(value, bool) is not (bool in _TYPES[name]) or not isinstance(value, _TYPES[name]):
            raise InvalidFault(_("%(field)s has the wrong type", field=name))
