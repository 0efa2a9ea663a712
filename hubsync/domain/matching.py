"""Whether HubSpot has this company already."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class CompanyKeys:
    """By what a company is known again, normalised; falsy when there is neither domain nor name."""

    domain: str | None = None
    name: str | None = None

    def __bool__(self) -> bool:
        return bool(self.domain or self.name)

    def texts(self) -> tuple[str, ...]:
        """The keys as the memory of companies stores them, the domain first: ``domain:acme.com``."""
        kinds = (("domain", self.domain), ("name", self.name))
        return tuple(f"{kind}:{key}" for kind, key in kinds if key)


@dataclass(frozen=True, slots=True)
class FoundCompany:
    """A company as HubSpot's search returned it; None where HubSpot has no value."""

    id: str
    name: str | None = None
    domain: str | None = None
    additional_domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Match:
    """The company that this one duplicates, by which key, and how many would have done."""

    company_id: str
    by: Literal["domain", "name"]
    matches: int
