"""Threads of the serving process share the memory that the C library keeps."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from hubsync.server.memory import ARENAS
from tests.kit.serving import ROOT
from tests.kit.settings import make_settings, process_environment

AT_ONCE = """
import ctypes, runpy, threading
{begin}
together = threading.Barrier(9)
def take():
    held = bytearray(100_000)
    together.wait(60)
    together.wait(60)
threads = [threading.Thread(target=take) for _ in range(8)]
for each in threads: each.start()
together.wait(60)
ctypes.CDLL(None).malloc_stats()
together.wait(60)
"""
AS_GUNICORN = "runpy.run_path('gunicorn.conf.py')['on_starting'](None)"


def count_arenas(begin: str) -> int:
    """How many the C library has when eight threads hold memory at once."""
    command = [sys.executable, "-c", AT_ONCE.format(begin=begin)]
    environment = process_environment(make_settings())
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return done.stderr.count("Arena ")


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="another C library")
def test_threads_that_serve_take_their_memory_from_one_place() -> None:
    assert count_arenas("") > ARENAS, "glibc gives each an arena of its own"
    assert count_arenas(AS_GUNICORN) == ARENAS
