"""Where an address leads: whether anybody on the way could read or change what goes there."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit


def is_here(host: str | None) -> bool:
    """Whether *host* is this machine. Names that may lead elsewhere are not, whatever they resolve to here."""
    if not host or host.lower() == "localhost":
        return bool(host)
    try:
        address = ip_address(host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return (mapped or address).is_loopback


def is_guarded(url: str) -> bool:
    """Whether nobody on the way can read or change what goes to *url*: https, or on this machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or is_here(parts.hostname)
