"""Company look-up at HubSpot, the same for a delivery and for a preview.

A look-up that HubSpot refuses says nothing about the record. One value that the search does not take refuses all
of it, so that it is asked once more with what is plainest.
https://github.com/HubSpot/hubspot-api-nodejs/issues/555
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from hubsync.domain.matching import (
    Alternative,
    CompanyKeys,
    FoundCompany,
    Match,
    choose_company,
    company_keys,
    search_alternatives,
    search_for_letters,
)
from hubsync.errors import HubSpotError, Remedy, Scope, family
from hubsync.hubspot.client import HubSpotClient
from hubsync.net.deadline import Deadline

LOOK_UP_REFUSED = tuple(
    kind
    for kind in family(HubSpotError).values()
    if kind.scope is Scope.RECORD and kind.remedy in (Remedy.MAPPING, Remedy.RETRY)
)
"""What HubSpot's refusal of a question reads like."""
Ask = Callable[[Callable[[HubSpotClient], Any]], Any]


@dataclass(frozen=True)
class LookupResult:
    """What the search found, and the company among it that is the one.

    *asked* is the question that HubSpot answered, *unasked* says what it could not be asked for: nothing was
    missing (``""``), the ``name``, or ``all``.
    """

    found: tuple[FoundCompany, ...] = ()
    match: Match | None = None
    asked: tuple[Alternative, ...] = ()
    unasked: Literal["", "name", "all"] = ""

    def created_at(self, company_id: str) -> datetime | None:
        """When the company came into being, by HubSpot's clock; None where that is not known."""
        return next((company.created_at for company in self.found if company.id == company_id), None)

    def has(self, company_id: str) -> bool:
        return any(company.id == company_id for company in self.found)


def search_company(
    ask: Ask,
    properties: Mapping[str, str],
    known_ids: Sequence[str],
    deadline: Deadline,
    gone: Container[str] = (),
) -> LookupResult:
    """Search HubSpot for the company with these *properties*, and for *known_ids*: one call, two if refused.

    Companies that are *gone* do not count, though the search may still show them.
    """
    keys = company_keys(properties)
    for question in _questions(properties, known_ids):
        with suppress(*LOOK_UP_REFUSED):
            companies = [each for each in ask(_searching(question, deadline)) if each.id not in gone]
            match = choose_company(companies, keys)
            return LookupResult(tuple(companies), match, question, _unasked(keys, question))
    return LookupResult(unasked="all")


def search_sent_name(
    ask: Ask,
    properties: Mapping[str, str],
    sent_name: str,
    looked: LookupResult,
    deadline: Deadline,
) -> LookupResult:
    """Search for the name in a create whose answer was lost, in the letters in which it was sent: a call, or none.

    HubSpot tells letters apart in which guests write one name, so that the search for the *properties* may miss
    what was created. No call where that search asked for these letters, or found who has the name. Where HubSpot
    cannot be asked, and nothing else was found, all of it is *unasked*.
    """
    if not sent_name or (looked.match is not None and looked.match.named is not None):
        return looked
    letters = search_for_letters(sent_name)
    if letters is not None:
        if letters in looked.asked:
            return looked
        with suppress(*LOOK_UP_REFUSED):
            found = (*looked.found, *ask(_searching([letters], deadline)))
            return replace(looked, found=found, match=choose_company(found, company_keys(properties)))
    return looked if looked.match is not None else replace(looked, unasked="all")


def read_known(
    ask: Ask, properties: Mapping[str, str], known_ids: Sequence[str], looked: LookupResult, deadline: Deadline
) -> LookupResult:
    """Read those of *known_ids* that the search did not show, before the company is created again: a call each.

    One that is gone is nothing. One that is there counts like what the search found; it lags. One that answers
    with another id was merged into that company, which is the one unless another has domain or name.
    """
    keys = company_keys(properties)
    read = {known: _read(ask, known, deadline) for known in known_ids if not looked.has(known)}
    there = [company for company in read.values() if company is not None]
    companies = (*looked.found, *there)
    match = choose_company(companies, keys)
    merged = [company.id for known, company in read.items() if company is not None and company.id != known]
    if match is None and merged:
        match = Match(merged[0], "merged", 1)
    return replace(looked, found=companies, match=match)


def _questions(properties: Mapping[str, str], known_ids: Sequence[str]) -> Iterator[tuple[Alternative, ...]]:
    """Everything first, then what is plainest: the domain's forms, whose letters HubSpot's search always takes."""
    whole = search_alternatives(properties, known_ids)
    plain = search_alternatives({"domain": properties.get("domain", "")})
    yield from dict.fromkeys(question for question in (whole, plain) if question)


def _searching(
    question: Sequence[Alternative], deadline: Deadline
) -> Callable[[HubSpotClient], list[FoundCompany]]:
    return lambda client: client.search_companies(question, deadline)


def _unasked(keys: CompanyKeys, question: Sequence[Alternative]) -> Literal["", "name", "all"]:
    if not keys.name or any(name == "name" for name, _, _ in question):
        return ""
    return "name" if keys.domain else "all"


def _read(ask: Ask, company_id: str, deadline: Deadline) -> FoundCompany | None:
    company: FoundCompany | None = None
    with suppress(*LOOK_UP_REFUSED):
        company = ask(lambda client: client.read_company(company_id, deadline))
    return company
