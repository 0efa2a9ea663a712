"""Addresses that a stranger's address may lead to, and those that it may not, however they are written."""

from __future__ import annotations

import pytest

from hubsync.net.public_addresses import ONLY_PUBLIC, read_exceptions


@pytest.mark.parametrize("address", ["93.184.215.14", "8.8.8.8", "2606:2800:21f::1", "2a00:1450:4001::1"])
def test_public_addresses_are_allowed(address: str) -> None:
    assert ONLY_PUBLIC.allows("calendar.example", address)


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1"),
        *(
            "169.254.169.254",
            "100.64.0.1",
            "100.100.100.200",
            "192.0.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "203.0.113.9",
        ),
        *("224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"),
        *("::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::127.0.0.1"),
        *("64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254", "64:ff9b:1::8.8.8.8"),
        *("2002:7f00:1::", "2002:a00:1::", "2001:0:7f00:1::", "100::1", "5f00::1", "", "calendar", "0x7f.1"),
    ],
)
def test_ones_own_and_nobodys_addresses_are_not(address: str) -> None:
    assert not ONLY_PUBLIC.allows("calendar.example", address)


@pytest.mark.parametrize("address", ["64:ff9b::8.8.8.8", "::ffff:8.8.8.8", "2002:808:808::"])
def test_public_addresses_in_other_clothes_are_allowed(address: str) -> None:
    assert ONLY_PUBLIC.allows("calendar.example", address)


@pytest.mark.parametrize(
    ("host", "address", "allowed"),
    [
        ("calendar.lan", "192.168.1.7", True),
        ("CALENDAR.lan.", "192.168.1.7", True),
        ("other.lan", "192.168.1.7", False),
        ("other.lan", "10.1.2.3", True),
        ("other.lan", "::ffff:10.1.2.3", True),
        ("other.lan", "10.2.2.3", False),
        ("[fd00::7]", "fd00::7", True),
        ("other.lan", "fd00::7", True),
        ("calendar.lan.evil.example", "192.168.1.7", False),
    ],
)
def test_hosts_and_networks_of_ones_own(host: str, address: str, allowed: bool) -> None:
    assert read_exceptions(" calendar.lan., 10.1.0.0/16 ,fd00::/8,").allows(host, address) is allowed


@pytest.mark.parametrize("text", ["10.1.0.0/99", "https://calendar.lan", "two words", "fd00::zz", "kalender.für"])
def test_what_is_neither_host_nor_network(text: str) -> None:
    with pytest.raises(ValueError, match="neither a host name nor a network"):
        read_exceptions(text)
