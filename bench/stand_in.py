"""HubSpot's stand-in, in a process of its own, and the switches it is steered with.

``python -m bench.stand_in`` is that process: it prints its address and serves until its input ends.
"""

from __future__ import annotations

import subprocess
import sys
from types import TracebackType
from typing import Any

import requests

from bench.report import ROOT
from hubspot_sandbox.server import SandboxServer
from hubspot_sandbox.settings import SandboxSettings

COMPANIES = "/crm/objects/2026-09/companies"
CONTACTS = "/crm/objects/2026-09/contacts"


class Control:
    """Steers a stand-in at *url* over its control API."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._session = requests.Session()
        self._session.trust_env = False

    def begin(self, latency_ms: int = 0) -> str:
        """Forget everything, let every call take *latency_ms* longer; return a new service key."""
        self._ask("POST", "reset")
        if latency_ms:
            self._ask("POST", "faults", {"action": "delay", "delay": latency_ms / 1000, "times": None})
        return str(self._ask("POST", "service-keys", {})["token"])

    def switch(self, **switches: Any) -> None:
        """Turn switches of the stand-in, such as its limits."""
        self._ask("PUT", "settings", switches)

    def seed(self, kind: str, **properties: str) -> str:
        """Put a record there as if by hand; return its id."""
        return str(self._ask("POST", f"records/{kind}", {"properties": properties})["id"])

    def archive_all(self, kind: str, key: str) -> None:
        """Delete every record of the kind, as somebody at HubSpot would."""
        for record in self._ask("GET", f"records/{kind}")["results"]:
            address = f"{self.url}/crm/objects/2026-09/{kind}/{record['id']}"
            answer = self._session.delete(address, headers={"Authorization": f"Bearer {key}"}, timeout=30)
            answer.raise_for_status()

    def merge_all(self, kind: str, into: str) -> None:
        """Merge every other record of the kind into one."""
        for record in self._ask("GET", f"records/{kind}")["results"]:
            if record["id"] != into:
                self._ask("POST", f"records/{kind}/{record['id']}/merge", {"into": into})

    def records(self, kind: str) -> list[dict[str, Any]]:
        """Every record of the kind with its values and associations, archived ones too."""
        found: list[dict[str, Any]] = self._ask("GET", f"records/{kind}")["results"]
        return found

    def count(self, kind: str) -> int:
        """How many records of the kind there are."""
        return len(self.records(kind))

    def let_fail(self, latency_ms: int = 0, **fault: Any) -> None:
        """Let the next calls go wrong, one if nothing else is said, and every other take *latency_ms* longer.

        The stand-in goes by the first rule that applies to a call: so what was there before ends.
        """
        self.end_faults()
        self._ask("POST", "faults", fault)
        if latency_ms:
            self._ask("POST", "faults", {"action": "delay", "delay": latency_ms / 1000, "times": None})

    def end_faults(self) -> None:
        """Let all calls go as they should."""
        self._ask("DELETE", "faults")

    def forget_calls(self) -> None:
        self._ask("DELETE", "calls")

    def calls(self) -> list[dict[str, Any]]:
        """The calls in the log, oldest first."""
        found: list[dict[str, Any]] = self._ask("GET", "calls")["results"]
        return sorted(found, key=lambda call: int(call["number"]))

    def _ask(self, method: str, what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = self._session.request(method, f"{self.url}/sandbox/api/{what}", json=body, timeout=120)
        answer.raise_for_status()
        return dict(answer.json()) if answer.content else {}


class StandIn(Control):
    """Between ``with`` and its end: the stand-in in a process of its own, limits off."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.stand_in"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        super().__init__(self._process.stdout.readline().strip())

    def __enter__(self) -> StandIn:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=30)
        self._process.stdout.close()


def serve() -> None:
    """Serve until the input ends, which it does when whoever started this process is gone."""
    with SandboxServer(SandboxSettings()) as server:
        print(server.url, flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    serve()
