"""Rules for every test, of HubSync and of the HubSpot stand-in."""

from __future__ import annotations

import compileall
import gc
import importlib
import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from pytest_socket import socket_allow_hosts


def pytest_configure() -> None:
    """Let processes that tests start hear Ctrl-C, also where pytest itself runs in a script's background.

    A shell lets what it puts there ignore it, and every process that this one starts would inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    gc.disable()  # until all tests are collected: what that makes stays, and looking at it takes a fifth more


YOUNG = 20_000
"""So many new objects are there before the garbage collector looks at them."""


def pytest_collection_finish() -> None:
    """Let the garbage collector look at what tests make, not at the tests, and not every few hundred objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
    gc.enable()


COMPILED_BEFORE = ("hubsync", "hubspot_sandbox", "scheduler_sandbox", "tests/kit")
"""Folders in which pytest rewrites no assertion, or hardly one."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile a fresh checkout once, before all workers import it at the same time and each compiles all of it."""
    if not getattr(session.config.option, "numprocesses", None) or sys.dont_write_bytecode:
        return
    for folder in COMPILED_BEFORE:
        compileall.compile_dir(session.config.rootpath / folder, quiet=2, workers=0)


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Rewrite the assertions of a fresh checkout once: each worker begins elsewhere and finds what others wrote.

    They collect all tests in one order, so they would rewrite the same modules at the same time, which takes twice
    as long as the rest of collecting. What cannot be imported is told of when it is collected.
    """
    worker = getattr(session.config, "workerinput", None)
    if worker is None:
        return
    folders = [path.absolute() for path in map(Path, session.config.args) if path.is_dir()]
    modules = sorted({module for folder in folders for module in folder.rglob("test_*.py")})
    begin = len(modules) * int(worker["workerid"].removeprefix("gw")) // worker["workercount"]
    for module in modules[begin:] + modules[:begin]:
        with suppress(Exception, pytest.skip.Exception):
            name = module.relative_to(session.config.rootpath).with_suffix("")
            importlib.import_module(".".join(name.parts))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Two workers for each core where slow tests run: many wait, for time, processes and sockets, and others fill
    their pauses. The quick ones hardly wait, and each worker collects them all: one more than there are cores."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None
    cores = os.cpu_count() or 1
    return cores + 1 if config.option.markexpr == "not slow" else 2 * cores


def pytest_runtest_setup() -> None:
    """Nothing leaves this machine."""
    socket_allow_hosts(["127.0.0.1", "127.0.0.2", "::1", "localhost"], allow_unix_socket=True)
