"""gunicorn as the README starts it, over an installation's database, and how much memory it takes."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import requests

from bench.installation import Installation
from bench.report import ROOT
from tests.kit.settings import process_environment

START_SECONDS = 60.0


@dataclass(frozen=True)
class Serving:
    """Where it answers, and the id of the process that does."""

    url: str
    worker: int
    said: IO[str]
    """What it writes: its log."""

    @property
    def resident_mb(self) -> float:
        """The most memory the serving process ever had resident, in MB (10^6 bytes)."""
        return most_resident_mb(self.worker)

    @property
    def processor_seconds(self) -> float:
        """What the serving process has used of a processor, in steps of a hundredth of a second."""
        ticks = Path(f"/proc/{self.worker}/stat").read_text().rpartition(")")[2].split()[11:13]
        return sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@contextmanager
def served(installation: Installation, threads: int = 24, **others: str) -> Iterator[Serving]:
    """``gunicorn wsgi:app`` with gunicorn.conf.py: one process with *threads*. Linux only, for its /proc.

    *others* are settings beside those of the installation, without the prefix.
    """
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    url = f"http://localhost:{port}"
    given = installation.settings | {"BASE_URL": url, "SCHEDULER": "on"} | others
    with tempfile.TemporaryFile("w+") as said:
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}"),
                *("--threads", str(threads), "wsgi:app"),
            ],
            cwd=ROOT,
            env=process_environment(given),
            stdout=said,
            stderr=said,
        )
        try:
            try:
                _wait_until_it_answers(url, process)
            except TimeoutError:
                said.seek(0)
                raise RuntimeError(f"gunicorn does not answer:\n{said.read()}") from None
            yield Serving(url, _worker_of(process.pid), said)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        try:
            if requests.get(f"{url}/healthz", timeout=5).ok:
                return
        except (requests.ConnectionError, requests.Timeout):  # gunicorn listens before its app is made
            time.sleep(0.1)
    raise TimeoutError


def _worker_of(master: int) -> int:
    """The only child of gunicorn's master."""
    (child,) = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return int(child)


def most_resident_mb(process: int) -> float:
    """The most memory that *process* ever had resident, in MB (10^6 bytes)."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    kib = next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return kib * 1024 / 1e6
