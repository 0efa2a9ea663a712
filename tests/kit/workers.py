"""Serving processes of their own over the database of a test, all told to go at one instant."""

from __future__ import annotations

import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from flask import Flask

from hubsync.app import create_app
from hubsync.config import settings
from tests.kit.settings import make_settings

ROOT = Path(__file__).parent.parent.parent


def task_of(
    acme: Any, *, mail_port: int | None = None, different: Mapping[str, str] | None = None, **others: Any
) -> dict[str, Any]:
    """What a process is told: the database of the test's own app, settings that are *different*, and *others*."""
    usual = make_settings(
        hubspot=acme.sandbox.url,
        mail_port=mail_port,
        SQLALCHEMY_DATABASE_URI=str(settings(acme.app).sqlalchemy_database_uri),
    )
    return {
        "settings": {**usual, **(different or {})},
        "instance_path": acme.app.instance_path,
        "team_id": acme.team_id,
        **others,
    }


class Worker:
    """One of the processes: what it is told and says, and its signals."""

    def __init__(self, pid: int, stdin: int, stdout: int, ended: Callable[[int], int]) -> None:
        self.pid = pid
        self.stdin, self.stdout = os.fdopen(stdin, "w"), os.fdopen(stdout)
        self._ended = ended

    def go(self) -> None:
        self.stdin.write("go\n")
        self.stdin.flush()

    def lines(self) -> list[str]:
        """What it printed until it ended, which it does well."""
        out = self.stdout.read()
        assert self.wait() == 0
        return out.split("\n")[:-1]

    def send_signal(self, which: int) -> None:
        os.kill(self.pid, which)

    def wait(self) -> int:
        """Wait for its end; returns its exit code, or the signal that killed it, negative."""
        return self._ended(self.pid)

    def close(self) -> None:
        self.stdin.close()
        self.stdout.close()


@contextmanager
def worker_processes(module: str, tasks: Sequence[dict[str, Any]]) -> Iterator[list[Worker]]:
    """One process of *module* for each task, which gets it as JSON; all are ready when this is entered.

    They are forked by one that has imported everything, which takes longer than what most of them do.
    """
    pipes = [(*os.pipe(), *os.pipe()) for _ in tasks]
    theirs = [(read, write) for read, _, _, write in pipes]
    told = [[json.dumps(task), *ends] for task, ends in zip(tasks, theirs, strict=True)]
    forking = subprocess.Popen(
        [sys.executable, "-m", "tests.kit.workers", module, json.dumps(told)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        text=True,
        pass_fds=[end for ends in theirs for end in ends],
        start_new_session=True,
    )
    for end in (end for ends in theirs for end in ends):
        os.close(end)
    assert forking.stdout is not None
    ended: dict[int, int] = {}

    def wait_for(pid: int) -> int:
        while pid not in ended:
            one, code = forking.stdout.readline().split()  # type: ignore[union-attr]  # it is piped
            ended[int(one)] = int(code)
        return ended[pid]

    pids = json.loads(forking.stdout.readline() or "[]")
    started = [Worker(pid, pipe[1], pipe[2], wait_for) for pid, pipe in zip(pids, pipes, strict=True)]
    try:
        for worker in started:
            assert worker.stdout.readline() == "ready\n"
        yield started
    finally:
        os.killpg(forking.pid, signal.SIGKILL)
        forking.communicate()
        for worker in started:
            worker.close()


def main() -> None:
    """Fork a process for each task, and tell of its end."""
    module = importlib.import_module(sys.argv[1])
    tasks = json.loads(sys.argv[2])
    ends = [end for _, *both in tasks for end in both]
    assert threading.active_count() == 1, "a fork would lose the other threads"
    gc.freeze()
    pids = []
    for task, stdin, stdout in tasks:
        pid = os.fork()
        if not pid:
            _work(module, task, stdin, stdout, ends)
        pids.append(pid)
    for end in ends:
        os.close(end)
    print(json.dumps(pids), flush=True)
    for _ in pids:
        pid, status = os.wait()
        print(pid, os.waitstatus_to_exitcode(status), flush=True)


def _work(module: ModuleType, task: str, stdin: int, stdout: int, ends: Sequence[int]) -> NoReturn:
    """In a process that was forked: be one that was started with this task."""
    code = 1
    try:
        os.dup2(stdin, 0)
        os.dup2(stdout, 1)
        for end in ends:
            os.close(end)
        sys.stdin, sys.stdout, sys.argv = os.fdopen(0), os.fdopen(1, "w"), [module.__name__, task]
        module.main()
        for thread in threading.enumerate():
            if thread is not threading.current_thread() and not thread.daemon:
                thread.join()
        sys.stdout.flush()
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


def read_task() -> tuple[dict[str, Any], Flask]:
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


if __name__ == "__main__":
    main()
