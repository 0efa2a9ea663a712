"""Known-browser cookie: signed proof of an earlier sign-in that names nobody.

It holds a random id and, for each of the last people, a keyed hash of the id and the person, which says nothing
to whoever reads it. It is no proof of who somebody is: it decides only by whose limits a browser's wishes for
mail are counted (`hubsync.services.signin.mail_limits`).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from itsdangerous import BadData

from hubsync.config.signing import signing_keys, timed_serializer
from hubsync.services.limits import keyed_hash

MARK_LIFE = timedelta(days=400)
"""The longest that browsers keep a cookie.
https://www.rfc-editor.org/rfc/rfc6265bis#name-the-expires-attribute"""
PEOPLE_OF_A_BROWSER = 8
_SALT = "known browser"


@dataclass(frozen=True)
class KnownBrowser:
    """A browser that was signed in before: its *id*, and the hashes of the *people*, the last one first."""

    id: str
    people: tuple[str, ...] = ()

    def knows(self, person_id: int) -> bool:
        """Whether this person was signed in there."""
        return any(self._hash_of(person_id, key) in self.people for key in signing_keys())

    def with_person(self, person_id: int) -> KnownBrowser:
        """The browser after this person signed in."""
        person_hash = self._hash_of(person_id, signing_keys()[0])
        others = tuple(each for each in self.people if each != person_hash)
        return KnownBrowser(self.id, (person_hash, *others)[:PEOPLE_OF_A_BROWSER])

    def sign(self) -> str:
        """The mark, as the cookie holds it."""
        return timed_serializer(_SALT).dumps([self.id, *self.people])

    def _hash_of(self, person_id: int, key: str) -> str:
        return keyed_hash("known browser", f"{self.id} {person_id}", key)[:32]


def new_browser() -> KnownBrowser:
    """A browser that nobody knows yet."""
    return KnownBrowser(secrets.token_urlsafe(16))


def read_mark(mark: str) -> KnownBrowser | None:
    """The browser that has this mark; None for a mark that we did not make, or long ago."""
    try:
        secret, *people = timed_serializer(_SALT).loads(mark, max_age=int(MARK_LIFE.total_seconds()))
    except (BadData, ValueError, TypeError):
        return None
    return KnownBrowser(secret, tuple(people))
