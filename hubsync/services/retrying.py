"""Take up what is due: deliveries whose next attempt has come, and those a stopped worker left behind."""

from __future__ import annotations

from collections.abc import Callable

from hubsync.hubspot.deadline import Deadline
from hubsync.services.delivering import BACKGROUND_SECONDS, deliver, due_deliveries, read_delivery
from hubsync.store import rest

BATCH = 100


def take_up_due(stopped: Callable[[], bool] = lambda: False) -> list[tuple[int, str]]:
    """Try every delivery that is due once, until *stopped*; return (delivery id, state it is in now) for each.

    Any number of workers may do this at once: each delivery is taken by one of them.
    """
    taken = []
    for delivery_id in due_deliveries(BATCH):
        if stopped():
            break
        deliver(delivery_id, Deadline.after(BACKGROUND_SECONDS))
        taken.append((delivery_id, read_delivery(delivery_id).state))
        rest()
    return taken
