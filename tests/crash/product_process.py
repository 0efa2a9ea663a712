"""A program that runs the product again and again: each run is a forked process, which may be killed.

It imports everything, makes the app and works with it once, so that a run begins with all code and statements
compiled; then it closes every connection, as one must before a fork. Nothing of a run outlives it but the
database. Run with the settings as JSON in its first argument; each line it reads orders a run, and each line it
writes tells what happened.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import time_machine
from flask import Flask

from hubsync.app import create_app
from hubsync.services import tools
from hubsync.services.connection.token_refresh import THREAD_NAME
from hubsync.store import db
from tests.crash.commands import COMMANDS
from tests.kit.kill_switch import KillSwitch

HURRIED_SECONDS = "0.4"


def main() -> None:
    given = json.loads(sys.argv[1])
    usual, folder = given["settings"], Path(given["instance_path"])
    apps = {
        "usual": create_app(usual, instance_path=folder),
        # A second process over the same database, which does not let its guests wait for other bookings.
        "hurried": create_app({**usual, "SYNC_BUDGET_SECONDS": HURRIED_SECONDS}, instance_path=folder),
    }
    with apps["usual"].app_context():
        db.create_all()
    for name, app in apps.items():
        _work_once(app, given["first"][name])
    gc.collect()
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        print(json.dumps(_run(apps[order["as"]], order)), flush=True)


def _work_once(app: Flask, commands: list[list[str]]) -> None:
    with app.app_context():
        for name, *given in commands:
            COMMANDS[name](*given)
    with app.app_context():
        tools().wire.close()
        db.engine.dispose()
    assert threading.active_count() == 1, "a fork would lose the other threads"


def _run(app: Flask, order: dict[str, Any]) -> dict[str, Any]:
    """Fork a run, and tell how it ended, which boundaries it passed and what else it told."""
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
        "killed_by": os.WTERMSIG(status) if os.WIFSIGNALED(status) else 0,
        "passed": [each["passed"] for each in lines if "passed" in each],
        "answered": {each["answered"]: each["state"] for each in lines if "answered" in each},
        "mistakes": [each["mistake"] for each in lines if "mistake" in each],
    }


def _do(app: Flask, order: dict[str, Any], pipe: int) -> None:
    def tell(**what: str) -> None:
        os.write(pipe, json.dumps(what).encode() + b"\n")  # short enough to be written whole

    clock = time_machine.travel(datetime.fromtimestamp(time.time() + order["later"], UTC), tick=True).start()
    asleep_at, seconds = order["sleep"]

    def pass_by(name: str) -> None:
        nonlocal asleep_at
        tell(passed=name)
        if name == asleep_at:
            asleep_at = ""
            clock.shift(seconds)

    KillSwitch(order["kill_at"], pass_by).install()
    for name, *given in order["commands"]:
        try:
            with app.app_context():
                state = COMMANDS[name](*given)
        except Exception:
            tell(mistake=traceback.format_exc()[-3000:])
            continue
        if state:
            tell(answered=given[1], state=state)
    for thread in threading.enumerate():
        if thread.name == THREAD_NAME:
            thread.join()


if __name__ == "__main__":
    main()
