"""Interstitial of a one-time link: what it changes in a browser, said before its button may be pressed.

A link goes without a word only in the browser that asked for it, while nobody else is signed in there.
Otherwise the page names whom it signs in, and whom it signs out, and the press counts only after that page:
also when somebody signed in between the page and the press.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask import session

from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.masking import mask_email
from hubsync.store.people import Person
from hubsync.web.shell.guards import signed_in_person


@dataclass(frozen=True)
class SignInChange:
    """What the press would do: sign in *masked*, an address shown in part, and sign out *instead_of*, if anybody.

    *here* says that this browser asked for the link.
    """

    masked: str
    here: bool
    instead_of: Person | None

    @property
    def goes_without_a_word(self) -> bool:
        """Whether it is what whoever sits here asked for, and nobody is signed out by it."""
        return self.here and self.instead_of is None


def change_by(email: str, *, here: bool) -> SignInChange:
    """What signing in under *email* would change in this browser."""
    person = signed_in_person()
    return SignInChange(mask_email(email), here, person if person is not None and person.email != email else None)


def note_as_shown(token: str, change: SignInChange) -> None:
    """Keep in the session that the page of this link says what it changes."""
    session["told"] = _shown(token, change)


def may_be_pressed(token: str, change: SignInChange) -> bool:
    """Whether this browser was told what the press changes now, or need not be."""
    return change.goes_without_a_word or session.get("told") == _shown(token, change)


def _shown(token: str, change: SignInChange) -> list[object]:
    return [fingerprint(token), change.instead_of.id if change.instead_of else 0]
