"""Sending an alert: once, within ten seconds, by a process that ends with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from hubsync.domain.chat_alerts import LONGEST_ADDRESS, AlertFault
from hubsync.net.public_addresses import ONLY_PUBLIC, PublicAddresses

SECONDS = 10.0
_START_SECONDS = 10.0
"""What starting the process may take besides, on a busy machine."""
_ROOT = Path(__file__).parent.parent.parent
_COMMAND = (sys.executable, "-P", "-B", "-m", "hubsync.alerts.worker")
_KEPT = ("LD_LIBRARY_PATH",)


class AlertNotSent(Exception):
    """The address is none, or the alert did not arrive as far as is known; *fault* is why."""

    def __init__(self, fault: AlertFault) -> None:
        super().__init__(fault.value)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class AlertRoute:
    """How this installation gets to chats; *exceptions* are hosts and networks of one's own that may be
    asked, too.

    *before_send* runs before every process and may raise.
    """

    exceptions: PublicAddresses = ONLY_PUBLIC
    https_proxy: str = field(default="", repr=False)
    ca_bundle: str = ""
    before_send: Callable[[], None] | None = None


def look_at(address: str, route: AlertRoute) -> str:
    """What the service at *address* is called; nobody is asked. Raises AlertNotSent where it is no address."""
    return _run(address, "", "", route)


def send_alert(address: str, title: str, body: str, route: AlertRoute) -> None:
    """Hand an alert to the service at *address*, once. Raises AlertNotSent."""
    _run(address, title, body, route)


def _run(address: str, title: str, body: str, route: AlertRoute) -> str:
    if not address.isprintable() or len(address) > LONGEST_ADDRESS:
        raise AlertNotSent(AlertFault.INVALID)
    if route.before_send is not None:
        route.before_send()
    given = {
        "to": address,
        "title": title,
        "body": body,
        "seconds": SECONDS,
        "exceptions": ",".join([*route.exceptions.hosts, *map(str, route.exceptions.networks)]),
        "https_proxy": route.https_proxy,
        "ca_bundle": route.ca_bundle,
    }
    # No setting and no secret of ours but the address reaches the process; HOME is nobody's, so no .netrc is read.
    environment = {name: os.environ[name] for name in _KEPT if name in os.environ}
    environment |= {"PYTHONPATH": str(_ROOT), "HOME": "/nonexistent"}
    try:
        done = subprocess.run(  # noqa: S603  # a command of ours, and no shell
            _COMMAND,
            input=json.dumps(given).encode() + b"\n",
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
            timeout=SECONDS + _START_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        fault = AlertFault.TOO_SLOW
    else:
        answer = json.loads(done.stdout) if done.returncode == 0 and done.stdout else {}
        if "service" in answer:
            return str(answer["service"])
        fault = AlertFault(answer.get("fault", AlertFault.FAILED))
    raise AlertNotSent(fault)
