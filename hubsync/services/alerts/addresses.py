"""Addresses of chats that a team names: adding one, a test of it, and removing it. None is shown again whole."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.alerts.sending import AlertNotSent, look_at, send_alert
from hubsync.domain.audit import AuditAction
from hubsync.domain.chat_alerts import MOST_OF_A_TEAM, AlertFault, mask_address
from hubsync.errors import NotFound, Refused, SecretUnreadable
from hubsync.services import now, tools
from hubsync.services.limits import Limit, take_turns
from hubsync.services.teams.audit import record
from hubsync.store import db, end_read, write_transaction
from hubsync.store.chat_alerts import ChatAddress
from hubsync.store.sealed_text import Sealed
from hubsync.store.teams import Team

MOST_ADDED = 20
MOST_TESTS = 5
"""Within ten minutes, by a team: an address may be that of somebody who wants none of it."""


def list_addresses(team_id: int) -> Sequence[ChatAddress]:
    """The team's addresses, in the order in which they were added."""
    query = select(ChatAddress).where(ChatAddress.team_id == team_id).order_by(ChatAddress.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def find_address(team_id: int, address_id: int) -> ChatAddress:
    """One of them. Raises NotFound."""
    return _own(db.session(), team_id, address_id)


def add_address(team_id: int, typed: str, *, by: int) -> int:
    """Add the address that was *typed*; return its id. Nobody is asked. Raises Refused and AlertNotSent."""
    address = typed.strip()
    _refuse(db.session(), team_id, address)
    end_read()
    _allow("chat addresses", team_id, MOST_ADDED)
    service = look_at(address, tools().alert_route)
    with write_transaction() as session:
        # Two that are added at once are counted one after the other.
        session.get_one(Team, team_id, with_for_update=True)
        _refuse(session, team_id, address)
        row = ChatAddress(team_id=team_id, service=service, shown=mask_address(address), added_at=now())
        session.add(row)
        session.flush()
        row.address_sealed = tools().vault.seal(_place(row.id), address)
        record(session, team_id, by, AuditAction.CHAT_ADDRESS_ADDED, service=service)
    return row.id


def send_test(team_id: int, address_id: int, title: str, body: str) -> None:
    """Send a test now, and note at the address what came of it. Raises NotFound, Refused and AlertNotSent."""
    sealed = _own(db.session(), team_id, address_id).address_sealed
    end_read()
    _allow("chat tests", team_id, MOST_TESTS)
    fault = send_to(address_id, sealed, title, body)
    with write_transaction() as session:
        note_outcome(_own(session, team_id, address_id), fault)
    if fault is not None:
        raise AlertNotSent(fault)


def remove_address(team_id: int, address_id: int, *, by: int) -> None:
    """Forget an address, with what is on its way there. Raises NotFound."""
    with write_transaction() as session:
        row = _own(session, team_id, address_id)
        record(session, team_id, by, AuditAction.CHAT_ADDRESS_REMOVED, service=row.service)
        session.delete(row)


def send_to(address_id: int, sealed: Sealed, title: str, body: str) -> AlertFault | None:
    """Send to the address that is *sealed* for its row, once; why that was in vain.

    Not to be called inside a transaction.
    """
    try:
        send_alert(_open(address_id, sealed), title, body, tools().alert_route)
    except AlertNotSent as refused:
        return refused.fault
    except SecretUnreadable:
        return AlertFault.UNREADABLE
    return None


def note_outcome(row: ChatAddress, fault: AlertFault | None) -> None:
    """Note at the address when something arrived, or when and why it did not; within the caller's transaction."""
    if fault is None:
        row.sent_at, row.fault, row.faulty_at = now(), None, None
    else:
        row.fault, row.faulty_at = fault, now()


def _own(session: Session, team_id: int, address_id: int) -> ChatAddress:
    of_team = ChatAddress.id == address_id, ChatAddress.team_id == team_id
    row = session.scalar(select(ChatAddress).where(*of_team).execution_options(populate_existing=True))
    if row is None:
        raise NotFound("this team has no such address")
    return row


def _refuse(session: Session, team_id: int, address: str) -> None:
    """Refuse what the team has already, and too many."""
    rows = session.scalars(select(ChatAddress).where(ChatAddress.team_id == team_id)).all()
    if len(rows) >= MOST_OF_A_TEAM:
        words = _("A team can have at most %(count)s addresses for chat alerts.", count=MOST_OF_A_TEAM)
        raise Refused(words, field="chat_address")
    for row in rows:
        try:
            same = _open(row.id, row.address_sealed) == address
        except SecretUnreadable:
            same = False
        if same:
            raise Refused(_("This address is among the team's already."))


def _open(address_id: int, sealed: Sealed) -> str:
    return tools().vault.open(_place(address_id), sealed)


def _place(address_id: int) -> str:
    return f"chat-address:{address_id}"


def _allow(purpose: str, team_id: int, most: int) -> None:
    full = take_turns(purpose, [Limit(f"team {team_id}", most)])
    if full is None:
        return
    minutes = ceil(full.again_in.total_seconds() / 60)
    raise Refused(
        ngettext(
            "That was done %(most)d times within 10 minutes, and more is not. Try again in %(num)d minute.",
            "That was done %(most)d times within 10 minutes, and more is not. Try again in %(num)d minutes.",
            minutes,
            most=most,
        ),
        field="chat_address",
    )
