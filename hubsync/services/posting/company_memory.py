"""Company memory: what HubSync knows of companies in an account, by domain and by name.

Age, and a refusal of HubSpot's, end the trust in what is remembered, but not the knowledge: HubSpot is asked about
it by its id. A name that HubSpot has in other letters than the guest types is found in no other way.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, and_, bindparam, insert, select, update
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.matching import CompanyKeys
from hubsync.services import now
from hubsync.store import db, lock_in_order, run
from hubsync.store.companies import KnownCompany
from hubsync.store.leases import COMPANY_CLAIM

# After a create whose answer was lost nobody creates again before HubSpot's search can be trusted: integrators
# plan for up to 30 s of lag, this is twice that.
SETTLING = timedelta(seconds=60)
UNCHECKED = timedelta(minutes=5)
_TABLE = KnownCompany.__table__
THESE = and_(
    _TABLE.c.hubspot_account_id == bindparam("account"), _TABLE.c.key.in_(bindparam("these", expanding=True))
)
_LOOK = select(_TABLE).where(THESE)
_LOOK_AT_ONE = select(_TABLE).where(
    _TABLE.c.hubspot_account_id == bindparam("account"), _TABLE.c.key == bindparam("this")
)
# Whoever locks several rows does it by id, so that no two wait for each other.
LOOK_AND_LOCK = _LOOK.order_by(_TABLE.c.id).with_for_update()
_REMEMBER = (
    update(_TABLE)
    .where(THESE)
    .values(
        company_id=bindparam("known"),
        known_at=bindparam("moment"),
        sent_at=None,
        sent_name="",
        **COMPANY_CLAIM.released(),
    )
)
_ADD = insert(_TABLE)


class Doubtful(NamedTuple):
    """What may be one of HubSpot's companies: the ids that were remembered, and the name in a create whose answer
    was lost, as its guest typed it."""

    ids: tuple[str, ...] = ()
    sent_name: str = ""


def trusted_for(contact_follows: bool) -> timedelta:
    """How long a remembered company counts.

    With a contact posted, HubSpot itself notices at the association when the company is gone; without one
    nothing would, so that older entries are searched again. Never shorter than HubSpot's search may lag.
    """
    hours = timedelta(hours=settings().company_memory_hours)
    return max(hours if contact_follows else min(hours, UNCHECKED), SETTLING)


def recall(account_id: str, keys: CompanyKeys, trusted: timedelta) -> str | None:
    """Return the id of the company remembered under *keys*; None when there is none.

    A name counts only where there is no domain: a company that has the domain beats one that has the name, and
    nobody has looked for it while the domain is not remembered.
    """
    decisive = next(iter(keys.texts()), "")
    row = run(db.session(), _LOOK_AT_ONE, {"account": account_id, "this": decisive}).one_or_none()
    return str(row.company_id) if row is not None and is_trusted(row, trusted) else None


def recall_doubtful(account_id: str, keys: CompanyKeys) -> Doubtful:
    """Return what is kept under *keys*, whether it is trusted or not, the domain's first."""
    rows = {row.key: row for row in db.session.execute(_LOOK, named(account_id, keys))}
    known = (str(rows[key].company_id) for key in keys.texts() if key in rows)
    return Doubtful(tuple(dict.fromkeys(each for each in known if each)), sent_name_in(rows, keys))


def lock(session: Session, account_id: str, keys: CompanyKeys) -> None:
    """Let nobody else change what is kept under *keys* before the caller commits."""
    lock_in_order(session, LOOK_AND_LOCK, named(account_id, keys))


def remember(
    session: Session, account_id: str, keys: CompanyKeys, company_id: str, since: datetime | None = None
) -> None:
    """Keep the company under all *keys*, which ends every claim on them; the caller, who has locked them, commits.

    *since* is when HubSpot last proved that it has the company: now, unless it is remembered for longer.
    """
    these = named(account_id, keys)
    values = {**these, "known": company_id, "moment": since or now()}
    kept = run(session, _REMEMBER, values).rowcount
    if kept < len(keys.texts()):
        there = {row.key for row in run(session, _LOOK, these)}
        missing = [key for key in keys.texts() if key not in there]
        if not missing:  # on PostgreSQL another booking claimed them since
            session.execute(_REMEMBER, values)
            return
        known = {"hubspot_account_id": account_id, "company_id": company_id, "known_at": values["moment"]}
        session.execute(_ADD, [{**known, "key": key} for key in missing])


def is_trusted(row: Row[Any], trusted: timedelta) -> bool:
    """Whether the company is trusted; while somebody looks for it, because it was not, it is not either."""
    moment = now()
    known = bool(row.company_id) and row.known_at is not None and moment - row.known_at < trusted
    return known and not COMPANY_CLAIM.is_held(row, moment)


def sent_name_in(rows: Mapping[str, Row[Any]], keys: CompanyKeys) -> str:
    """The name in a create whose answer was lost, if it is this name in some letters. A company of the same
    domain is found by that."""
    row = rows.get(CompanyKeys(name=keys.name).texts()[0]) if keys.name else None
    return str(row.sent_name) if row is not None and row.sent_at is not None else ""


def named(account_id: str, keys: CompanyKeys) -> dict[str, object]:
    """The parameters of the statements about *keys*."""
    return {"account": account_id, "these": list(keys.texts())}
