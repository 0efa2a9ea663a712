"""Verified identity that a provider's response proves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hubsync.domain.email_address import is_email

GOOGLE = "google"
MICROSOFT = "microsoft"
OIDC = "oidc"
"""Any other provider, of which nothing is known but the standard."""
LABELS = {GOOGLE: "Google", MICROSOFT: "Microsoft", OIDC: "OpenID Connect"}

# The claim that makes an address count, by provider. Microsoft's `email` can be set to anything by the
# administrator of any tenant; only `xms_edov` says that the domain's owner was verified.
# https://learn.microsoft.com/entra/identity-platform/optional-claims-reference
# https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload
# https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims
VOUCHING_CLAIM = {GOOGLE: "email_verified", MICROSOFT: "xms_edov", OIDC: "email_verified"}


@dataclass(frozen=True)
class Proof:
    """An id token that was checked: (*issuer*, *subject*) is the identity, the rest is what the provider says.

    *email* is in lower case, empty when none was named or it is no address; it counts only when *email_verified*.
    *name* is as the provider wrote it, up to 200 characters.
    """

    provider: str
    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False
    name: str = ""

    @classmethod
    def read(cls, provider: str, claims: Mapping[str, Any]) -> Proof:
        """Read the claims of a checked id token; ``iss`` and ``sub`` are texts by then."""
        email, name = claims.get("email"), claims.get("name")
        # Not read like what somebody typed: a provider vouches for this address and no other that looks like it.
        tidy = email.strip().lower() if isinstance(email, str) and len(email) <= 320 else ""
        tidy = tidy if is_email(tidy) else ""
        return cls(
            provider=provider,
            issuer=claims["iss"],
            subject=claims["sub"],
            email=tidy,
            # Exactly true: "false" is a text, and texts are true.
            email_verified=bool(tidy) and claims.get(VOUCHING_CLAIM[provider]) is True,
            name=name[:200] if isinstance(name, str) else "",
        )
