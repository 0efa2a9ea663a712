"""Company registry: the memory of companies, and the claim of one booking to create a given company.

HubSpot accepts a second company with the same domain without a word, and its search does not see a record for
some seconds after the write, so looking ahead is not enough: the decision who creates has to be ours.
https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm

Age, and a refusal of HubSpot's, end the trust in what is remembered, but not the knowledge: HubSpot is asked about
it by its id. A name that HubSpot has in other letters than the guest types is found in no other way.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, and_, bindparam, delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain.matching import CompanyKeys
from hubsync.errors import CompanyBusy
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.store import db, is_write_conflict, lock_in_order, retry_on_conflict, run, write_transaction
from hubsync.store.companies import KnownCompany
from hubsync.store.leases import COMPANY_CLAIM

# After a create whose answer was lost nobody creates again before HubSpot's search can be trusted: integrators
# plan for up to 30 s of lag, this is twice that.
SETTLING = timedelta(seconds=60)
ANNOUNCED = timedelta(seconds=10)
"""For so long after its claim a create that was announced with it may be sent: no lease can have ended by then."""
UNCHECKED = timedelta(minutes=5)
POLL_SECONDS = 0.05
_TABLE = KnownCompany.__table__
_THESE = and_(
    _TABLE.c.hubspot_account_id == bindparam("account"), _TABLE.c.key.in_(bindparam("these", expanding=True))
)
_LOOK = select(_TABLE).where(_THESE)
_LOOK_AT_ONE = select(_TABLE).where(
    _TABLE.c.hubspot_account_id == bindparam("account"), _TABLE.c.key == bindparam("this")
)
# Whoever locks several rows does it by id, so that no two wait for each other.
_LOOK_AND_LOCK = _LOOK.order_by(_TABLE.c.id).with_for_update()
_LOCK = select(_TABLE.c.id).order_by(_TABLE.c.id).with_for_update()
_TAKE = update(_TABLE).where(_THESE)
_HELD = _TABLE.c.claim_owner == bindparam("holder")
_LOCK_HELD = _LOCK.where(_HELD)
_SEE_HELD = select(_TABLE.c.id).where(_HELD)
_ANNOUNCE = update(_TABLE).where(_HELD).values(company_id="", known_at=None, sent_at=bindparam("moment"))
_LET_GO = update(_TABLE).where(_HELD).values(COMPANY_CLAIM.released())
_DROP = delete(_TABLE).where(_HELD, _TABLE.c.company_id == "")
_REMEMBER = (
    update(_TABLE)
    .where(_THESE)
    .values(
        company_id=bindparam("known"),
        known_at=bindparam("moment"),
        sent_at=None,
        **COMPANY_CLAIM.released(),
    )
)
_ADD = insert(_TABLE)


class Claim(NamedTuple):
    """What `claim` got: the company (*company_id*; nothing is claimed then), or the right to look for it and to
    create it.

    *by_name* is a company that is remembered by its name, while its domain was not looked for yet: it is the one
    unless HubSpot has one with the domain. It is remembered since *since*; the name is not claimed then.
    *doubtful* are the companies that are remembered under the claimed keys, but no longer trusted. *unresolved*
    says that a create was written down earlier, and nobody has learnt whether it was sent or what came of it.
    *announced_at* is when it was written down that this claim's own create may be sent soon; None where it was
    not.
    """

    holder: str
    company_id: str | None = None
    by_name: str = ""
    since: datetime | None = None
    doubtful: Mapping[str, str] = MappingProxyType({})
    unresolved: bool = False
    announced_at: datetime | None = None

    @classmethod
    def of_known(cls, company_id: str) -> Claim:
        """A company that is remembered: nothing is claimed, and nobody has to let go of it."""
        return cls("", company_id)

    def is_announced(self, moment: datetime) -> bool:
        """Whether a create that is sent at *moment* was written down, and the claim lasts for much longer."""
        return self.announced_at is not None and self.announced_at <= moment <= self.announced_at + ANNOUNCED


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
    return str(row.company_id) if row is not None and _fresh(row, trusted) else None


def recall_doubtful(account_id: str, keys: CompanyKeys) -> tuple[str, ...]:
    """Return the ids that are remembered under *keys*, whether they are trusted or not, the domain's first."""
    rows = {row.key: str(row.company_id) for row in db.session.execute(_LOOK, _named(account_id, keys))}
    return tuple(dict.fromkeys(rows[key] for key in keys.texts() if rows.get(key)))


def claim(account_id: str, keys: CompanyKeys, trusted: timedelta, deadline: Deadline) -> Claim:
    """Let one booking at a time create this company; the others wait for its id.

    Returns the company's id when somebody else finished meanwhile, else the claim whose holder `announce_create`
    and `release` take. Raises CompanyBusy when another booking still holds a key at the deadline, or sent a
    create less than 60 s ago and never learnt the answer.
    """
    holder = new_holder()
    while True:
        try:
            return _claim_once(account_id, keys, trusted, holder)
        except CompanyBusy as busy:
            if busy.wait_seconds > POLL_SECONDS or deadline.left() < POLL_SECONDS:
                raise
        time.sleep(POLL_SECONDS)


def _claim_once(account_id: str, keys: CompanyKeys, trusted: timedelta, holder: str) -> Claim:
    try:
        with write_transaction() as session:
            return claim_at_once(session, account_id, keys, trusted, holder)
    except DBAPIError as fault:
        if not is_write_conflict(fault):
            raise
        raise CompanyBusy("another booking is creating this company", POLL_SECONDS) from fault


def claim_at_once(
    session: Session,
    account_id: str,
    keys: CompanyKeys,
    trusted: timedelta,
    holder: str,
    *,
    announces: bool = False,
) -> Claim:
    """`claim` within the caller's transaction; it does not wait until another booking has let go.

    Raises CompanyBusy before it writes.
    It *announces* the create as well where nothing is known of the company. The note takes the place of what is
    known, so a doubtful company keeps its id until `announce_create`.
    """
    decisive, *others = keys.texts()
    rows = {row.key: row for row in run(session, _LOOK_AND_LOCK, _named(account_id, keys))}
    if decisive in rows and _fresh(rows[decisive], trusted):
        return Claim.of_known(str(rows[decisive].company_id))
    by_name = next((rows[key] for key in others if key in rows and _fresh(rows[key], trusted)), None)
    wanted = [decisive] if by_name is not None else [decisive, *others]
    held = [rows[key] for key in wanted if key in rows]
    for row in held:
        _refuse_if_held(row, now())
    moment = now()
    claimed_by_us = COMPANY_CLAIM.taken(moment, holder)
    announced = announces and not held and by_name is None
    if held:
        run(session, _TAKE, {"account": account_id, "these": wanted, **claimed_by_us})
    doubtful = {row.key: str(row.company_id) for row in held if row.company_id}
    unresolved = any(row.sent_at is not None for row in held)
    # At the latest it is sent then, and from then on others leave the company alone for a while.
    sent_at = moment + ANNOUNCED if announced else None
    values = {"hubspot_account_id": account_id, "sent_at": sent_at, **claimed_by_us}
    added = [{**values, "key": key} for key in wanted if key not in rows]
    if added:
        run(session, _ADD, added)
    claimed = Claim(holder, doubtful=doubtful, unresolved=unresolved, announced_at=moment if announced else None)
    return claimed if by_name is None else claimed._replace(by_name=by_name.company_id, since=by_name.known_at)


def new_holder() -> str:
    """A name under which a claim is held."""
    return secrets.token_hex(8)


def announce_create(session: Session, holder: str) -> int:
    """Write down that a create is about to be sent; the caller commits before sending.

    Returns how many keys the claim still holds: fewer than were claimed when it ran out and another took them.
    """
    lock_in_order(session, _LOCK_HELD, {"holder": holder})
    return run(session, _ANNOUNCE, {"holder": holder, "moment": now()}).rowcount


def count_held(session: Session, holder: str) -> int:
    """How many keys the claim still holds."""
    return len(run(session, _SEE_HELD, {"holder": holder}).all())


def lock(session: Session, account_id: str, keys: CompanyKeys) -> None:
    """Let nobody else change what is kept under *keys* before the caller commits."""
    lock_in_order(session, _LOOK_AND_LOCK, _named(account_id, keys))


def remember(
    session: Session, account_id: str, keys: CompanyKeys, company_id: str, since: datetime | None = None
) -> None:
    """Keep the company under all *keys*, which ends every claim on them; the caller, who has locked them, commits.

    *since* is when HubSpot last proved that it has the company: now, unless it is remembered for longer.
    """
    named, moment = _named(account_id, keys), since or now()
    kept = run(session, _REMEMBER, {**named, "known": company_id, "moment": moment}).rowcount
    if kept < len(keys.texts()):
        there = {row.key for row in run(session, _LOOK, named)}
        missing = [key for key in keys.texts() if key not in there]
        if not missing:  # on PostgreSQL another booking claimed them since
            session.execute(_REMEMBER, {**named, "known": company_id, "moment": moment})
            return
        values = {"hubspot_account_id": account_id, "company_id": company_id, "known_at": moment}
        session.execute(_ADD, [{**values, "key": key} for key in missing])


def let_go(session: Session, holder: str) -> None:
    """Give up what the claim still holds, with what is known under it; the caller commits."""
    lock_in_order(session, _LOCK_HELD, {"holder": holder})
    session.execute(_DROP, {"holder": holder})
    session.execute(_LET_GO, {"holder": holder})


def release(holder: str, *, keeps_note: bool) -> None:
    """Give the claim up, with what is written down of a create, unless that may have happened: then it stays
    until somebody has looked."""

    def unit() -> None:
        with write_transaction() as session:
            if keeps_note:
                lock_in_order(session, _LOCK_HELD, {"holder": holder})
                session.execute(_LET_GO, {"holder": holder})
            else:
                let_go(session, holder)

    retry_on_conflict(unit)


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


def _is_claimed(row: Row[Any], moment: datetime) -> bool:
    return COMPANY_CLAIM.is_held(row, moment)


def _refuse_if_held(row: Row[Any], moment: datetime) -> None:
    if _is_claimed(row, moment):
        raise CompanyBusy("another booking is creating this company", POLL_SECONDS)
    if row.sent_at is not None and not row.company_id and row.sent_at + SETTLING > moment:
        left = (row.sent_at + SETTLING - moment).total_seconds()
        raise CompanyBusy("a create of this company may have been sent, and nobody has seen its answer", left)


def _named(account_id: str, keys: CompanyKeys) -> dict[str, object]:
    """The parameters of the statements about *keys*."""
    return {"account": account_id, "these": list(keys.texts())}


def _fresh(row: Row[Any], trusted: timedelta) -> bool:
    """Whether the company is trusted; while somebody looks for it, because it was not, it is not either."""
    moment = now()
    known = bool(row.company_id) and row.known_at is not None and moment - row.known_at < trusted
    return known and not _is_claimed(row, moment)
