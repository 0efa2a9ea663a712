"""Take up what is due: deliveries whose next attempt has come, and those a stopped worker left behind."""

from __future__ import annotations

from collections.abc import Callable

from hubsync.hubspot.deadline import Deadline
from hubsync.services.delivering import BACKGROUND_SECONDS, deliver, due_deliveries, read_delivery
from hubsync.services.pacing import wait_for_turn
from hubsync.store import rest

BATCH = 100
LONGEST_WAIT_SECONDS = 2.0


def take_up_due(stopped: Callable[[], bool] = lambda: False) -> list[tuple[int, str]]:
    """Try every delivery that is due once, until *stopped*; return (delivery id, state it is in now) for each.

    Any number of workers may do this at once: each delivery is taken by one of them.
    """
    taken = []
    resting: set[int] = set()
    for delivery_id, team_id in due_deliveries(BATCH):
        if stopped():
            break
        if team_id in resting or not wait_for_turn(team_id, LONGEST_WAIT_SECONDS):
            resting.add(team_id)  # the next round asks again; other teams' deliveries do not wait for it
            continue
        deliver(delivery_id, Deadline.after(BACKGROUND_SECONDS))
        taken.append((delivery_id, read_delivery(delivery_id).state))
        rest()
    return taken
