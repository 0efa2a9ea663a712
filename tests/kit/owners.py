"""Owners of the stand-in's account, and whom its records belong to."""

from __future__ import annotations

from typing import Any

from hubspot_sandbox.crm.owners import add_owner
from hubspot_sandbox.state import DEFAULT_ACCOUNT
from hubsync.domain.owners import OwnerChoice
from hubsync.store import write_transaction
from hubsync.store.mappings import MappingRecord
from tests.kit.settings import OWNER

HOST = OWNER
"""The address of the person who owns the team of most tests, and hosts its bookings."""


def hubspot_user(acme: Any, email: str = HOST, **more: Any) -> str:
    """Another owner of the account; its id."""
    return add_owner(acme.sandbox.state, DEFAULT_ACCOUNT, email, **more).id


def give_owner(
    acme: Any, choice: OwnerChoice = OwnerChoice.HOST, owner_id: str = "", owner_name: str = ""
) -> None:
    """Switch the rule of the team's calendar on."""
    with write_transaction() as session:
        mapping = session.query(MappingRecord).filter_by(calendar_id=acme.calendar_id).one()
        mapping.owner_choice, mapping.owner_id, mapping.owner_name = choice, owner_id, owner_name


def owners_in(acme: Any, what: str) -> list[str]:
    """Whom the records of the account belong to, oldest first; "" for nobody."""
    records = acme.sandbox.state.records_of(DEFAULT_ACCOUNT, what)
    return [each.properties.get("hubspot_owner_id", "") for each in records]


def change_scopes(acme: Any, *, give: list[str] | None = None, take: list[str] | None = None) -> None:
    """Give permissions to the account's tokens and keys, and take them away, as somebody does in HubSpot."""
    acme.sandbox.state.change_scopes(DEFAULT_ACCOUNT, give=give or [], take=take or [])
