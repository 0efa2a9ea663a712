"""An act in a process that is forked for it and killed at one of its boundaries."""

from __future__ import annotations

import os
from collections.abc import Callable

from tests.kit.kill_switch import KillSwitch


def kill(act: Callable[[], object], number: int) -> tuple[list[str], bool]:
    """Fork a process that does the *act*, and is killed at boundary *number*.

    Returns the boundaries that it passed, and whether it was killed: there may be fewer. No connection to the
    database may be open here, or both processes would use it.
    """
    read, write = os.pipe()
    pid = os.fork()
    if not pid:
        os.close(read)
        KillSwitch(number, lambda passed: _tell(write, passed)).install()
        try:
            act()
        finally:
            os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        passed = pipe.read().splitlines()
    _pid, status = os.waitpid(pid, 0)
    return passed, os.WIFSIGNALED(status)


def _tell(pipe: int, passed: str) -> None:
    os.write(pipe, f"{passed}\n".encode())
