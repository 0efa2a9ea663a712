"""Owner of new records: a calendar's rule, and the HubSpot user that it means for a booking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

OWNER_PROPERTY = "hubspot_owner_id"


class OwnerChoice(StrEnum):
    """Who a calendar's new companies and contacts belong to. The values are stored; none is ever renamed."""

    NONE = "unowned"
    """Nobody, as HubSpot has it for records that apps create."""
    HOST = "by_host"
    """The HubSpot user with the e-mail address of the booking's host."""
    FIXED = "one_user"


class OwnerProblem(StrEnum):
    """Why a record is posted without the owner that was asked for. The values are stored; none is ever renamed."""

    NO_HOST = "no_host"
    """The booking does not name the e-mail address of its host."""
    NO_USER = "no_user"
    """HubSpot has no user with the host's address."""
    SEVERAL_USERS = "several_users"
    DEACTIVATED = "deactivated"
    GONE = "gone"
    """HubSpot has no such user any more, or not in this account."""
    NOT_CHOSEN = "not_chosen"
    PERMISSION = "permission"
    UNREAD = "not_read"
    """The users could not be read just now."""
    REFUSED = "refused"
    """HubSpot did not take the owner."""


@dataclass(frozen=True, slots=True)
class OwnerRule:
    """A calendar's rule; *owner_id* and *owner_name* are those of a fixed owner, as last known.

    The id alone tells whether two are the same.
    """

    choice: OwnerChoice = OwnerChoice.NONE
    owner_id: str = ""
    owner_name: str = field(default="", compare=False)

    def __bool__(self) -> bool:
        return self.choice is not OwnerChoice.NONE


NO_OWNER = OwnerRule()


@dataclass(frozen=True, slots=True)
class OwnerDecision:
    """What a record is created with: the owner, or nobody, for the reason *problem*."""

    owner_id: str = ""
    owner_name: str = field(default="", repr=False)
    problem: OwnerProblem | None = None


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom records can belong to; *archived* is a deactivated user, and a queue is no *person*."""

    id: str
    email: str = field(default="", repr=False)
    name: str = field(default="", repr=False)
    archived: bool = False
    person: bool = True

    @property
    def shown(self) -> str:
        """The name as people know it."""
        return self.name or self.email or self.id

    @property
    def can_own(self) -> bool:
        return self.person and not self.archived


def address_key(email: str) -> str:
    """The form in which addresses of owners and hosts are compared: without case."""
    return email.strip().casefold()


def owner_with_address(email: str, owners: Iterable[Owner]) -> Owner | OwnerProblem:
    """The one active user with this address, whatever its case; or why there is none.

    Two are none: nobody knows which of them is the host.
    """
    if not address_key(email):
        return OwnerProblem.NO_HOST
    people = [each for each in owners if each.person and address_key(each.email) == address_key(email)]
    active = [each for each in people if not each.archived]
    if len(active) == 1:
        return active[0]
    if active:
        return OwnerProblem.SEVERAL_USERS
    return OwnerProblem.DEACTIVATED if people else OwnerProblem.NO_USER


def owner_with_id(owner_id: str, owners: Iterable[Owner]) -> Owner | OwnerProblem:
    """The active user with this id, or why there is none."""
    if not owner_id:
        return OwnerProblem.NOT_CHOSEN
    found = next((each for each in owners if each.id == owner_id), None)
    if found is None or not found.person:
        return OwnerProblem.GONE
    return OwnerProblem.DEACTIVATED if found.archived else found
