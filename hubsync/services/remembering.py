"""The memory of companies, and the right of one booking at a time to create a given company.

HubSpot accepts a second company with the same domain without a word, and its search does not see a record for
some seconds after the write, so looking ahead is not enough: the decision who creates has to be ours.
https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""

from __future__ import annotations

import secrets
import time
from datetime import datetime, timedelta
from typing import cast

from sqlalchemy import CursorResult, Select, delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hubsync.domain.matching import CompanyKeys
from hubsync.errors import CompanyBusy
from hubsync.hubspot.deadline import Deadline
from hubsync.services import now, tools
from hubsync.store import db, writing
from hubsync.store.companies import KnownCompany

CLAIM = timedelta(seconds=60)
# After a create whose answer was lost nobody creates again before HubSpot's search can be trusted: integrators
# plan for up to 30 s of lag, this is twice that.
SETTLING = timedelta(seconds=60)
UNCHECKED = timedelta(minutes=5)
POLL_SECONDS = 0.05


def trusted_for(contact_follows: bool) -> timedelta:
    """How long a remembered company counts.

    With a contact posted, HubSpot itself notices at the association when the company is gone; without one
    nothing would, so that older entries are searched again. Never shorter than HubSpot's search may lag.
    """
    hours = timedelta(hours=tools().company_memory_hours)
    return max(hours if contact_follows else min(hours, UNCHECKED), SETTLING)


def recall(account_id: str, keys: CompanyKeys, trusted: timedelta) -> str | None:
    """Return the id of a company remembered under one of *keys*, the domain first; None when there is none."""
    rows = {
        row.key: row
        for row in db.session.scalars(_rows_of(account_id, keys), execution_options={"populate_existing": True})
    }
    return next((rows[key].company_id for key in keys.texts() if key in rows and _fresh(rows[key], trusted)), None)


def claim(account_id: str, keys: CompanyKeys, trusted: timedelta, deadline: Deadline) -> tuple[str, str | None]:
    """Let one booking at a time create this company; the others wait for its id.

    Returns (claim, company id): the id when somebody else finished meanwhile, else the claim that
    `announce_create`, `remember` and `release` take. Raises CompanyBusy when another booking still holds a
    key at the deadline, or sent a create less than 60 s ago and never learnt the answer.
    """
    holder = secrets.token_hex(8)
    while True:
        try:
            company_id = _claim_once(account_id, keys, trusted, holder)
            return holder, company_id
        except CompanyBusy as busy:
            if busy.wait_seconds > POLL_SECONDS or deadline.left() < POLL_SECONDS:
                raise
        time.sleep(POLL_SECONDS)


def announce_create(session: Session, holder: str) -> int:
    """Write down that a create is about to be sent; the caller commits before sending.

    Returns how many keys the claim still holds: fewer than were claimed when it ran out and another took them.
    """
    held = session.execute(update(KnownCompany).where(KnownCompany.claim_owner == holder).values(sent_at=now()))
    return cast("CursorResult[object]", held).rowcount


def remember(session: Session, account_id: str, keys: CompanyKeys, company_id: str) -> None:
    """Keep the company under all its keys, which ends every claim on them; the caller commits."""
    known = {row.key: row for row in session.scalars(_rows_of(account_id, keys))}
    for key in keys.texts():
        row = known.get(key)
        if row is None:
            row = KnownCompany(hubspot_account_id=account_id, key=key)
            session.add(row)
        row.company_id = company_id
        row.known_at = now()
        row.claim_owner = ""
        row.claim_until = None
        row.sent_at = None


def release(holder: str, *, nothing_sent: bool) -> None:
    """Give the claim up. A create that may have happened stays written down until somebody has looked."""
    with writing() as session:
        held = KnownCompany.claim_owner == holder
        if nothing_sent:
            session.execute(delete(KnownCompany).where(held))
        else:
            session.execute(update(KnownCompany).where(held).values(claim_owner="", claim_until=None))


def forget(account_id: str, company_id: str) -> None:
    """Forget a company that is gone at HubSpot."""
    with writing() as session:
        session.execute(
            delete(KnownCompany).where(
                KnownCompany.hubspot_account_id == account_id, KnownCompany.company_id == company_id
            )
        )


def _claim_once(account_id: str, keys: CompanyKeys, trusted: timedelta, holder: str) -> str | None:
    try:
        with writing() as session:
            rows = {row.key: row for row in session.scalars(_rows_of(account_id, keys).with_for_update())}
            for key in keys.texts():
                if key in rows and _fresh(rows[key], trusted):
                    return rows[key].company_id
            for row in rows.values():
                _refuse_if_held(row, now())
            for key in keys.texts():
                row = rows.get(key) or KnownCompany(hubspot_account_id=account_id, key=key)
                row.company_id = ""
                row.known_at = None
                row.claim_owner = holder
                row.claim_until = now() + CLAIM
                session.add(row)
    except IntegrityError as fault:  # two workers made the row at once; on PostgreSQL only
        raise CompanyBusy("another booking is creating this company", POLL_SECONDS) from fault
    return None


def _refuse_if_held(row: KnownCompany, moment: datetime) -> None:
    if row.claim_owner and row.claim_until is not None and row.claim_until > moment:
        raise CompanyBusy("another booking is creating this company", POLL_SECONDS)
    if row.sent_at is not None and not row.company_id and row.sent_at + SETTLING > moment:
        left = (row.sent_at + SETTLING - moment).total_seconds()
        raise CompanyBusy("a create of this company was sent and its answer was lost", left)


def _rows_of(account_id: str, keys: CompanyKeys) -> Select[KnownCompany]:
    return select(KnownCompany).where(
        KnownCompany.hubspot_account_id == account_id, KnownCompany.key.in_(keys.texts())
    )


def _fresh(row: KnownCompany, trusted: timedelta) -> bool:
    return bool(row.company_id) and row.known_at is not None and now() - row.known_at < trusted
