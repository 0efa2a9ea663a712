"""Acts that begin at one instant, each in a thread of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any

from flask import Flask

from hubsync.errors import HubSyncError


def at_once(app: Flask, acts: Sequence[Callable[[], object]], *refusals: type[HubSyncError]) -> list[Any]:
    """What came of each act when all began at one instant: its result, or its error if it is one of *refusals*.

    Any other error is raised when all have come to their end.
    """
    together, results = threading.Barrier(len(acts)), [None] * len(acts)
    faults: list[Exception] = []

    def work(number: int) -> None:
        with app.app_context():
            together.wait()
            try:
                results[number] = acts[number]()  # type: ignore[call-overload]
            except refusals as refusal:
                results[number] = refusal  # type: ignore[call-overload]
            except Exception as fault:
                faults.append(fault)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise ExceptionGroup("not all acts came to their end", faults)
    return list(results)
