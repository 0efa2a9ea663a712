"""Rules for every test, of HubSync and of the HubSpot stand-in."""

from __future__ import annotations

import compileall
import os
import signal
import sys

import pytest
from pytest_socket import socket_allow_hosts


def pytest_configure() -> None:
    """Let processes that tests start hear Ctrl-C, also where pytest itself runs in a script's background.

    A shell lets what it puts there ignore it, and every process that this one starts would inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


COMPILED_BEFORE = ("hubsync", "hubspot_sandbox", "scheduler_sandbox", "tests/kit")
"""Folders in which pytest rewrites no assertion, or hardly one."""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile a fresh checkout once, before all workers import it at the same time and each compiles all of it."""
    if not getattr(session.config.option, "numprocesses", None) or sys.dont_write_bytecode:
        return
    for folder in COMPILED_BEFORE:
        compileall.compile_dir(session.config.rootpath / folder, quiet=2, workers=0)


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
