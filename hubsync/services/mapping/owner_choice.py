"""Choice of the owner in the mapping editor: who can be chosen, whom the hosts are, what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from flask_babel import gettext as _

from hubsync.domain.owners import (
    Owner,
    OwnerChoice,
    OwnerProblem,
    OwnerRule,
    owner_with_address,
    owner_with_id,
)
from hubsync.services.connection.owners import KnownOwners
from hubsync.store.people import Person


@dataclass(frozen=True)
class HostMatch:
    """A host of the calendar, and the HubSpot user with the host's address, or why there is none."""

    name: str
    found: Owner | OwnerProblem

    @property
    def owner(self) -> Owner | None:
        return self.found if isinstance(self.found, Owner) else None

    @property
    def problem(self) -> OwnerProblem | None:
        return self.found if isinstance(self.found, OwnerProblem) else None


def match_hosts(hosts: Iterable[Person], known: KnownOwners) -> list[HostMatch]:
    """Who the *hosts* are in HubSpot; nobody while its users were never read."""
    if known.read_at is None:
        return []
    return [HostMatch(host.shown, owner_with_address(host.email, known.owners)) for host in hosts]


def problem_of_choice(rule: OwnerRule, known: KnownOwners) -> OwnerProblem | None:
    """Why the fixed owner cannot own; None for any other rule, and while nothing is known."""
    if rule.choice is not OwnerChoice.FIXED or not rule.owner_id or known.read_at is None:
        return None
    found = owner_with_id(rule.owner_id, known.owners)
    return found if isinstance(found, OwnerProblem) else None


def check_owner(edited: OwnerRule, saved: OwnerRule, known: KnownOwners) -> str:
    """What keeps the rule from being saved, "" for nothing.

    One that is stored may stay as it is, so that the rest can be edited; and while HubSpot does not let anybody
    read its users, a fixed owner is chosen later.
    """
    if edited.choice is not OwnerChoice.FIXED or edited == saved:
        return ""
    if edited.owner_id:
        return "" if any(each.id == edited.owner_id for each in known.choices) else _("Select one of the users.")
    if known.lacks_permission:
        return ""
    if not known.choices:
        return _("Read HubSpot's users, then select one.")
    return _("Select a user.")


def named(rule: OwnerRule, saved: OwnerRule, known: KnownOwners) -> OwnerRule:
    """*rule* with the name of its owner, as HubSpot has it or as it was stored."""
    if rule.choice is not OwnerChoice.FIXED or not rule.owner_id:
        return rule
    found = next((each.shown for each in known.owners if each.id == rule.owner_id), "")
    stored = saved.owner_name if saved.owner_id == rule.owner_id else ""
    return replace(rule, owner_name=found or stored or rule.owner_id)


def of_another_account(rule: OwnerRule, known: KnownOwners) -> OwnerRule:
    """The rule of a file: ids mean nothing elsewhere, so a fixed owner is the one user here of the same name."""
    if rule.choice is not OwnerChoice.FIXED:
        return rule
    same = [each for each in known.choices if each.shown == rule.owner_name]
    return replace(rule, owner_id=same[0].id if len(same) == 1 else "")
