"""Background threads of each serving process: they do due work every 15 seconds, and at once when they are woken.

One sends mails and the other does everything else, so that neither waits for the other's servers.
"""

from __future__ import annotations

import logging
import threading

from flask import Flask

from hubsync.config import settings
from hubsync.logs import is_serving
from hubsync.services import Tools
from hubsync.services.operations.background_jobs import DUE, MAILS, ROUNDS, Jobs, do_due_work
from hubsync.services.operations.kept_numbers import RoundLog

SECONDS = 15.0
LET_GUESTS_PASS = 1.0
log = logging.getLogger(__name__)


class Background:
    """Does due work until it is stopped. Starting it twice is not possible; a process has one."""

    def __init__(self, app: Flask, seconds: float = SECONDS) -> None:
        self._app = app
        self._tools: Tools = app.extensions["hubsync"]
        self._seconds = seconds
        self._stopped = threading.Event()
        wakes = {DUE: self._tools.wake, MAILS: self._tools.mail_wake}
        self._threads = [
            threading.Thread(target=self._run, args=(name, wakes[name], jobs), name=f"hubsync-{name}", daemon=True)
            for name, jobs in ROUNDS.items()
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End the threads; what is under way is finished first."""
        self._stopped.set()
        self._tools.wake.set()
        self._tools.mail_wake.set()
        for thread in self._threads:
            thread.join()

    def _run(self, name: str, wake: threading.Event, jobs: Jobs) -> None:
        log_of_rounds = RoundLog(name)
        while True:
            if wake.wait(self._seconds) and self._tools.share.posting:
                # Guests who come together are served first; the work that they left over waits that long.
                self._stopped.wait(min(LET_GUESTS_PASS, self._seconds))
            wake.clear()
            if self._stopped.is_set():
                return
            try:
                with self._app.app_context(), log_of_rounds.round():
                    for line in do_due_work(self._stopped.is_set, jobs):
                        log.info(line)
            except Exception:
                # The thread must outlive whatever comes; the log shows what it was.
                log.exception("due work failed; it is tried again")


def start_when_serving(app: Flask) -> Background | None:
    """Start the threads in a process that serves (gunicorn, `flask run`), not in other commands."""
    if not is_serving() or not settings(app).scheduler:
        return None
    background = Background(app)
    background.start()
    return background
