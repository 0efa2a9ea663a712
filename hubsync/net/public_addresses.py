"""Guard against requests into one's own network: which network addresses a stranger's address may lead to.

What a person types is fetched by this machine, which reaches more than that person does (server-side request
forgery). So the address that a name leads to is judged when the connection is made: not before, when the name may
still lead elsewhere, and not by the name. https://cheatsheetseries.owasp.org/cheatsheets/
Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

_Address = IPv4Address | IPv6Address
_Network = IPv4Network | IPv6Network

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_TRANSLATED = IPv6Network("64:ff9b::/96")
"""NAT64 (RFC 6052): the last 32 bits are an IPv4 address that the router leads to."""
_TUNNELLED = (IPv6Network("2001::/32"), IPv6Network("5f00::/16"))
"""Teredo, and segment routing: they lead to where the address does not say."""


@dataclass(frozen=True, slots=True)
class PublicAddresses:
    """Public addresses are allowed, and *hosts* (lower case) and *networks* of one's own that somebody named."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[_Network, ...] = ()

    def allows(self, host: str, address: str) -> bool:
        """Whether a connection to *address*, to which *host* led, may be made."""
        if self.names(host):
            return True
        try:
            meant = _meant(ip_address(address.partition("%")[0]))
        except ValueError:
            return False
        return any(meant in each for each in self.networks) or is_public(meant)

    def names(self, host: str) -> bool:
        """Whether *host* is one of one's own, by its name or as an address of a network."""
        name = host.strip("[]").rstrip(".").lower()
        if name in self.hosts:
            return True
        try:
            meant = _meant(ip_address(name))
        except ValueError:
            return False
        return any(meant in each for each in self.networks)


ONLY_PUBLIC = PublicAddresses()


def read_exceptions(text: str) -> PublicAddresses:
    """The hosts and networks that *text* names, comma separated: ``calendar.lan,10.1.0.0/16,fd00::/8``.

    Raises ValueError for what is neither.
    """
    hosts, networks = set(), []
    for each in (part.strip() for part in text.split(",")):
        if not each:
            continue
        try:
            networks.append(ip_network(each, strict=False))
        except ValueError:
            if "/" in each or ":" in each or not each.isascii() or " " in each:
                raise ValueError("neither a host name nor a network") from None
            hosts.add(each.rstrip(".").lower())
    return PublicAddresses(frozenset(hosts), tuple(networks))


def is_public(address: _Address) -> bool:
    """Whether *address* is on the open internet: not private, shared, local, reserved, or of a group."""
    address = _meant(address)
    if isinstance(address, IPv6Address):
        if address not in _GLOBAL_UNICAST or any(address in each for each in _TUNNELLED):
            return False
        if address.sixtofour is not None:
            return is_public(address.sixtofour)
    return address.is_global and not address.is_multicast and not address.is_reserved


def _meant(address: _Address) -> _Address:
    """The IPv4 address that an IPv6 address stands for, where it stands for one."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address in _TRANSLATED:
            return IPv4Address(int(address) & 0xFFFFFFFF)
    return address
