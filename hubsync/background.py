"""Background thread of each serving process: it does due work every 15 seconds, and at once when it is woken."""

from __future__ import annotations

import logging
import threading

import click
from flask import Flask

from hubsync.config import settings
from hubsync.services.operations.background_jobs import do_due_work

SECONDS = 15.0
LET_GUESTS_PASS = 1.0
log = logging.getLogger(__name__)


class Background:
    """Does due work until it is stopped. Starting it twice is not possible; a process has one."""

    def __init__(self, app: Flask, seconds: float = SECONDS) -> None:
        self._app = app
        self._seconds = seconds
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="hubsync-due", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; what is under way is finished first."""
        self._stopped.set()
        self._app.extensions["hubsync"].wake.set()
        self._thread.join()

    def _run(self) -> None:
        tools = self._app.extensions["hubsync"]
        wake = tools.wake
        while True:
            if wake.wait(self._seconds) and tools.share.posting:
                # Guests who come together are served first; the work that they left over waits that long.
                self._stopped.wait(min(LET_GUESTS_PASS, self._seconds))
            wake.clear()
            if self._stopped.is_set():
                return
            try:
                with self._app.app_context():
                    for line in do_due_work(self._stopped.is_set):
                        log.info(line)
            except Exception:
                # The thread must outlive whatever comes; the log shows what it was.
                log.exception("due work failed; it is tried again")


def start_when_serving(app: Flask) -> Background | None:
    """Start the thread in a process that serves (gunicorn, `flask run`), not in other commands."""
    context = click.get_current_context(silent=True)
    serving = context is None or context.info_name == "run"
    if not serving or not settings(app).scheduler:
        return None
    background = Background(app)
    background.start()
    return background
