"""OpenID Connect sign-in with Google, Microsoft and any other provider, over Authlib's Flask client.

``Providers.leave`` gives the address at the provider, ``take_up`` finds what a callback belongs to, ``prove``
turns the provider's answer into a ``Proof`` or refuses it. No exception of Authlib, requests or joserfc leaves
this package.

``issuers`` knows whom to believe, ``claims`` checks what an id token says, ``transport`` is the only file here
that sends anything, ``proof`` is what comes out.
"""

from __future__ import annotations

from hubsync.identity.proof import GOOGLE, MICROSOFT, OIDC, Proof
from hubsync.identity.providers import PendingSignIn, Providers, Registration
from hubsync.identity.transport import Route

__all__ = ["GOOGLE", "MICROSOFT", "OIDC", "PendingSignIn", "Proof", "Providers", "Registration", "Route"]
