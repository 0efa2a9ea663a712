"""Validation of id-token claims, before anything else of the token is read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc.errors import InvalidClaimError

from hubsync.identity.issuers import ExpectedIssuer, key_signs_for

LEEWAY_SECONDS = 60
SUBJECT_LENGTH = 255

# Signatures that only the provider can make. "none" is no signature, and HS256 is made with a secret that the
# provider's public key must never be mistaken for.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")


class StrictClaims(CodeIDToken):
    """Authlib's checks (nonce, exp, iat, nbf, azp, at_hash) and those that it leaves to us.

    It accepts a token for somebody else's client that names ours as ``azp``, and any issuer when the discovery
    document names none. https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation
    """

    def __init__(
        self,
        claims: dict[str, Any],
        header: dict[str, Any],
        options: Any,
        params: dict[str, Any],
        *,
        expected: ExpectedIssuer,
        keys: Sequence[Mapping[str, Any]],
    ) -> None:
        super().__init__(claims, header, options, params)
        self._expected = expected
        self._keys = keys

    def validate(self, now: int | None = None, leeway: int = 0) -> None:
        """Raise joserfc's errors, which name the claim and nothing of its value."""
        super().validate(now, leeway)
        audience = self["aud"] if isinstance(self["aud"], list) else [self["aud"]]
        if self.params["client_id"] not in audience:
            raise InvalidClaimError("aud")
        if not self._expected.believes(self):
            raise InvalidClaimError("iss")
        if not self["sub"] or len(self["sub"]) > SUBJECT_LENGTH:
            raise InvalidClaimError("sub")
        kid = self.header.get("kid")
        used = [key for key in self._keys if kid is None or key.get("kid") == kid]
        if not all(key_signs_for(key, self["iss"], self.get("tid")) for key in used):
            raise InvalidClaimError("iss", "the key does not sign for this issuer")
