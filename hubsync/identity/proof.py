"""Verified identity that a provider's response proves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
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


# Any provider has to say when somebody signed in there, if that is asked for; Google never does, Microsoft only
# where its administrator wants it. https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest (max_age)
TELLS_WHEN = frozenset({OIDC})


@dataclass(frozen=True)
class Proof:
    """An id token that was checked: (*issuer*, *subject*) is the identity, the rest is what the provider says.

    *email* is in lower case, empty when none was named or it is no address; it counts only when *email_verified*.
    *name* is as the provider wrote it, up to 200 characters. *signed_in_at* is when the person last signed in
    there, None when the provider does not say.
    """

    provider: str
    issuer: str
    subject: str
    email: str = ""
    email_verified: bool = False
    name: str = ""
    signed_in_at: datetime | None = None

    @property
    def may_be_old(self) -> bool:
        """Whether nothing is known of when the person signed in there, though the provider has to say it."""
        return self.signed_in_at is None and self.provider in TELLS_WHEN

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
            signed_in_at=_moment(claims.get("auth_time")),
        )


def _moment(seconds: object) -> datetime | None:
    try:
        return datetime.fromtimestamp(seconds, UTC) if isinstance(seconds, int | float) else None
    except (ValueError, OverflowError, OSError):
        return None
