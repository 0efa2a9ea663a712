"""HubSync as it is served: a process of its own, on a port that was free."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType

import requests

from tests.kit.ports import free_port
from tests.kit.settings import process_environment

ROOT = Path(__file__).parent.parent.parent
BIN = Path(sys.executable).parent


class Serving:
    """Runs a command that serves; ``{port}`` in it becomes the port. *said* is what it printed, after the end."""

    def __init__(self, *command: str, folder: Path = ROOT, **settings: str) -> None:
        self.port, self._folder = free_port(), folder
        self._environment = process_environment(settings)
        self._command = [str(BIN / command[0]), *(word.format(port=self.port) for word in command[1:])]
        self._is_gunicorn = Path(command[0]).name in {"gunicorn", "start"}
        self.said = ""

    def __enter__(self) -> Serving:
        self._process = subprocess.Popen(
            self._command,
            cwd=self._folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        until = time.monotonic() + 60
        try:
            while True:
                assert self._process.poll() is None, "it has ended"
                assert time.monotonic() < until, "it does not answer"
                try:
                    self.get("/healthz")
                    return self
                except (requests.ConnectionError, requests.Timeout):  # gunicorn listens before its app is made
                    time.sleep(0.1)
        except BaseException as fault:
            self._stop()
            fault.add_note(self.said)
            raise

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def kill(self) -> None:
        """End it and its workers between any two lines, as a machine does that loses its power."""
        workers = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children").read_text().split()
        for pid in (self._process.pid, *map(int, workers)):
            os.kill(pid, signal.SIGKILL)
        self._process.wait()

    def _stop(self) -> None:
        if self._process.poll() is None:
            # gunicorn's threads may wait for each other for half a minute after a SIGINT amid a request's start.
            self._process.send_signal(signal.SIGTERM if self._is_gunicorn else signal.SIGINT)
        try:
            self.said = self._process.communicate(timeout=60)[0]
        except subprocess.TimeoutExpired:
            self._process.kill()
            self.said = self._process.communicate()[0]
            raise

    def get(self, path: str, **headers: str) -> requests.Response:
        return requests.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, timeout=60)
