"""OpenID client of one provider: Authlib's, with the checks that it lacks."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from authlib.integrations.flask_client import FlaskOAuth2App

from hubsync.errors import IdentityRefused, ProviderUnreachable
from hubsync.identity.claims import ALGORITHMS, LEEWAY_SECONDS, StrictClaims
from hubsync.identity.issuers import ExpectedIssuer, origin

# Keys and endpoints are read again after an hour: a key that the provider withdraws must not count for ever.
METADATA_SECONDS = 3600
# For so long a sign-in there counts as recent; and so old one may be that signs in here at all.
AGAIN_SECONDS = 15 * 60
LONGEST_SECONDS = 7 * 24 * 3600


class ProviderApp(FlaskOAuth2App):
    """A provider whose discovery document, keys and id tokens are checked before they are used."""

    expected: Callable[[str], ExpectedIssuer] = staticmethod(ExpectedIssuer.of)
    """What issuer a discovery address belongs to."""
    sends_elsewhere = False
    """Whether people may be sent to another host than the discovery document's."""
    _expected: ExpectedIssuer
    _good_until = 0.0

    def load_server_metadata(self) -> dict[str, Any]:
        """The discovery document, checked; read again after an hour.

        Raises IdentityRefused for one that names another issuer, or endpoints that are not safe to use.
        """
        if time.time() >= self._good_until:
            with self._get_session() as asking:
                document = _object(asking.request("GET", self._server_metadata_url, withhold_token=True))
            self._expected, self.server_metadata = self.read_document(document, self._server_metadata_url)
            self._good_until = time.time() + METADATA_SECONDS
        metadata: dict[str, Any] = self.server_metadata
        return metadata

    def fetch_jwk_set(self, force: bool = False) -> dict[str, Any]:
        """The keys, read again when *force* is set: Authlib does that once for a key it does not know."""
        metadata = self.load_server_metadata()
        if force or "jwks" not in metadata:
            with self._get_session() as asking:
                document = _object(asking.request("GET", metadata["jwks_uri"], withhold_token=True))
            keys = document.get("keys")
            if not isinstance(keys, list) or not all(isinstance(key, dict) for key in keys):
                raise ProviderUnreachable("its keys cannot be read")
            metadata["jwks"] = {"keys": keys}
        found: dict[str, Any] = metadata["jwks"]
        return found

    def redeem(
        self, code: str, issuer: str | None, *, redirect_uri: str, code_verifier: str, nonce: str
    ) -> dict[str, Any]:
        """Exchange the code and return the claims of the id token, all of them checked.

        *issuer* is the parameter ``iss`` of the callback, if any: it tells a code of one provider from that of
        another. https://www.rfc-editor.org/rfc/rfc9207
        """
        metadata = self.load_server_metadata()
        if issuer is None and metadata["authorization_response_iss_parameter_supported"]:
            raise IdentityRefused("the callback names no issuer")
        if issuer is not None and not self._expected.fits(issuer):
            raise IdentityRefused("the callback names another issuer")
        token = self.fetch_access_token(redirect_uri, code=code, code_verifier=code_verifier)
        if not isinstance(token.get("id_token"), str):
            raise IdentityRefused("there is no id token")

        def strict(claims: dict[str, Any], header: dict[str, Any], options: Any, params: Any) -> StrictClaims:
            params = {**params, "access_token": token.get("access_token")}
            keys = self.fetch_jwk_set()["keys"]
            return StrictClaims(claims, header, options, params, expected=self._expected, keys=keys)

        found = self.parse_id_token(token, nonce, claims_options={}, claims_cls=strict, leeway=LEEWAY_SECONDS)
        if issuer is not None and issuer != found["iss"]:
            raise IdentityRefused("the callback and the id token name different issuers")
        return self.complete(dict(found), token)

    asks_for_password = False
    """Whether it lets people enter anew what they sign in with."""

    def wishes(self, again: bool) -> dict[str, str | int]:
        """The parameters that have the provider's page ask whom to sign in, or *again* for the password."""
        return {"prompt": "login" if again and self.asks_for_password else "select_account"}

    def complete(self, claims: dict[str, Any], token: dict[str, Any]) -> dict[str, Any]:
        """The checked claims, with what is asked for by the access *token*: of these providers nothing."""
        return claims

    @classmethod
    def read_document(cls, document: dict[str, Any], metadata_url: str) -> tuple[ExpectedIssuer, dict[str, Any]]:
        """What is used of a discovery document, once it names the issuer that belongs to its address."""
        expected = cls.expected(metadata_url).published(document.get("issuer"))
        if expected is None:
            raise IdentityRefused("the discovery document names another issuer")
        used: dict[str, Any] = {"issuer": document["issuer"]}
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            address = document.get(name)
            if not _may_be_used(address, metadata_url):
                raise IdentityRefused(f"the discovery document has no usable {name}")
            used[name] = address
        # The Content-Security-Policy names this origin; elsewhere the browser would stop without a word.
        if not cls.sends_elsewhere and origin(used["authorization_endpoint"]) != origin(metadata_url):
            raise IdentityRefused("the discovery document sends people to another host")
        offered = document.get("id_token_signing_alg_values_supported")
        offered = offered if isinstance(offered, list) else ["RS256"]
        # Never empty: joserfc would take that for "its own recommendation", and HS256 is among it.
        used["id_token_signing_alg_values_supported"] = [name for name in ALGORITHMS if name in offered] or [
            "RS256"
        ]
        said = document.get("authorization_response_iss_parameter_supported")
        used["authorization_response_iss_parameter_supported"] = said is True
        return expected, used


class MicrosoftApp(ProviderApp):
    """Microsoft. https://learn.microsoft.com/entra/identity-platform/v2-protocols-oidc#send-the-sign-in-request"""

    asks_for_password = True


class AnyProviderApp(ProviderApp):
    """A provider of whom nothing is known but the standard, and what its discovery document says."""

    expected = staticmethod(ExpectedIssuer.by_the_standard)
    sends_elsewhere = True

    def load_server_metadata(self) -> dict[str, Any]:
        """The discovery document; our secret is sent in the way that it names."""
        metadata = super().load_server_metadata()
        if self.client_secret:
            way = "client_secret_basic" if metadata["takes_basic"] else "client_secret_post"
            self.client_kwargs["token_endpoint_auth_method"] = way
        return metadata

    asks_for_password = True

    def wishes(self, again: bool) -> dict[str, str | int]:
        """As above, unless it says that it cannot do that; and to be told when the person signed in there."""
        wishes = super().wishes(again) | {"max_age": AGAIN_SECONDS if again else LONGEST_SECONDS}
        offered = self.load_server_metadata()["prompt_values_supported"]
        if offered is not None and wishes["prompt"] not in offered:
            del wishes["prompt"]
        return wishes

    def complete(self, claims: dict[str, Any], token: dict[str, Any]) -> dict[str, Any]:
        """The claims, with address and name from the userinfo endpoint where the id token has no address.

        The answer counts for the same subject only; one that cannot be had is as good as none.
        https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse
        """
        address = self.load_server_metadata()["userinfo_endpoint"]
        if "email" in claims or not address or not token.get("access_token"):
            return claims
        try:
            with self._get_session() as asking:
                bearer = {"Authorization": f"Bearer {token['access_token']}"}
                said = _object(asking.request("GET", address, withhold_token=True, headers=bearer))
        except ProviderUnreachable:
            return claims
        if said.get("sub") != claims["sub"]:
            raise IdentityRefused("what it tells with the access token is about somebody else")
        told = {name: said.get(name) for name in ("email", "email_verified")}  # which belong together
        return {"name": said.get("name"), **claims, **told}

    @classmethod
    def read_document(cls, document: dict[str, Any], metadata_url: str) -> tuple[ExpectedIssuer, dict[str, Any]]:
        expected, used = super().read_document(document, metadata_url)
        address = document.get("userinfo_endpoint")
        used["userinfo_endpoint"] = address if _may_be_used(address, metadata_url) else None
        prompts = document.get("prompt_values_supported")
        used["prompt_values_supported"] = prompts if isinstance(prompts, list) else None
        # What counts when it says nothing. https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
        ways = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        used["takes_basic"] = isinstance(ways, list) and "client_secret_basic" in ways
        return expected, used


def _object(response: Any) -> dict[str, Any]:
    try:
        document = response.json()
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ProviderUnreachable("its answer is no JSON object")
    return document


def _may_be_used(address: object, metadata_url: str) -> bool:
    """Whether it is an address that may be asked: over https, but where the discovery document came without."""
    schemes = ("https://",) if metadata_url.startswith("https://") else ("https://", "http://")
    return isinstance(address, str) and address.startswith(schemes)
