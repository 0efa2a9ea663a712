"""Serving processes of their own over the database of a test, all told to go at one instant."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask

from hubsync.app import create_app
from hubsync.config import settings as settings_of

ROOT = Path(__file__).parent.parent.parent
HANDED_ON = ("SECRET_KEY", "BASE_URL", "SQLALCHEMY_DATABASE_URI")


def task_of(acme: Any, settings: dict[str, str], **others: Any) -> dict[str, Any]:
    """What a process is told: *settings* beside those of the test's own application, its team, and *others*."""
    kept = {name: str(getattr(settings_of(acme.app), name.lower())) for name in HANDED_ON}
    return {
        "settings": {**kept, "HUBSPOT_API_URL": acme.sandbox.url, "SCHEDULER": "off", **settings},
        "instance_path": acme.app.instance_path,
        "team_id": acme.team_id,
        **others,
    }


@contextmanager
def worker_processes(module: str, tasks: Sequence[dict[str, Any]]) -> Iterator[list[subprocess.Popen[str]]]:
    """One process of *module* for each task, which gets it as JSON; all are ready when this is entered."""
    started = [
        subprocess.Popen(
            [sys.executable, "-m", module, json.dumps(task)],
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for task in tasks
    ]
    try:
        for process in started:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def go(process: subprocess.Popen[str]) -> None:
    assert process.stdin is not None
    process.stdin.write("go\n")
    process.stdin.flush()


def lines_of(process: subprocess.Popen[str]) -> list[str]:
    """What the process printed until it ended, which it does within two minutes, and well."""
    out, _ = process.communicate(timeout=120)
    assert process.returncode == 0
    return out.split("\n")[:-1]


def told() -> tuple[dict[str, Any], Flask]:
    """In such a process: its task, and its application."""
    task = json.loads(sys.argv[1])
    return task, create_app(task["settings"], instance_path=Path(task["instance_path"]))


def wait_for_go() -> None:
    """In such a process: say that it is ready, and wait until it is told to go."""
    print("ready", flush=True)
    sys.stdin.readline()


def in_threads(app: Flask, count: int, work: Callable[[], list[str]]) -> None:
    """In such a process: let *count* threads go at one instant, and print the lines that they bring.

    They are printed by one thread: the words of several would run into each other.
    """
    start = threading.Barrier(count + 1)
    lines: list[str] = []

    def one() -> None:
        with app.app_context():
            start.wait()
            lines.extend(work())

    threads = [threading.Thread(target=one) for _ in range(count)]
    for thread in threads:
        thread.start()
    wait_for_go()
    start.wait()
    for thread in threads:
        thread.join()
    print("\n".join(lines), flush=True)
