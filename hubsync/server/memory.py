"""Memory of the serving process: its threads share it, so that what one gave back another can use."""

from __future__ import annotations

import ctypes
import platform

ARENAS = 2
"""Places that the C library takes memory from: the first one, and one for all threads but the first."""

_M_ARENA_MAX = -8  # of glibc's malloc.h


def share_memory() -> bool:
    """Let all threads, of processes made from this one too, share `ARENAS`; false where the C library has no such.

    glibc gives each thread an arena of its own. It keeps the most that any request of that thread has needed, and
    24 of them keep that 24 times: a process that has served for an hour held twice what it began with.
    """
    if platform.libc_ver()[0] != "glibc":
        return False
    return bool(ctypes.CDLL(None).mallopt(_M_ARENA_MAX, ARENAS))
