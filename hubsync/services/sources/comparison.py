"""Comparison with a source's own list: the booking that never came is found and taken in.

Made each night, and when a person presses the button (`compare_now`). The list is read page by page, by the
background alone: each page is one piece of work under a lease, within the source's limits. How far it is stands in
the row, so that a process that is killed goes on there. A page that is read a second time doubles nothing: its
bookings are known by then, and those that this comparison found on it are still counted once, because they were
made since the page was reached.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.comparisons import AHEAD, BEHIND, LONGEST_RUN, ComparisonState
from hubsync.domain.subscriptions import Intent, pause_after
from hubsync.errors import (
    BookingNotKept,
    HubSyncError,
    NotFound,
    SecretUnreadable,
    SourceBusy,
    SourceError,
    SourceRefused,
)
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.isolation import log_unexpected
from hubsync.services.sources.accounts import (
    FOR_A_PERSON,
    account_of,
    locked_account,
    new_worker,
    note_problem,
    open_account,
)
from hubsync.services.sources.comparison_pages import Place, read_page, take_page_in
from hubsync.services.sources.comparison_rows import locked_comparison, night_of, request
from hubsync.services.sources.endpoints import prefix_of
from hubsync.services.teams.audit import record
from hubsync.sources.client import BookingList
from hubsync.sources.registry import SOURCES
from hubsync.store import db, end_read, write_transaction
from hubsync.store.leases import COMPARISON, is_over
from hubsync.store.sources import IntakeEndpoint, SourceAccount, SourceComparison

TURN_SECONDS = 20.0
"""After so long guests' bookings have their turn again; what is left of the list goes on behind them."""
FRESH = timedelta(minutes=10)
"""For so long a place in the list is good everywhere; one that is older and refused may be none any more."""
BATCH = 100
LONGEST_WAIT = timedelta(days=2)
"""Further ahead nothing is ever planned: to the next night, or as long as a source asks for."""

log = logging.getLogger(__name__)


def compare_now(endpoint_id: int, *, by: int | None) -> None:
    """Have the endpoint's bookings compared with the source's list at once, in the background.

    Raises NotFound where no account is connected, or the source's list does not suffice.
    """
    account = account_of(endpoint_id)
    if account is None or account.intent != Intent.SUBSCRIBE or not compares(account.endpoint.source):
        raise NotFound("nothing to compare with")
    team_id, source = account.endpoint.team_id, account.endpoint.source
    with write_transaction() as session:
        request(session, endpoint_id)
        record(session, team_id, by, AuditAction.SOURCE_COMPARED, source=source)
    tools().wake.set()


def compares(source: str) -> bool:
    """Whether the source has a list that suffices."""
    api = SOURCES[source].api if source in SOURCES else None
    return api is not None and api.compares


def compare_due(stopped: Callable[[], bool] = lambda: False) -> list[str]:
    """Read what is due of the lists of all sources, until *stopped* or for a while; return what came to its end.

    Any number of workers may do this at once: each list is read by one of them.
    """
    told = []
    turn = Deadline.after(TURN_SECONDS)
    for endpoint_id in _due():
        worker = new_worker()
        with log_unexpected(f"comparing the bookings of endpoint {endpoint_id}"):
            if _take(endpoint_id, worker):
                try:
                    told += _read_on(endpoint_id, worker, turn, stopped)
                except Exception:
                    _set_back(endpoint_id, worker)
                    raise
                finally:
                    _give_back(worker)
        if stopped() or not turn.left():
            break
    return told


def _due() -> list[int]:
    query = (
        select(SourceComparison.endpoint_id)
        .join(SourceAccount, SourceAccount.endpoint_id == SourceComparison.endpoint_id)
        .join(IntakeEndpoint, IntakeEndpoint.id == SourceComparison.endpoint_id)
        .where(_is_due(), COMPARISON.free(now()))
        .where(SourceAccount.intent == Intent.SUBSCRIBE, IntakeEndpoint.disabled_at.is_(None))
        .order_by(SourceComparison.next_at)
        .limit(BATCH)
    )
    endpoint_ids = list(db.session.scalars(query))
    end_read()
    return endpoint_ids


def _is_due() -> ColumnElement[bool]:
    return is_over(SourceComparison.next_at, now(), LONGEST_WAIT)


def _take(endpoint_id: int, worker: str) -> bool:
    with write_transaction() as session:
        mine = SourceComparison.endpoint_id == endpoint_id
        return COMPARISON.acquire(session, now(), mine, _is_due(), worker=worker)


def _give_back(worker: str) -> None:
    with write_transaction() as session:
        COMPARISON.release(session, worker)


def _set_back(endpoint_id: int, worker: str) -> None:
    """Let the list be read again after a while: a bug would otherwise meet its source in every round."""
    db.session.rollback()
    with write_transaction() as session:
        row = locked_comparison(session, endpoint_id)
        if row is not None and row.worker == worker:
            row.tries += 1
            row.next_at = now() + pause_after(row.tries)


def _read_on(endpoint_id: int, worker: str, turn: Deadline, stopped: Callable[[], bool]) -> list[str]:
    """Read page after page until the end, a pause, a fault or the end of the *turn*."""
    while True:
        place = _begin(endpoint_id, worker)
        if place is None:
            return []
        try:
            page, looked_at = read_page(place)
            found = take_page_in(place, page)
        except (SourceError, BookingNotKept) as fault:
            _note_fault(endpoint_id, worker, place, fault)
            return []
        ended = _note_page(endpoint_id, worker, page, looked_at, found)
        if ended:
            return [ended]
        if page.pause_seconds:
            return []
        if stopped() or not turn.left():
            tools().wake.set()
            return []


def _begin(endpoint_id: int, worker: str) -> Place | None:
    """The place to read at, of a new comparison where none is under way; None when there is nothing to read."""
    try:
        account = open_account(endpoint_id)
    except SecretUnreadable:  # the check of the subscription says so
        account = None
    with write_transaction() as session:
        row = locked_comparison(session, endpoint_id)
        if row is None or row.worker != worker:
            return None
        if account is None or not compares(account.source):
            row.state, row.next_at = ComparisonState.RESTING, night_of(row.endpoint)
            return None
        moment = now()
        overdue = row.started_at is not None and not row.started_at <= moment <= row.started_at + LONGEST_RUN
        if row.state != ComparisonState.RUNNING or overdue:
            row.state, row.started_at, row.page_at = ComparisonState.RUNNING, moment, moment
            row.cursor, row.seen, row.found, row.tries = "", 0, 0, 0
            row.since, row.until = moment - BEHIND, moment + AHEAD
            row.requested_at = None
        COMPARISON.renew(session, moment, SourceComparison.endpoint_id == endpoint_id, worker=worker)
        prefix = prefix_of(SOURCES[account.source], row.endpoint.number)
        since, until = row.since or moment - BEHIND, row.until or moment + AHEAD
        return Place(account, prefix, row.cursor, since, until, row.page_at or moment)


def _note_page(endpoint_id: int, worker: str, page: BookingList, looked_at: int, found: int) -> str:
    """Write down how far it is; a sentence when that was the end."""
    with write_transaction() as session:
        row = locked_comparison(session, endpoint_id)
        if row is None or row.worker != worker:
            return ""
        moment = now()
        row.seen += looked_at
        row.found += found
        row.found_in_all += found
        row.cursor, row.page_at, row.tries, row.fault_code = page.cursor, moment, 0, ""
        if page.cursor:
            row.next_at = moment + timedelta(seconds=page.pause_seconds)
            return ""
        row.state, row.compared_at = ComparisonState.RESTING, moment
        row.next_at = moment if row.requested_at is not None else night_of(row.endpoint)
        endpoint = row.endpoint
        return (
            f"Team {endpoint.team.slug}'s bookings of {endpoint.source} were compared with the source's own list; "
            f"{row.found} had not come."
        )


def _note_fault(endpoint_id: int, worker: str, place: Place, fault: HubSyncError) -> None:
    """Write down what the source did not do; what passes is tried again at the same place of the list."""
    with write_transaction() as session:
        row = locked_comparison(session, endpoint_id)
        if row is None or row.worker != worker:
            return
        is_new = row.fault_code != fault.code
        row.fault_code, row.tries = fault.code, row.tries + 1
        if isinstance(fault, SourceBusy):
            row.next_at = now() + timedelta(seconds=fault.pause_seconds)
        elif isinstance(fault, SourceRefused) and place.cursor and now() - place.page_at > FRESH:
            row.cursor, row.seen, row.next_at = "", 0, now()
        elif isinstance(fault, FOR_A_PERSON):
            row.state, row.next_at = ComparisonState.RESTING, night_of(row.endpoint)
            if is_new:  # the account may do well but for this: it is no news each night
                _note_at_account(session, endpoint_id, fault)
        else:
            row.next_at = now() + pause_after(row.tries)


def _note_at_account(session: Session, endpoint_id: int, fault: SourceError) -> None:
    account = locked_account(session, endpoint_id)
    if account is not None:
        note_problem(session, account, fault.code, fault)
