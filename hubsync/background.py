"""The thread of each serving process that takes up due work every 15 seconds."""

from __future__ import annotations

import logging
import threading

import click
from flask import Flask

from hubsync.services.retrying import take_up_due

SECONDS = 15.0
log = logging.getLogger(__name__)


class Background:
    """Takes up due work until it is stopped. Starting it twice is not possible; a process has one."""

    def __init__(self, app: Flask, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hubsync-due", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; a delivery that is under way is finished first."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._stopped.wait(self._seconds):
            try:
                with self._app.app_context():
                    for delivery_id, state in take_up_due(self._stopped.is_set):
                        log.info("due delivery %d is now %s", delivery_id, state)
            except Exception:
                # The thread must outlive a locked database; the log shows what it was.
                log.exception("taking up due work failed; it is tried again")


def start_when_serving(app: Flask) -> Background | None:
    """Start the thread in a process that serves (gunicorn, `flask run`), not in other commands."""
    context = click.get_current_context(silent=True)
    serving = context is None or context.info_name == "run"
    if not serving or not app.config.get("SCHEDULER"):
        return None
    background = Background(app)
    background.start()
    return background


__all__ = ["Background", "start_when_serving"]
