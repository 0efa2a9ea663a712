"""Sign-in methods of a person, as the account page shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hubsync.errors import NotFound
from hubsync.services import tools
from hubsync.services.people.profile import links_work
from hubsync.services.signin import identities


@dataclass(frozen=True)
class LinkedIdentity:
    """An account at a *provider*: ``google``, ``microsoft``, ``oidc``, or "" for one that nobody here knows now.

    *shown* is the address or name that the provider told, *works* is false while the provider has no button.
    """

    id: int
    provider: str
    label: str
    shown: str
    since: datetime | None
    works: bool


@dataclass(frozen=True)
class SignInMethods:
    """How a person gets in. *links* says whether a sign-in link can be mailed.

    *free* are the providers, (``google``, ``Google``), that are offered and where no account is linked yet.
    """

    links: bool
    linked: Sequence[LinkedIdentity]
    free: Sequence[tuple[str, str]]

    def find(self, identity_id: int) -> LinkedIdentity:
        """One of the accounts. Raises NotFound for any other."""
        identity = next((each for each in self.linked if each.id == identity_id), None)
        if identity is None:
            raise NotFound("no such identity")
        return identity

    def can_spare(self, linked: LinkedIdentity) -> bool:
        """Whether unlinking this account leaves a sign-in method that works, or takes away none."""
        others = any(each.works for each in self.linked if each.id != linked.id)
        return self.links or others or not linked.works


def list_methods(person_id: int) -> SignInMethods:
    """The sign-in methods of a person, the accounts in the order in which they were linked."""
    linked = []
    for row in identities.list_identities(person_id):
        provider = tools().identity.provider_of(row.issuer) or ""
        label, works = tools().identity.label_of(provider) or row.issuer, identities.works(row)
        linked.append(LinkedIdentity(row.id, provider, label, row.shown, row.linked_at, works))
    taken = {each.provider for each in linked}
    free = [(provider, label) for provider, label in tools().identity.offered() if provider not in taken]
    return SignInMethods(links_work(), linked, free)
