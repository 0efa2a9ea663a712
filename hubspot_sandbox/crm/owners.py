"""Owners: the users and queues of an account that records can belong to.

https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide
"""

from typing import Any

from hubspot_sandbox.clock import iso
from hubspot_sandbox.crm.values import Refusal
from hubspot_sandbox.entities import Owner
from hubspot_sandbox.state import SandboxState

PROPERTY = "hubspot_owner_id"
KINDS = ("PERSON", "QUEUE")


def owners_of(state: SandboxState, account_id: int) -> list[Owner]:
    """Every owner of an account, archived ones too, by rising id."""
    with state.lock:
        return sorted((one for one in state.owners if one.account_id == account_id), key=lambda one: int(one.id))


def add_owner(state: SandboxState, account_id: int, email: str, **more: Any) -> Owner:
    """Another owner with an id and a user id that none had yet, of whatever account."""
    with state.lock:
        owner_id = max(int(one.id) for one in state.owners) + 1
        moment = state.clock.now()
        made = Owner(account_id, str(owner_id), email, user_id=owner_id - 60_000, created_at=moment, **more)
        return state.owners.put(made)


def owner_shape(owner: Owner) -> dict[str, Any]:
    """One owner as the API answers it. A deactivated user has no ``userId`` any more.

    https://github.com/airbytehq/airbyte/pull/55818, https://github.com/HubSpot/hubspot-api-python/issues/314
    """
    shape: dict[str, Any] = {"id": owner.id, "type": owner.kind, "archived": owner.archived}
    if owner.email:
        shape["email"] = owner.email
    if owner.first_name or owner.last_name:
        shape.update(firstName=owner.first_name, lastName=owner.last_name)
    if owner.kind == "PERSON":
        shape["userId"] = None if owner.archived else owner.user_id
        shape["userIdIncludingInactive"] = owner.user_id
    shape.update(createdAt=iso(owner.created_at), updatedAt=iso(owner.created_at), teams=[])
    return shape


def refused_owner(state: SandboxState, account_id: int, values: dict[str, str]) -> Refusal | None:
    """Why the owner among *values* is refused; None for one that the account has, and for clearing it.

    Neither the code nor the words are documented; `archived_owner_ids_refused` is a guess as well.
    """
    owner_id = values.get(PROPERTY, "")
    if not owner_id:
        return None
    owner = state.owners.get(f"{account_id}:{owner_id}")
    if owner is not None and not (owner.archived and state.switches.archived_owner_ids_refused):
        return None
    return Refusal(PROPERTY, "INVALID_OWNER_ID", f"Owner {owner_id} does not exist or is not active")
