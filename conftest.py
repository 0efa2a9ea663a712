"""Rules for every test, of HubSync and of the HubSpot stand-in."""

from __future__ import annotations

import signal

from pytest_socket import socket_allow_hosts


def pytest_configure() -> None:
    """Let processes that tests start hear Ctrl-C, also where pytest itself runs in a script's background.

    A shell lets what it puts there ignore it, and every process that this one starts would inherit that.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_runtest_setup() -> None:
    """Nothing leaves this machine."""
    socket_allow_hosts(["127.0.0.1", "127.0.0.2", "::1", "localhost"], allow_unix_socket=True)
