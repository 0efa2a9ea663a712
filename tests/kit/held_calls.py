"""Something happens while HubSpot holds a call: the fault `hold` of its stand-in decides the order."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from hubsync.services import now
from hubsync.store import write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.meetings import Meeting


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


def let_workers_die() -> None:
    """Have nothing written down any more of what the workers learn that make an attempt now; their leases end."""
    gone = {"lease_owner": "gone", "lease_until": now() - timedelta(seconds=1)}
    with write_transaction() as session:
        for table in (Delivery, Meeting):
            session.query(table).filter(table.lease_owner != "").update(gone)
