"""Detection of shared domains: a nameless company that several guests ended up at may be a mail provider."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from hubsync.domain.outcomes import AT_HUBSPOT
from hubsync.services.posting.draft import draft_booking
from hubsync.store import db
from hubsync.store.deliveries import Delivery

LOOKED_AT = 500
"""So many of the team's latest deliveries are asked."""
SEVERAL = 3
"""Two guests of one company are colleagues more often than not."""


@dataclass(frozen=True)
class SharedDomain:
    """The domain that alone makes the company, and how many different guests it brought there lately."""

    domain: str
    guests: int


def shared_domain(delivery: Delivery) -> SharedDomain | None:
    """What *delivery* shares with others; None where its company has a name, or few guests, or there is none."""
    if delivery.company not in AT_HUBSPOT or not delivery.company_id:
        return None
    drawn = draft_booking(delivery.booking)
    company = (drawn.draft.company if drawn is not None else None) or {}
    if not company.get("domain") or company.get("name"):
        return None
    latest = (
        select(Delivery.search_email, Delivery.company_id, Delivery.hubspot_account_id)
        .where(Delivery.team_id == delivery.team_id)
        .order_by(Delivery.id.desc())
        .limit(LOOKED_AT)
        .subquery()
    )
    same = select(func.count(latest.c.search_email.distinct())).where(
        latest.c.company_id == delivery.company_id,
        latest.c.hubspot_account_id == delivery.hubspot_account_id,
        latest.c.search_email != "",
    )
    guests = db.session.scalar(same) or 0
    return SharedDomain(company["domain"], guests) if guests >= SEVERAL else None
