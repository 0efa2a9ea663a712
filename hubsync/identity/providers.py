"""Authorization code flow with the sign-in providers: to the provider and back."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from authlib.common.errors import AuthlibBaseError
from authlib.integrations.flask_client import OAuth
from flask import Flask, session
from joserfc.errors import JoseError

from hubsync.errors import N_, IdentityRefused, ProviderUnreachable
from hubsync.identity.app import AGAIN_SECONDS, AnyProviderApp, MicrosoftApp, ProviderApp
from hubsync.identity.claims import LEEWAY_SECONDS
from hubsync.identity.issuers import origin
from hubsync.identity.proof import LABELS, MICROSOFT, OIDC, Proof
from hubsync.identity.transport import ProviderSession, Route

STATE_SECONDS = 600

NOT_BEGUN_HERE = N_(
    "This answer does not belong to a sign-in that was begun in this browser, or it was used before, or it is "
    "older than 10 minutes. Nothing has changed. Begin again."
)
DECLINED = N_("You declined at %(provider)s. Nothing has changed.")
NO_RESULT = N_("%(provider)s ended the sign-in without a result. Nothing has changed. Try again.")
UNPROVED = N_("What %(provider)s answered does not prove who you are, so nothing has changed. Try again.")
CODE_REFUSED = N_("%(provider)s did not take its own code: it was used before, or is too old. Begin again.")
MISCONFIGURED = N_(
    "%(provider)s does not accept the settings of this installation. Nothing has changed. Tell whoever runs it; "
    "the reason is in the log."
)
NOT_AGAIN = N_(
    "%(provider)s did not ask you to sign in there again, so nothing has changed. Sign out there and try again, "
    "or have a link mailed."
)
UNREACHABLE = N_("%(provider)s cannot be used at the moment. Nothing has changed. Try again in a few minutes.")

log = logging.getLogger(__name__)
# At DEBUG, Authlib writes the PKCE secret into the log.
logging.getLogger("authlib").setLevel(logging.INFO)


@dataclass(frozen=True)
class Registration:
    """HubSync as one provider knows it. *provider* is ``google``, ``microsoft`` or ``oidc``.

    Without a client id it is not offered. *label* is what people here call it, if not as everybody does.
    """

    provider: str
    client_id: str
    client_secret: str
    metadata_url: str
    label: str = ""

    @property
    def kind(self) -> type[ProviderApp]:
        """How it is checked."""
        return {OIDC: AnyProviderApp, MICROSOFT: MicrosoftApp}.get(self.provider, ProviderApp)

    @property
    def shown(self) -> str:
        """Its name as people know it."""
        return self.label or LABELS[self.provider]


@dataclass(frozen=True)
class PendingSignIn:
    """A sign-in that this browser began: *kept* and *again* are what `Providers.start_sign_in` was given."""

    provider: str
    again: bool
    kept: dict[str, Any]
    secrets: dict[str, str] = field(repr=False)


class Providers:
    """Google, Microsoft and another one, as far as this installation is registered there. Used during a request.

    Authlib keeps state, nonce and verifier in the person's own session: a state kept anywhere else is not bound to
    the browser (CVE-2025-68158), hence no cache. What is raised has a sentence with the place ``%(provider)s``.
    """

    def __init__(self, app: Flask, registrations: Sequence[Registration], route: Route) -> None:
        self._known = {each.provider: each for each in registrations if each.metadata_url}
        oauth = OAuth(app)
        self._apps: dict[str, ProviderApp] = {}
        for each in registrations:
            if not each.client_id:
                continue
            client = oauth.register(
                each.provider,
                client_cls=each.kind,
                client_id=each.client_id,
                client_secret=each.client_secret or None,
                server_metadata_url=each.metadata_url,
                client_kwargs={
                    "scope": "openid email profile",
                    "code_challenge_method": "S256",
                    "token_endpoint_auth_method": "client_secret_post" if each.client_secret else "none",
                },
            )
            client.client_cls = partial(ProviderSession, route)
            self._apps[each.provider] = client

    def offered(self) -> Sequence[tuple[str, str]]:
        """The providers with a button, each with its name as people know it."""
        return [(name, self.label_of(name)) for name in self._apps]

    def label_of(self, provider: str) -> str:
        """A provider's name as people know it; empty for what is none here."""
        known = self._known.get(provider)
        return known.shown if known else ""

    def origins(self) -> Sequence[str]:
        """Where a form that begins a sign-in may end: what the Content-Security-Policy has to allow."""
        return [origin(self._known[name].metadata_url) for name in self._apps]

    def may_end_a_form(self, address: str) -> bool:
        """Whether the Content-Security-Policy lets a form end at this address of a sign-in."""
        return origin(address) in {each.lower() for each in self.origins()}

    def provider_of(self, issuer: str) -> str | None:
        """Which provider an identity's issuer belongs to, offered or not; None for one that is no provider's."""
        known = self._known.items()
        return next((name for name, each in known if each.kind.expected(each.metadata_url).fits(issuer)), None)

    def check(self, provider: str) -> None:
        """Read what the provider publishes about itself. Raises ProviderUnreachable, IdentityRefused.

        Whether it knows our client id and secret shows at a sign-in only.
        """
        self._ask(provider, self._apps[provider].fetch_jwk_set)

    def start_sign_in(self, provider: str, redirect_uri: str, *, again: bool = False, **kept: Any) -> str:
        """Return the provider's address for a new sign-in, and keep in the session what belongs to it.

        *again* has somebody enter anew what they sign in with there, as far as the provider does that.
        One that was begun before at the same provider is given up. Raises ProviderUnreachable, IdentityRefused.
        """
        client = self._apps[provider]
        # Asked each time: whoever shares a computer must not be signed in as the last one there.
        made = self._ask(provider, lambda: client.create_authorization_url(redirect_uri, **client.wishes(again)))
        for key in [key for key in session if key.startswith(f"_state_{provider}_")]:
            session.pop(key)
        secrets = {"redirect_uri": redirect_uri, "code_verifier": made["code_verifier"], "nonce": made["nonce"]}
        begun = {"begun": int(time.time()), "again": again}
        client.save_authorize_data(state=made["state"], **begun, kept=kept, secrets=secrets)
        return str(made["url"])

    def resume_sign_in(self, provider: str, state: str) -> PendingSignIn:
        """Return the sign-in that *state* belongs to, once.

        Raises IdentityRefused for a state that is missing, foreign, used, or older than ten minutes.
        """
        framework = self._apps[provider].framework
        state_data = framework.get_state_data(session, state) if state else None
        framework.clear_state_data(session, state)
        # Authlib's states live for an hour, and nobody looks at their age.
        if state_data is None or not 0 <= time.time() - state_data["begun"] <= STATE_SECONDS:
            raise IdentityRefused(NOT_BEGUN_HERE)
        return PendingSignIn(provider, state_data.get("again", False), state_data["kept"], state_data["secrets"])

    def verify(self, begun: PendingSignIn, answer: Mapping[str, str]) -> Proof:
        """Turn the query of the callback into a proof of who came back.

        Raises IdentityRefused for somebody who declined and for whatever proves nobody, ProviderUnreachable when
        the provider cannot be asked; the sign-in has to begin again in either case. One that was to happen *again*
        is refused when the person signed in there longer ago.
        """
        code = answer.get("code", "")
        if "error" in answer or not code:
            self._note(begun.provider, answer.get("error", "no code"))
            raise IdentityRefused(DECLINED if answer.get("error") == "access_denied" else NO_RESULT)
        client = self._apps[begun.provider]
        claims = self._ask(begun.provider, lambda: client.redeem(code, answer.get("iss"), **begun.secrets))
        proof = Proof.read(begun.provider, claims)
        if begun.again and not _is_of_now(proof):
            self._note(begun.provider, "the person did not sign in there again")
            raise IdentityRefused(NOT_AGAIN)
        return proof

    def _ask(self, provider: str, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Return what *work* returns, or say in our words what went wrong; the log says more, nothing secret."""
        refusal: IdentityRefused | ProviderUnreachable
        try:
            return work()
        except IdentityRefused as fault:
            self._note(provider, fault.message)
            refusal = IdentityRefused(UNPROVED)
        except ProviderUnreachable as fault:
            self._note(provider, fault.message)
            refusal = ProviderUnreachable(UNREACHABLE)
        except JoseError as fault:
            self._note(provider, f"the id token was refused: {type(fault).__name__} {fault.description}")
            refusal = IdentityRefused(UNPROVED)
        except AuthlibBaseError as fault:
            self._note(provider, f"the code was refused: {fault.error}")
            refusal = IdentityRefused(CODE_REFUSED if fault.error == "invalid_grant" else MISCONFIGURED)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as fault:
            # What is not of the promised shape fails in requests (OSError), Authlib and joserfc in all these ways.
            self._note(provider, f"its answer cannot be read: {type(fault).__name__}")
            refusal = IdentityRefused(UNPROVED)
        # Raised here and not where it was caught: what Authlib raises holds the request, and that the code.
        raise refusal

    def _note(self, provider: str, reason: str) -> None:
        # The reason may hold a word of somebody else's, so only plain signs of it reach the log.
        log.warning("Sign-in with %s: %s", self.label_of(provider), re.sub(r"[^ -~]", "?", reason)[:200])


def _is_of_now(proof: Proof) -> bool:
    """Whether the person signed in there within minutes; where a provider never says it, coming back counts."""
    if proof.signed_in_at is None:
        return not proof.may_be_old
    return time.time() - proof.signed_in_at.timestamp() <= AGAIN_SECONDS + LEEWAY_SECONDS
