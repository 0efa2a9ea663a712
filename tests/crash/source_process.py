"""A program in which HubSync works with a booking source again and again: each run is a forked process.

It does all that it may be told once, so that a run begins with all code and statements compiled. Run with the
settings as JSON in its first argument; each line it reads orders a run, which may be killed, and each line that it
writes tells how that ended. Nothing of a run outlives it but the database and what the source has.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask

from hubsync.app import create_app
from hubsync.errors import NotFound
from hubsync.services.operations.background_jobs import do_due_work
from hubsync.services.sources import endpoint_setup
from hubsync.services.sources.comparison import compare_due, compare_now
from hubsync.services.sources.subscriptions import connect, disable, renew
from hubsync.services.teams.members import create_team
from hubsync.store import db
from tests.kit.diary import NAME, TOKEN, diary_registered
from tests.kit.kill_switch import KillSwitch

ENDPOINT = 1


def _compare() -> None:
    compare_now(ENDPOINT, by=None)
    compare_due()


def _disable() -> None:
    try:
        disable(ENDPOINT, by=None)
    except NotFound:
        return


COMMANDS: dict[str, Callable[[], Any]] = {
    "connect": lambda: connect(ENDPOINT, TOKEN, by=None),
    "renew": lambda: renew(ENDPOINT, by=None),
    "disable": _disable,
    "compare": _compare,
    "due": lambda: list(do_due_work()),
}


def main() -> None:
    given = json.loads(sys.argv[1])
    with diary_registered():
        app = create_app(given["settings"], instance_path=Path(given["instance_path"]))
        with _installed(app):
            for name in ("connect", "due", "compare", "due", "renew", "due", "disable", "due"):
                with app.app_context():
                    COMMANDS[name]()
        with app.app_context():
            db.drop_all()
        with _installed(app):
            pass
        assert threading.active_count() == 1, "a fork would lose the other threads"
        gc.collect()
        gc.freeze()
        print("ready", flush=True)
        for line in sys.stdin:
            print(json.dumps(_run(app, json.loads(line))), flush=True)


@contextmanager
def _installed(app: Flask) -> Iterator[None]:
    """The app with all tables and a team that has an address; its connections are closed at the end."""
    with app.app_context():
        db.create_all()
        endpoint_setup.make_endpoint(create_team("Acme", "owner@acme.example", "premium").id, NAME)
    yield
    with app.app_context():
        db.engine.dispose()


def _run(app: Flask, order: dict[str, Any]) -> dict[str, Any]:
    """Fork a run, and tell which boundaries it passed and what else it told."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            _do(app, order, writing)
        finally:
            os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as told:
        lines = [json.loads(line) for line in told]
    _, status = os.waitpid(child, 0)
    return {
        "killed": os.WIFSIGNALED(status),
        "passed": [each["passed"] for each in lines if "passed" in each],
        "mistakes": [each["mistake"] for each in lines if "mistake" in each],
    }


def _do(app: Flask, order: dict[str, Any], pipe: int) -> None:
    def tell(**what: str) -> None:
        os.write(pipe, json.dumps(what).encode() + b"\n")  # short enough to be written whole

    time_machine.travel(datetime.fromtimestamp(time.time() + order["later"], UTC), tick=True).start()
    KillSwitch(order["kill_at"], lambda name: tell(passed=name)).install()
    for name in order["commands"]:
        try:
            with app.app_context():
                COMMANDS[name]()
        except Exception:
            tell(mistake=traceback.format_exc()[-3000:])


if __name__ == "__main__":
    main()
