"""Delivery of chat alerts: put down with the notice that they tell, and each tried once.

| step | what is written down | killed after it |
| --- | --- | --- |
| put | the alert, with its text | another worker takes it |
| take | `tried_at`, by one conditional UPDATE | it is not tried again; the address says that nobody knows |
| end | at the address, when it arrived or why not; the alert is gone | |
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from hubsync.domain.chat_alerts import OF_USE_FOR, STOPPED_AFTER, AlertFault, AlertKind
from hubsync.domain.clock_skew import SKEW
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.alerts.addresses import note_outcome, send_to
from hubsync.services.isolation import log_unexpected
from hubsync.store import changed, db, end_read, write_transaction
from hubsync.store.chat_alerts import ChatAddress, ChatAlert

TURN_SECONDS = 20.0
"""After so long guests' bookings have their turn again."""
BATCH = 50


def put_alerts(
    session: Session, rows: Sequence[ChatAddress], kind: AlertKind, key: str, title: str, body: str
) -> None:
    """Put an alert for each of the addresses *rows*, within the caller's transaction that makes *key* unique."""
    moment = now()
    session.add_all(
        ChatAlert(
            address_id=row.id, key=f"{row.id}:{key}", kind=kind, title=title[:300], body=body, created_at=moment
        )
        for row in rows
    )


def send_alerts(stopped: Callable[[], bool] = lambda: False) -> list[str]:
    """Try every alert that nobody has tried, until *stopped* or for a while; a sentence for each.

    Any number of workers may do this at once: each alert is tried by one of them.
    """
    lines = []
    turn = Deadline.after(TURN_SECONDS)
    due, lost = _find_due()
    if lost:
        _give_up_stopped()
    for alert_id in due:
        if stopped() or not turn.left():
            break
        with log_unexpected(f"sending chat alert {alert_id}"):
            lines += [line] if (line := _send(alert_id)) else []
    return lines


def _send(alert_id: int) -> str:
    moment = now()
    with write_transaction() as session:
        free = ChatAlert.id == alert_id, ChatAlert.tried_at.is_(None)
        taken = update(ChatAlert).where(*free).values(tried_at=moment)
        if not changed(session, taken.execution_options(synchronize_session=False)):
            return ""
        alert = session.get_one(ChatAlert, alert_id, populate_existing=True)
        if alert.created_at < moment - OF_USE_FOR:
            session.delete(alert)
            return ""
        address = session.get_one(ChatAddress, alert.address_id)
        address_id, sealed = address.id, address.address_sealed
        kind, title, body = alert.kind, alert.title, alert.body
    fault = send_to(address_id, sealed, title, body)
    with write_transaction() as session:
        row = session.get(ChatAddress, address_id, populate_existing=True)
        sent = session.get(ChatAlert, alert_id, populate_existing=True)
        if row is None or sent is None or sent.tried_at != moment:  # taken away meanwhile
            return ""
        note_outcome(row, fault)
        if fault is None and kind is AlertKind.TROUBLE:
            row.alarmed_at = moment
        session.delete(sent)
    return f"Chat alert {alert_id} was sent." if fault is None else f"Chat alert {alert_id} was not sent: {fault}."


def _find_due() -> tuple[list[int], bool]:
    """The alerts that nobody has tried, the oldest first; and whether a worker was stopped at one."""
    wanted = or_(ChatAlert.tried_at.is_(None), _is_lost(now()))
    query = select(ChatAlert.id, ChatAlert.tried_at).where(wanted).order_by(ChatAlert.id).limit(BATCH)
    rows = db.session.execute(query).all()
    end_read()
    return [row.id for row in rows if row.tried_at is None], any(row.tried_at is not None for row in rows)


def _give_up_stopped() -> None:
    """Forget what a worker was stopped at; whether it arrived is not known, and its address says so."""
    with write_transaction() as session:
        for alert in session.scalars(select(ChatAlert).where(_is_lost(now())).with_for_update()).all():
            note_outcome(session.get_one(ChatAddress, alert.address_id), AlertFault.STOPPED)
            session.delete(alert)


def _is_lost(moment: datetime) -> ColumnElement[bool]:
    return or_(ChatAlert.tried_at < moment - STOPPED_AFTER, ChatAlert.tried_at > moment + SKEW)
