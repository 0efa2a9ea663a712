"""Forgotten companies: what the registry kept of a company is trusted no longer, or dropped."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.orm import Session

from hubsync.services import now
from hubsync.services.posting.company_memory import trusted_for
from hubsync.store import lock_in_order, retry_on_conflict, write_transaction
from hubsync.store.companies import KnownCompany

_TABLE = KnownCompany.__table__
_LOCK = select(_TABLE.c.id).order_by(_TABLE.c.id).with_for_update()


def doubt(account_id: str, company_id: str) -> None:
    """Trust a company no longer, because HubSpot refused it: it is gone, or was merged."""
    too_old = now() - trusted_for(contact_follows=True)
    trusted = and_(
        _TABLE.c.hubspot_account_id == account_id,
        _TABLE.c.company_id == company_id,
        _TABLE.c.known_at > too_old,
    )

    def unit() -> None:
        with write_transaction() as session:
            lock_in_order(session, _LOCK.where(trusted))
            session.execute(update(_TABLE).where(trusted).values(known_at=too_old))

    retry_on_conflict(unit)


def forget_archived(session: Session, account_id: str, company_id: str) -> None:
    """Drop what is kept of a company that is archived, but no claim of a booking; the caller commits."""
    this = and_(_TABLE.c.hubspot_account_id == account_id, _TABLE.c.company_id == company_id)
    forget(session, and_(this, _TABLE.c.claim_owner == ""))


def forget(session: Session, which: ColumnElement[bool]) -> None:
    """Drop what is kept of the companies that are *which*, claims included; the caller commits."""
    lock_in_order(session, _LOCK.where(which))
    session.execute(delete(_TABLE).where(which))
