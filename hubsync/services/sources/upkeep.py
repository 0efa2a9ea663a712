"""Upkeep of subscriptions: whatever a source has is brought to what a person last asked for.

What is wanted is written down before the source is asked, and every step can be made again: a call whose answer
was lost is repeated for the same address, where the source then has one subscription (`SourceClient.subscribe`).
So a process that is killed, or a source that is down, leaves something for the next round and nothing else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.subscriptions import Intent, SubscriptionState, pause_after
from hubsync.errors import SecretUnreadable, SourceError
from hubsync.net.deadline import Deadline
from hubsync.services import now
from hubsync.services.isolation import log_unexpected
from hubsync.services.sources import comparison_rows
from hubsync.services.sources.accounts import (
    EVERY,
    FOR_A_PERSON,
    OpenedAccount,
    change_account,
    give_back,
    new_worker,
    note_answer,
    note_problem,
    open_account,
    take,
)
from hubsync.services.sources.endpoint_moves import keep_former, move_back
from hubsync.services.teams.audit import record
from hubsync.sources.client import Subscription
from hubsync.store import db, end_read
from hubsync.store.leases import SUBSCRIPTION, is_over
from hubsync.store.sources import IntakeEndpoint, SourceAccount
from hubsync.store.teams import Team

SECONDS = 18.0  # a page waits for it, and gunicorn gives a silent worker up after 30 s
TURN_SECONDS = 20.0
"""After so long guests' bookings have their turn again."""
BATCH = 100
MOST_TRIES_TO_END = 45
"""A week: whatever then still cannot be ended at the source is forgotten here."""
ENDED = (SubscriptionState.DISABLED, SubscriptionState.GONE)

log = logging.getLogger(__name__)


def check_due(stopped: Callable[[], bool] = lambda: False, *, at_most_seconds: float = TURN_SECONDS) -> list[str]:
    """Ask the source of every account that is due, until *stopped* or for a while; return a sentence for each.

    Any number of workers may do this at once: each account is asked about by one of them. What is left has its
    turn in the next round, behind guests' bookings: sources that do not answer cost all of their time.
    """
    told = []
    turn = Deadline.after(at_most_seconds)
    for endpoint_id, slug, source in _due():
        if stopped():
            break
        worker = new_worker()
        with log_unexpected(f"checking the subscription of team {slug} at {source}"):
            if take(endpoint_id, worker, _is_due()):
                code = _check(endpoint_id, worker)
                told.append(f"The subscription of team {slug} at {source} was checked: {code or 'all is well'}.")
        if not turn.left():
            break
    return told


def _check(endpoint_id: int, worker: str) -> str:
    try:
        bring_about(endpoint_id, worker, Deadline.after(SECONDS))
    except (SourceError, SecretUnreadable) as fault:
        return fault.code
    except Exception:  # a bug would otherwise meet the source in every round
        db.session.rollback()
        change_account(endpoint_id, worker, _set_back)
        raise
    finally:
        give_back(worker)
    return ""


def _set_back(session: Session, row: SourceAccount) -> None:
    row.tries += 1
    row.next_check_at = now() + pause_after(row.tries)


def _due() -> list[tuple[int, str, str]]:
    """Endpoint, team and source of each; an endpoint that is switched off is asked about to end it alone."""
    query = (
        select(SourceAccount.endpoint_id, Team.slug, IntakeEndpoint.source)
        .join(IntakeEndpoint, IntakeEndpoint.id == SourceAccount.endpoint_id)
        .join(Team, Team.id == IntakeEndpoint.team_id)
        .where(_is_due(), SUBSCRIPTION.free(now()))
        .where(or_(SourceAccount.intent == Intent.END, IntakeEndpoint.disabled_at.is_(None)))
        .order_by(SourceAccount.next_check_at)
        .limit(BATCH)
    )
    due = [(row.endpoint_id, row.slug, row.source) for row in db.session.execute(query)]
    end_read()
    return due


def _is_due() -> ColumnElement[bool]:
    return is_over(SourceAccount.next_check_at, now(), EVERY)


def bring_about(endpoint_id: int, worker: str, deadline: Deadline) -> None:
    """Bring the account that *worker* has to what is wanted, before *deadline*.

    Raises SourceError or SecretUnreadable, which is noted then. What the source refuses for good leaves an
    endpoint that was being moved where it was.
    """
    try:
        account = open_account(endpoint_id)
    except SecretUnreadable as fault:
        _note_unreadable(endpoint_id, worker, fault)
        raise
    if account is None:
        return
    try:
        if account.intent == Intent.END:
            _end(account, worker, deadline)
        else:
            _subscribe(account, worker, deadline)
    except SourceError as fault:
        _note(account, worker, fault)
        raise


def drop_account(session: Session, row: SourceAccount) -> None:
    """Delete an account with its token, and the place in its list of bookings; the caller commits."""
    comparison_rows.give_up(session, row.endpoint_id)
    session.delete(row)


def _subscribe(account: OpenedAccount, worker: str, deadline: Deadline) -> None:
    client, holder = account.client, account.holder
    if account.subscription_id:
        current = client.find_subscription(account.token, holder, account.subscription_id, deadline)
        renewed = current.state in ENDED
        if renewed:
            _note_state(account, worker, current.state)
    else:
        current, renewed = None, False
        if account.former_id:
            change_account(account.endpoint_id, worker, lambda session, row: keep_former(row.endpoint))
    if current is None or renewed:
        current = client.subscribe(account.token, holder, account.address, account.secret, deadline)
    _note_subscription(account, worker, current, renewed=renewed)
    if account.former_id and account.former_id != current.id:
        client.unsubscribe(account.token, holder, account.former_id, deadline)
    if account.former_id:
        change_account(account.endpoint_id, worker, _drop_former)


def _note_subscription(account: OpenedAccount, worker: str, current: Subscription, *, renewed: bool) -> None:
    def note(session: Session, row: SourceAccount) -> None:
        first = not row.subscription_id and not row.former_id
        row.subscription_id, row.subscription_state = current.id, current.state
        note_answer(row)
        of = {"source": account.source, "account": account.holder.shown}
        if renewed:
            row.renewed_at = now()
            record(session, account.team_id, None, AuditAction.SOURCE_RENEWED, **of)
            comparison_rows.request(session, account.endpoint_id)
        elif first:
            record(session, account.team_id, row.connected_by_id, AuditAction.SOURCE_CONNECTED, **of)
            comparison_rows.schedule(session, row.endpoint)

    change_account(account.endpoint_id, worker, note)
    if renewed:
        log.warning("A subscription of endpoint %d had ended at its source and was renewed.", account.endpoint_id)


def _note_state(account: OpenedAccount, worker: str, state: SubscriptionState) -> None:
    """Let the page say that it ended, should it not be made anew at once."""

    def note(session: Session, row: SourceAccount) -> None:
        row.subscription_state = state

    change_account(account.endpoint_id, worker, note)


def _drop_former(session: Session, row: SourceAccount) -> None:
    row.former_id = ""
    note_answer(row)


def _end(account: OpenedAccount, worker: str, deadline: Deadline) -> None:
    """End whatever the source may have for us, as far as it lets us, and forget the token."""
    client, holder, ids = account.client, account.holder, [account.former_id]
    try:
        current = account.subscription_id
        if not current:  # it may have made one and its answer was lost; only making it again tells its id
            current = client.subscribe(account.token, holder, account.address, account.secret, deadline).id
        for each in [current, *filter(None, ids)]:
            client.unsubscribe(account.token, holder, each, deadline)
    except SourceError as fault:
        if not isinstance(fault, FOR_A_PERSON) and account.tries < MOST_TRIES_TO_END:
            raise
        log.warning("The subscription of endpoint %d stays at its source: %s.", account.endpoint_id, fault.code)
    change_account(account.endpoint_id, worker, drop_account)


def _note_unreadable(endpoint_id: int, worker: str, fault: SecretUnreadable) -> None:
    """Note that no key opens the token; without it nothing can be ended, and the rest is forgotten."""

    def note(session: Session, row: SourceAccount) -> None:
        if row.intent == Intent.END:
            drop_account(session, row)
        else:
            note_problem(session, row, fault.code)

    change_account(endpoint_id, worker, note)


def _note(account: OpenedAccount, worker: str, fault: SourceError) -> None:
    def note(session: Session, row: SourceAccount) -> None:
        is_moving = row.former_id and not row.subscription_id
        if isinstance(fault, FOR_A_PERSON) and is_moving and move_back(row.endpoint):
            row.subscription_id, row.former_id = row.former_id, ""
        note_problem(session, row, fault.code, fault)

    change_account(account.endpoint_id, worker, note)
