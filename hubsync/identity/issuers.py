"""Issuer validation: which issuer a discovery document may name, and which one an id token.

A discovery document that names another issuer than the one it was asked for must not be used: Authlib takes it
unchecked (CVE-2026-104056). https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation

Microsoft's documents for every tenant name a template instead of an issuer; each id token names its tenant.
https://learn.microsoft.com/entra/identity-platform/claims-validation
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

WELL_KNOWN = "/.well-known/openid-configuration"
TENANT = "{tenantid}"
MANY_TENANTS = frozenset({"common", "organizations"})
# The tenant of all private Microsoft accounts; /organizations/ takes none of them.
CONSUMERS = "9188040d-6c67-4c5b-b112-36a304b66dad"

_GUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def is_guid(text: object) -> bool:
    """Whether *text* is a GUID as Microsoft writes tenants: lower case, with hyphens."""
    return isinstance(text, str) and _GUID.fullmatch(text) is not None


def origin(url: str) -> str:
    """Scheme, host and port of *url*, as browsers compare them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


@dataclass(frozen=True)
class ExpectedIssuer:
    """The issuer that belongs to a discovery address.

    *pattern* is the issuer, or, where *any_tenant* is true, a text with ``{tenantid}`` in the tenant's place.
    *named_tenant* is true for an address with a tenant's domain name: its document names the tenant's GUID.
    *maybe_slash* is true while it is not known whether the issuer ends in a slash: the address does not tell.
    """

    pattern: str
    any_tenant: bool = False
    named_tenant: bool = False
    maybe_slash: bool = False
    excluded: frozenset[str] = frozenset()

    @classmethod
    def of(cls, metadata_url: str) -> ExpectedIssuer:
        """Read the issuer off *metadata_url*: what stands before ``/.well-known/openid-configuration``."""
        base = metadata_url.removesuffix(WELL_KNOWN)
        tenant, slash, rest = urlsplit(base).path.removeprefix("/").partition("/")
        if rest != "v2.0":
            return cls(base)
        around = f"{origin(base)}/{{}}{slash}{rest}"
        if tenant in MANY_TENANTS:
            excluded = frozenset({CONSUMERS}) if tenant == "organizations" else frozenset()
            return cls(around.format(TENANT), any_tenant=True, excluded=excluded)
        if tenant == "consumers":
            return cls(around.format(CONSUMERS))
        if is_guid(tenant.lower()):
            return cls(around.format(tenant.lower()))
        return cls(around.format(TENANT), named_tenant=True)

    @classmethod
    def by_the_standard(cls, metadata_url: str) -> ExpectedIssuer:
        """Read the issuer off the address of a provider of whom nothing else is known.

        https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest
        """
        return cls(metadata_url.removesuffix(WELL_KNOWN), maybe_slash=True)

    def published(self, issuer: object) -> ExpectedIssuer | None:
        """What to expect of id tokens, now that the document names *issuer*; None when it may not name it."""
        if self.named_tenant:
            return ExpectedIssuer(str(issuer)) if self._tenant_of(issuer) else None
        if self.maybe_slash:
            return ExpectedIssuer(str(issuer)) if self.fits(issuer) else None
        return self if issuer == self.pattern else None

    def fits(self, issuer: object) -> bool:
        """Whether *issuer* is the expected one, or for a template that of any tenant."""
        if self.any_tenant or self.named_tenant:
            tenant = self._tenant_of(issuer)
            return tenant is not None and tenant not in self.excluded
        return issuer == self.pattern or (self.maybe_slash and issuer == f"{self.pattern}/")

    def believes(self, claims: Mapping[str, Any]) -> bool:
        """Whether an id token with these claims is the expected issuer's; a template holds the token's tenant."""
        if not self.fits(claims.get("iss")):
            return False
        if not self.any_tenant:
            return True
        return is_guid(claims.get("tid")) and claims["iss"] == self.pattern.replace(TENANT, claims["tid"])

    def _tenant_of(self, issuer: object) -> str | None:
        before, _, after = self.pattern.partition(TENANT)
        if not isinstance(issuer, str) or not (issuer.startswith(before) and issuer.endswith(after)):
            return None
        tenant = issuer[len(before) : len(issuer) - len(after)]
        return tenant if is_guid(tenant) else None


def key_signs_for(key: Mapping[str, Any], issuer: str, tenant: object) -> bool:
    """Whether a published key may sign for *issuer*: Microsoft's name whom they sign for, others do not say.

    Without this check a key of one tenant could sign for all of them.
    https://learn.microsoft.com/entra/identity-platform/access-tokens#validate-the-signing-key-issuer
    """
    said = key.get("issuer")
    if said is None:
        return True
    return isinstance(said, str) and said.replace(TENANT, tenant if isinstance(tenant, str) else "") == issuer
