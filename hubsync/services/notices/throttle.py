"""Persistent state of the notice throttle, shared by all workers, with the lease of the one that sends.

Every step is decided by `domain/notice_throttle` and taken by one conditional UPDATE: it happens only if the row
is still as it was read, so that of two workers at one instant one wins.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from hubsync.config import settings
from hubsync.domain import notice_throttle
from hubsync.domain.audit import AuditAction
from hubsync.domain.notice_throttle import NoticeState, NoticeStep
from hubsync.errors import MailFailure, MailNotSent
from hubsync.services import now
from hubsync.services.notices.message import NoticeMail, write_notice
from hubsync.services.notices.open_failures import read_open_failures
from hubsync.services.teams.audit import record
from hubsync.store import changed, db, end_read, retry_on_conflict, write_transaction
from hubsync.store.notices import Notice
from hubsync.store.teams import Team

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class LeasedNotice:
    """A notice that *worker* has taken, as *mail*; *state* is what is written down since, *told_before* until when
    the notice before told what happened, *composed_at* the same of this one, *number* of how many deliveries.
    """

    team_id: int
    team_slug: str
    worker: str
    state: NoticeState
    told_before: datetime | None
    composed_at: datetime
    number: int
    mail: NoticeMail


def interval() -> timedelta:
    """For how long nobody is mailed after a notice."""
    return timedelta(days=settings().notice_interval_days)


def has_something_to_do(team_id: int) -> bool:
    """Whether it is worth to open a transaction that writes; what is found may be old by then."""
    row = db.session.scalar(_row_of(team_id))
    step = notice_throttle.next_step(_state_of(row), now(), interval())
    told_until = row.told_until if row is not None else None
    worth = step in (NoticeStep.ASSUME_SENT, NoticeStep.SET_BACK) or (
        step is NoticeStep.SEND and read_open_failures(team_id, told_until).give_reason(told_until)
    )
    end_read()
    return worth


def take(team_id: int) -> LeasedNotice | None:
    """Take the sending of a notice for two minutes, and write it; None when there is nothing to send now."""
    return retry_on_conflict(lambda: _take(team_id))


def _take(team_id: int) -> LeasedNotice | None:
    with write_transaction() as session:
        moment = now()
        row = session.scalar(_row_of(team_id))
        if row is None:
            row = Notice(team_id=team_id)
            session.add(row)
            session.flush()
        before, told_before = _state_of(row), row.told_until
        step = notice_throttle.next_step(before, moment, interval())
        if step is NoticeStep.ASSUME_SENT:
            _assume_sent(session, row)
        elif step is NoticeStep.SET_BACK:
            change(session, row, notice_throttle.set_back(before, moment), told_until=moment)
        if step is not NoticeStep.SEND:
            return None
        failures = read_open_failures(team_id, told_before)
        worker, taken = secrets.token_hex(8), notice_throttle.take(before, moment)
        if not failures.give_reason(told_before) or not change(
            session, row, taken, worker=worker, composed_at=moment, failures=failures.number
        ):
            return None
        team = session.get_one(Team, team_id)
        mail = write_notice(team, failures, before.sent_at or team.created_at)
        return LeasedNotice(team_id, team.slug, worker, taken, told_before, moment, failures.number, mail)


def hand_over(notice: LeasedNotice) -> bool:
    """Write down, at the last moment, that the mail is about to be handed over; False when the lease has ended.

    From then on nobody knows whether it was accepted. Should this worker be stopped, it counts as sent.
    """
    with write_transaction() as session:
        moment = now()
        row = session.scalar(_row_of(notice.team_id))
        return (
            row is not None
            and (row.worker, _state_of(row)) == (notice.worker, notice.state)
            and notice_throttle.holds(notice.state, moment)
            and change(session, row, notice_throttle.hand_over(notice.state, moment))
        )


def note_sent(notice: LeasedNotice, doubt: str = "") -> None:
    """Write down that the mail was accepted, or may have been for the reason *doubt*.

    Whoever has the lease by now: it was accepted, and nobody may send another.
    """
    with write_transaction() as session:
        row = session.scalar(_row_of(notice.team_id).with_for_update())
        if row is not None:
            after = notice_throttle.accept(now(), unconfirmed=bool(doubt))
            change(session, row, after, told_until=notice.composed_at, last_error=doubt, worker="")
            _record(session, notice.team_id, notice.number, unconfirmed=bool(doubt))


def note_not_sent(notice: LeasedNotice, fault: MailNotSent) -> None:
    """Write down that the mail has not left, why, and when it is tried again."""
    after = notice_throttle.give_up(notice.state, now())
    with write_transaction() as session:
        row = session.scalar(_row_of(notice.team_id).with_for_update())
        if row is not None and row.worker == notice.worker:
            # Another worker may have counted it as sent; that is taken back.
            change(session, row, after, told_until=notice.told_before, last_error=fault.reason, worker="")
    log.warning(
        "The notice of team %s could not be mailed: %s. It is tried again at %s.",
        notice.team_slug,
        fault.message,
        f"{after.not_before:%Y-%m-%d %H:%M} UTC",
    )


def change(session: Session, row: Notice, after: NoticeState, **values: Any) -> bool:
    """Write *after* and *values*, if everything is still as *row* was read; whether it was."""
    as_read = {**_columns(_state_of(row)), "worker": row.worker}
    still = update(Notice).where(
        Notice.id == row.id,
        *(getattr(Notice, name).is_not_distinct_from(value) for name, value in as_read.items()),
    )
    written = still.values(**_columns(after), **values).execution_options(synchronize_session=False)
    return changed(session, written) == 1


def _assume_sent(session: Session, row: Notice) -> None:
    """Count as sent what a stopped worker was handing over. Its name stays: should it wake up, it knows better."""
    if change(
        session,
        row,
        notice_throttle.assume_sent(_state_of(row)),
        told_until=row.composed_at,
        last_error=MailFailure.STOPPED,
    ):
        _record(session, row.team_id, row.failures, unconfirmed=True)
        log.warning("A worker was stopped while it sent the notice of team %d; it counts as sent.", row.team_id)


def _record(session: Session, team_id: int, number: int, *, unconfirmed: bool) -> None:
    marks = {"unconfirmed": True} if unconfirmed else {}
    record(session, team_id, None, AuditAction.NOTICE_SENT, number=number, **marks)


def _row_of(team_id: int) -> Select[Notice]:
    return select(Notice).where(Notice.team_id == team_id).execution_options(populate_existing=True)


def _state_of(row: Notice | None) -> NoticeState:
    if row is None:
        return NoticeState()
    return NoticeState(
        row.sent_at, row.unconfirmed, row.tries, row.not_before, row.worker_until, row.handing_over_at
    )


def _columns(kept: NoticeState) -> dict[str, Any]:
    return {
        "sent_at": kept.sent_at,
        "unconfirmed": kept.unconfirmed,
        "tries": kept.tries,
        "not_before": kept.not_before,
        "worker_until": kept.leased_until,
        "handing_over_at": kept.handing_over_at,
    }
