"""Owners as HubSync reads them from HubSpot's JSON.

https://developers.hubspot.com/docs/api-reference/latest/crm/owners/guide
"""

from __future__ import annotations

from dataclasses import dataclass

from hubsync.domain.owners import Owner
from hubsync.hubspot.bodies import Json, listed, record_id, text

PAGE_SIZE = 500
"""HubSpot's largest page."""
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class OwnerPage:
    """One page of owners; *after* is where the next one begins, "" for the last."""

    owners: tuple[Owner, ...]
    after: str = ""


def read_page(body: Json) -> OwnerPage:
    """The page in the answer of ``/crm/owners/…``; what has no id is passed over."""
    owners = tuple(owner for each in listed(body, "results") if (owner := _owner(each)) is not None)
    paging = body.get("paging")
    following = paging.get("next") if isinstance(paging, dict) else None
    after = following.get("after") if isinstance(following, dict) else None
    return OwnerPage(owners, str(after) if isinstance(after, str | int) and not isinstance(after, bool) else "")


def _owner(entry: Json) -> Owner | None:
    owner_id = record_id(entry.get("id"))
    if owner_id is None:
        return None
    names = (text(entry.get("firstName")), text(entry.get("lastName")))
    return Owner(
        id=owner_id,
        email=(text(entry.get("email")) or "")[:320],
        name=" ".join(each.strip() for each in names if each and each.strip())[:_LONGEST],
        archived=entry.get("archived") is True,
        person=entry.get("type") != "QUEUE",
    )
