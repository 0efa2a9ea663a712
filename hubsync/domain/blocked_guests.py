"""Guests whom a team does not want: addresses and domains, one a line, and whether an address is among them.

They are compared as the addresses of guests are kept: in lower case, with international names in A-labels.
"""

from __future__ import annotations

from collections.abc import Collection

from hubsync.domain.domain_names import domain_name, shown_domain
from hubsync.domain.email_address import email_in, kept_email
from hubsync.domain.normal_forms import nfkc
from hubsync.domain.typed_lists import ReadList, read_list

MOST = 500
LONGEST_TYPED = 60_000
ALL_BELOW = "*."
"""Before a domain: it and everything below it."""


def read_blocked(typed: str) -> ReadList:
    """Read addresses, domains, and domains with all below them (``*.spam.example``), one on each line."""
    return read_list(typed, _read_entry)


def shown_entry(entry: str) -> str:
    """An entry as people write it, with an international domain in its own letters."""
    local, at, domain = entry.rpartition("@")
    star = ALL_BELOW if domain.startswith(ALL_BELOW) else ""
    return f"{local}{at}{star}{shown_domain(domain.removeprefix(ALL_BELOW))}"


def is_blocked(email: str, entries: Collection[str]) -> bool:
    """Whether one of the *entries* is about the guest's address *email*."""
    address = kept_email(email).lower()
    domain = address.rpartition("@")[2]
    labels = domain.split(".")
    above = (ALL_BELOW + ".".join(labels[number:]) for number in range(len(labels)))
    return not {address, domain, *above}.isdisjoint(entries)


def _read_entry(line: str) -> str:
    plain = nfkc(line).strip()
    if "@" in plain.removeprefix("@"):
        address = email_in(plain)
        return str(address).lower() if address is not None else ""
    star = ALL_BELOW if plain.startswith(ALL_BELOW) else ""
    domain = domain_name(plain.removeprefix("@").removeprefix(ALL_BELOW))
    return f"{star}{domain}" if domain else ""
