"""Company matching: whether HubSpot has this company already."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Literal

from hubsync.domain.domain_names import shown_domain
from hubsync.domain.email_domains import LONGEST_ADDRESS, host_of
from hubsync.domain.no_company import names_no_company
from hubsync.domain.normal_forms import nfkc

_MOST_ALTERNATIVES = 5
_MOST_WORDS = 6  # filters in one group
_WORD = re.compile(r"\w+")
_LONGEST_KEY = 290
_LONGEST_NAME = 4_000
"""Characters of a name that are folded: HubSpot keeps 65,536, of each of the companies that it finds."""
_LONGEST_SEARCH = 2_000
"""JSON characters that the values of one search may take; HubSpot refuses bodies over 3,000 characters.

https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""


@dataclass(frozen=True, slots=True)
class CompanyKeys:
    """By what a company is known again, normalised; falsy when there is neither domain nor name.

    *typed* is the name in the letters in which HubSpot gets it, which its search may tell apart from others.
    """

    domain: str | None = None
    name: str | None = None
    typed: str = field(default="", compare=False)

    def __bool__(self) -> bool:
        return bool(self.domain or self.name)

    def texts(self) -> tuple[str, ...]:
        """The keys as the memory of companies stores them, the domain first: ``domain:acme.com``.

        At most 300 characters each; the end of a longer name is replaced by its hash.
        """
        kinds = (("domain", self.domain), ("name", self.name))
        return tuple(f"{kind}:{_storable(key)}" for kind, key in kinds if key)


@dataclass(frozen=True, slots=True)
class FoundCompany:
    """A company as HubSpot's search returned it; None where HubSpot has no value, or does not say since when."""

    id: str
    name: str | None = None
    domain: str | None = None
    additional_domains: tuple[str, ...] = ()
    created_at: datetime | None = field(default=None, compare=False)


Alternative = tuple[str, str, str | tuple[str, ...]]
"""A property, an operator and a value to search for. Several values are any of which ``IN`` takes one, and all of
which ``CONTAINS_TOKEN`` wants."""


@dataclass(frozen=True, slots=True)
class Match:
    """The company that this one duplicates, by which key, and how many would have done.

    *named* is the company that has the name, be it this one or another; None when nobody has. A company that is
    the one because HubSync's was merged into it has *by* ``merged``.
    """

    company_id: str
    by: Literal["domain", "name", "merged"]
    matches: int
    named: str | None = None


def company_keys(properties: Mapping[str, str]) -> CompanyKeys:
    """The keys of a company with these HubSpot properties; ``name`` and ``domain`` are looked at."""
    name = _name_key(properties.get("name"))
    typed = properties["name"].strip() if name else ""
    return CompanyKeys(domain=_domain_key(properties.get("domain")), name=name, typed=typed)


def search_alternatives(properties: Mapping[str, str], known_ids: Sequence[str] = ()) -> tuple[Alternative, ...]:
    """What to search HubSpot for: at most 5 alternatives, any of which is a hit.

    The domain bare, with ``www.``, in letters of its own language and among the additional ones; *known_ids*,
    which HubSync once had for these keys; the name as typed and NFKC. HubSpot compares without regard to case,
    takes 5 groups of filters and 3,000 characters. Where the groups do not suffice, the forms of the domain share
    one; the longest names (over some 300 Japanese characters) are not searched for. Empty when there is nothing
    to search by.
    https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
    """
    keys = company_keys(properties)
    domains: list[str] = []
    others: list[Alternative] = []
    if keys.domain:
        domains = list(dict.fromkeys((keys.domain, shown_domain(keys.domain), f"www.{keys.domain}")))
        others.append(("hs_additional_domains", "CONTAINS_TOKEN", keys.domain))
    if known_ids:
        others.append(("hs_object_id", "IN", tuple(known_ids)))
    if keys.name:
        typed = properties["name"].strip()
        plain = " ".join(_without_unseen(nfkc(typed)).split())
        for name in dict.fromkeys((typed, plain)):
            values = [*domains, *(value for _, _, value in others), name]
            if _fits(values):
                others.append(_by_name(name))
    each_form: list[Alternative] = [("domain", "EQ", domain) for domain in domains]
    if len(each_form) + len(others) > _MOST_ALTERNATIVES:
        each_form = [("domain", "IN", tuple(domains))]
    return (*each_form, *others)


def search_for_letters(name: str) -> Alternative | None:
    """What to search HubSpot for that has *name* in just these letters; None where it is too long to be asked."""
    return _by_name(name) if _fits([name]) else None


def _fits(values: Sequence[str | tuple[str, ...]]) -> bool:
    return len(json.dumps(values)) <= _LONGEST_SEARCH


def _by_name(name: str) -> Alternative:
    """How the search is asked for *name*.

    It refuses a value with an odd number of quotation marks, and with it the whole search. Such a name is asked
    for by its longest words, all of which a hit must have. https://github.com/HubSpot/hubspot-api-nodejs/issues/555
    """
    if name.count('"') % 2 == 0:
        return ("name", "EQ", name)
    words = sorted(dict.fromkeys(_WORD.findall(name)), key=len, reverse=True)
    return ("name", "CONTAINS_TOKEN", tuple(words[:_MOST_WORDS]))


def choose_company(companies: Sequence[FoundCompany], keys: CompanyKeys) -> Match | None:
    """The company among the *companies* that has the same domain or name, or None.

    Every hit is compared again here, because HubSpot's ``CONTAINS_TOKEN`` also finds parts. A domain beats
    a name, then the lowest id wins; ``matches`` counts all that would have done.
    """
    by_domain = [company for company in companies if keys.domain and keys.domain in _domain_keys(company)]
    by_name = [company for company in companies if keys.name and keys.name == _name_key(company.name)]
    best = by_domain or by_name
    if not best:
        return None
    chosen = min((company.id for company in best), key=_age)
    matches = len({company.id for company in (*by_domain, *by_name)})
    named = min((company.id for company in by_name), key=_age, default=None)
    return Match(chosen, "domain" if by_domain else "name", matches, named)


def _storable(key: str) -> str:
    if len(key) <= _LONGEST_KEY:
        return key
    digest = hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()
    return f"{key[: _LONGEST_KEY - len(digest)]}{digest}"


def _age(company_id: str) -> tuple[bool, int, str]:
    """A key that sorts HubSpot's ids as numbers; anything else comes last."""
    numeric = company_id.isascii() and company_id.isdecimal()
    return (not numeric, int(company_id) if numeric else 0, company_id)


def _domain_keys(company: FoundCompany) -> set[str | None]:
    return {_domain_key(domain) for domain in (company.domain, *company.additional_domains)} - {None}


def _domain_key(domain: str | None) -> str | None:
    # HubSpot hands over up to 65,536 characters of whatever somebody wrote there.
    if not domain or len(domain) > LONGEST_ADDRESS:
        return None
    return host_of(nfkc(domain))


def says_no_company(name: str) -> bool:
    """Whether *name* stands for no company: words such as "none" and 個人, leftovers of templates, only signs."""
    return bool(name.strip()) and _name_key(name) is None


@lru_cache(maxsize=16)  # a booking asks three times for one name; HubSpot may have 65,536 characters
def _name_key(name: str | None) -> str | None:
    """The name without regard to case, width, spaces and what is not seen; None for one that names no company."""
    if not name:
        return None
    looked_at, beyond = _beginning(name)
    folded = nfkc(_without_unseen(looked_at).casefold())
    key = " ".join(_without_unseen(nfkc(folded.casefold())).split())
    return None if names_no_company(name if beyond else key) else key + beyond


def _beginning(name: str) -> tuple[str, str]:
    """What of *name* is folded, in NFKC, and a hash that stands for a rest that is too long to be folded."""
    beginning = nfkc(name.strip()[:_LONGEST_NAME])
    if max(len(name), len(beginning)) <= _LONGEST_NAME:  # one sign may become 18 others (U+FDFA)
        return beginning, ""
    return beginning[:_LONGEST_NAME], hashlib.sha256(name.strip().encode("utf-8", "surrogatepass")).hexdigest()


def _without_unseen(text: str) -> str:
    """*text* without marks that are not seen, such as spaces of no width."""
    return "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
