"""A port that is free now and stays so until it is used."""

from __future__ import annotations

import random
import socket

# Below the ports that systems give to outgoing connections and to whoever binds to port 0, so that nobody takes it
# between the look and the use (ip_local_port_range).
# https://www.kernel.org/doc/html/latest/networking/ip-sysctl.html
_PORTS = range(20_000, 30_000)


def free_port() -> int:
    """A port on loopback that nobody listens on."""
    while True:
        port = random.SystemRandom().choice(_PORTS)
        try:
            with socket.create_server(("127.0.0.1", port)):
                return port
        except OSError:
            continue
