"""Company registry: the claim of one booking to create a given company.

HubSpot accepts a second company with the same domain without a word, and its search does not see a record for
some seconds after the write, so looking ahead is not enough: the decision who creates has to be ours.
https://developers.hubspot.com/docs/api-reference/latest/crm/search-the-crm
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from hubsync.domain.matching import CompanyKeys
from hubsync.errors import CompanyBusy
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.posting.company_memory import LOOK_AND_LOCK, SETTLING, THESE, is_trusted, named, sent_name_in
from hubsync.store import is_write_conflict, lock_in_order, retry_on_conflict, run, write_transaction
from hubsync.store.companies import KnownCompany
from hubsync.store.leases import COMPANY_CLAIM

ANNOUNCED = timedelta(seconds=10)
"""For so long after its claim a create that was announced with it may be sent: no lease can have ended by then."""
POLL_SECONDS = 0.05
_TABLE = KnownCompany.__table__
_LOCK = select(_TABLE.c.id).order_by(_TABLE.c.id).with_for_update()
_TAKE = update(_TABLE).where(THESE)
_HELD = _TABLE.c.claim_owner == bindparam("holder")
_LOCK_HELD = _LOCK.where(_HELD)
_SEE_HELD = select(_TABLE.c.id).where(_HELD)
_ANNOUNCE = (
    update(_TABLE)
    .where(_HELD)
    .values(company_id="", known_at=None, sent_at=bindparam("moment"), sent_name=bindparam("typed"))
)
_LET_GO = update(_TABLE).where(_HELD).values(COMPANY_CLAIM.released())
_DROP = delete(_TABLE).where(_HELD, _TABLE.c.company_id == "")
_ADD = insert(_TABLE)


class Claim(NamedTuple):
    """What `claim` got: the company (*company_id*; nothing is claimed then), or the right to look for it and to
    create it.

    *by_name* is a company that is remembered by its name, while its domain was not looked for yet: it is the one
    unless HubSpot has one with the domain. It is remembered since *since*; the name is not claimed then.
    *doubtful* are the companies that are remembered under the claimed keys, but no longer trusted. *unresolved*
    says that a create was written down earlier, and nobody has learnt whether it was sent or what came of it;
    *sent_name* is the name in it, as its guest typed it, where that create is one of the name's.
    *announced_at* is when it was written down that this claim's own create may be sent soon; None where it was
    not.
    """

    holder: str
    company_id: str | None = None
    by_name: str = ""
    since: datetime | None = None
    doubtful: Mapping[str, str] = MappingProxyType({})
    unresolved: bool = False
    sent_name: str = ""
    announced_at: datetime | None = None

    @classmethod
    def of_known(cls, company_id: str) -> Claim:
        """A company that is remembered: nothing is claimed, and nobody has to let go of it."""
        return cls("", company_id)

    def is_announced(self, moment: datetime) -> bool:
        """Whether a create that is sent at *moment* was written down, and the claim lasts for much longer."""
        return self.announced_at is not None and self.announced_at <= moment <= self.announced_at + ANNOUNCED


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
    rows = {row.key: row for row in run(session, LOOK_AND_LOCK, named(account_id, keys))}
    if decisive in rows and is_trusted(rows[decisive], trusted):
        return Claim.of_known(str(rows[decisive].company_id))
    by_name = next((rows[key] for key in others if key in rows and is_trusted(rows[key], trusted)), None)
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
    values["sent_name"] = keys.typed if announced else ""
    added = [{**values, "key": key} for key in wanted if key not in rows]
    if added:
        run(session, _ADD, added)
    claimed = Claim(
        holder,
        doubtful=doubtful,
        unresolved=unresolved,
        sent_name=sent_name_in(rows, keys) if unresolved else "",
        announced_at=moment if announced else None,
    )
    return claimed if by_name is None else claimed._replace(by_name=by_name.company_id, since=by_name.known_at)


def new_holder() -> str:
    """A name under which a claim is held."""
    return secrets.token_hex(8)


def announce_create(session: Session, holder: str, typed: str) -> int:
    """Write down that a create with the name as *typed* is about to be sent; the caller commits before sending.

    Returns how many keys the claim still holds: fewer than were claimed when it ran out and another took them.
    """
    lock_in_order(session, _LOCK_HELD, {"holder": holder})
    return run(session, _ANNOUNCE, {"holder": holder, "moment": now(), "typed": typed}).rowcount


def count_held(session: Session, holder: str) -> int:
    """How many keys the claim still holds."""
    return len(run(session, _SEE_HELD, {"holder": holder}).all())


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


def _refuse_if_held(row: Row[Any], moment: datetime) -> None:
    if COMPANY_CLAIM.is_held(row, moment):
        raise CompanyBusy("another booking is creating this company", POLL_SECONDS)
    if row.sent_at is not None and not row.company_id and row.sent_at + SETTLING > moment:
        left = (row.sent_at + SETTLING - moment).total_seconds()
        raise CompanyBusy("a create of this company may have been sent, and nobody has seen its answer", left)
