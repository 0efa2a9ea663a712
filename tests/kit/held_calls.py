"""Something happens while HubSpot holds a call: the fault `hold` of its stand-in decides the order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


def while_held(acme: Any, act: Callable[[], Any]) -> threading.Thread:
    """Let a thread do something as soon as HubSpot holds a call, and have the call answered then."""
    faults = acme.sandbox.state.faults

    def meanwhile() -> None:
        try:
            assert faults.wait_until_held()
            with acme.app.app_context():
                act()
        finally:
            faults.release()

    thread = threading.Thread(target=meanwhile)
    thread.start()
    return thread
