"""A real OpenID provider in a process of its own."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.kit.ports import free_port
from tests.kit.waiting import LONGEST

# It ends with whoever holds the other end of its input, so that a killed test run leaves no process behind.
# Its one key is read once: it would prove its numbers anew for each token, the dearest part of a sign-in.
RUN = """
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from authlib.oidc.core.grants import code
read, known = code.import_any_key, {}
code.import_any_key = lambda key: known.get(key["n"]) or known.setdefault(key["n"], read(key))
from oidc_provider_mock.__main__ import run
run()
"""


@contextmanager
def provider_process() -> Iterator[int]:
    """Run oidc-provider-mock; gives its port."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", RUN, "-p", str(port)],
        env={**os.environ, "NO_COLOR": "1"},
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        until = time.monotonic() + LONGEST
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, "the provider ended at once"
                assert time.monotonic() < until, "the provider did not start"
                time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=60)
