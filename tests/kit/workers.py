"""Serving processes of their own over the database of a test, all told to go at one instant."""

from __future__ import annotations

import atexit
import gc
import importlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
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

    They are forked by one that was forked by the `_Nursery` for them.
    """
    pipes = [(*os.pipe(), *os.pipe()) for _ in tasks]
    theirs = [(read, write) for read, _, _, write in pipes]
    told, telling = os.pipe()
    ends = [telling, *(end for both in theirs for end in both)]
    leader = _nursery().fork({"module": module, "tasks": list(tasks), "environment": dict(os.environ)}, ends)
    for end in ends:
        os.close(end)
    said = os.fdopen(told)
    ended: dict[int, int] = {}

    def wait_for(pid: int) -> int:
        while pid not in ended:
            one, code = said.readline().split()
            ended[int(one)] = int(code)
        return ended[pid]

    pids = json.loads(said.readline() or "[]")
    started = [Worker(pid, pipe[1], pipe[2], wait_for) for pid, pipe in zip(pids, pipes, strict=True)]
    try:
        for worker in started:
            assert worker.stdout.readline() == "ready\n"
        yield started
    finally:
        with suppress(ProcessLookupError):  # all have come to their end
            os.killpg(leader, signal.SIGKILL)
        said.read()  # until all are gone who could write
        said.close()
        for worker in started:
            worker.close()


class _Nursery:
    """A process that has imported the product, and forks the leader of each test's processes.

    Importing takes longer than what most of them do. It ends with the process that started it.
    """

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.kit.workers", str(theirs.fileno())],
                cwd=ROOT,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
                start_new_session=True,
            )
        atexit.register(self._close)

    def fork(self, order: dict[str, Any], ends: Sequence[int]) -> int:
        """Let a process follow this order, which gets the *ends* of pipes, the first as its output; its id.

        It leads a group of its own, with which it is killed.
        """
        body = json.dumps(order).encode()
        socket.send_fds(self._line, [_LENGTH.pack(len(body))], [2, *ends])
        self._line.sendall(body)
        (leader,) = _LENGTH.unpack(_read_exactly(self._line, _LENGTH.size))
        return leader

    def _close(self) -> None:
        self._line.close()
        self._process.wait()


_nursery = cache(_Nursery)
_LENGTH = struct.Struct("!Q")
_MOST_ENDS = 200


def _read_exactly(line: socket.socket, count: int) -> bytes:
    read = b""
    while len(read) < count:
        piece = line.recv(count - len(read))
        if not piece:
            raise EOFError
        read += piece
    return read


def main() -> None:
    """Fork a leader for each order that comes, until nobody can send one any more."""
    line = socket.socket(fileno=int(sys.argv[1]))
    assert threading.active_count() == 1, "a fork would lose the other threads"
    gc.collect()
    gc.freeze()
    leaders: set[int] = set()
    while True:
        length, ends, _flags, _address = socket.recv_fds(line, _LENGTH.size, _MOST_ENDS)
        if not length:
            return
        order = json.loads(_read_exactly(line, _LENGTH.unpack(length)[0]))
        leaders -= {each for each in leaders if os.waitpid(each, os.WNOHANG)[0]}
        leader = os.fork()
        if not leader:
            line.close()
            _lead(order, *ends)
        leaders.add(leader)
        for end in ends:
            os.close(end)
        line.sendall(_LENGTH.pack(leader))


def _lead(order: dict[str, Any], stderr: int, stdout: int, *ends: int) -> NoReturn:
    """In a process that was forked: fork one for each task, and tell of its end."""
    code = 1
    try:
        os.setsid()
        for theirs, usual in ((stderr, 2), (stdout, 1)):
            os.dup2(theirs, usual)
            os.close(theirs)
        os.environ.clear()
        os.environ.update(order["environment"])
        module = importlib.import_module(order["module"])
        assert threading.active_count() == 1, "a fork would lose the other threads"
        pids = []
        for number, task in enumerate(order["tasks"]):
            pid = os.fork()
            if not pid:
                _work(module, json.dumps(task), *ends[2 * number : 2 * number + 2], ends)
            pids.append(pid)
        for end in ends:
            os.close(end)
        print(json.dumps(pids), flush=True)
        for _ in pids:
            pid, status = os.wait()
            print(pid, os.waitstatus_to_exitcode(status), flush=True)
        code = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


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
