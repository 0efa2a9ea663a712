"""Metrics of an installation, read from what is kept in the database; any process gives the same answer.

None of them names a team, a person or a guest. Every query is answered by an index or by a small table, however
many deliveries there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from hubsync.domain.connections import ConnectionState
from hubsync.domain.delivery_states import UNFINISHED, DeliveryState
from hubsync.services import now
from hubsync.services.connection.watch_only import WATCHES
from hubsync.services.operations.kept_numbers import keep_tally, read_numbers
from hubsync.services.tally import ATTEMPTS, CALL_SECONDS, CALL_TIMES, CALLS, TIMES, Counted
from hubsync.store import db, end_read
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.calendars import Calendar
from hubsync.store.connections import Connection
from hubsync.store.counts import ALL_DAYS, DeliveryCount
from hubsync.store.deliveries import Delivery
from hubsync.store.kept_numbers import BackgroundRound
from hubsync.store.outbox import OutboxMail
from hubsync.store.sources import IntakeEndpoint, SourceAccount, SourceSilence
from hubsync.store.teams import Team

DUE = (DeliveryState.PENDING, DeliveryState.RETRYING)
"""States in which a delivery goes on by itself when its time has come."""


@dataclass(frozen=True)
class Family:
    """One metric: its *name* without the product's, what it says, and its values by their labels.

    The keys of *values* are tuples, whose parts *labels* names; *counter* is for what only grows.
    """

    name: str
    says: str
    values: Mapping[Any, float]
    labels: tuple[str, ...] = ()
    counter: bool = False


@dataclass(frozen=True)
class CallTimes:
    """How long HubSpot took: how many calls took no longer than each bound, and all of them together."""

    under: Mapping[float, float] = field(default_factory=dict)
    count: float = 0
    seconds: float = 0


def read_metrics() -> tuple[list[Family], CallTimes]:
    """What there is to tell now, with what this process counted since its last round."""
    keep_tally()
    moment = now()
    numbers = read_numbers()
    families = [
        *_deliveries(moment),
        _counted(ATTEMPTS, "Attempts at deliveries, by the state in which they ended", numbers, "outcome"),
        _counted(CALLS, "Calls to HubSpot, by the status of the answer", numbers, "status"),
        *_rounds(moment),
        *_mails(moment),
        *_sources(),
        *_busy_calendars(moment),
    ]
    end_read()
    return families, _call_times(numbers)


def _counted(name: str, says: str, numbers: Mapping[Counted, float], label: str) -> Family:
    values = {(word,): number for (kept, word), number in sorted(numbers.items()) if kept == name}
    return Family(name, says, values, (label,), counter=True)


def _call_times(numbers: Mapping[Counted, float]) -> CallTimes:
    under, count = {}, 0.0
    for bound in TIMES:
        count += numbers.get((CALL_TIMES, str(bound)), 0)
        under[bound] = count
    return CallTimes(under, count + numbers.get((CALL_TIMES, "inf"), 0), numbers.get((CALL_SECONDS, "sum"), 0))


def _deliveries(moment: datetime) -> Iterator[Family]:
    counted = (
        select(DeliveryCount.state, func.sum(DeliveryCount.number))
        .where(DeliveryCount.calendar_id.in_(select(Calendar.id)), DeliveryCount.day == ALL_DAYS)
        .group_by(DeliveryCount.state)
    )
    by_state: dict[Any, float] = {(state.value,): 0 for state in DeliveryState}
    by_state |= {(str(state),): number for state, number in db.session.execute(counted)}
    yield Family("deliveries", "Deliveries that are kept, by state; dismissed ones apart", by_state, ("state",))
    oldest: dict[Any, float] = {}
    for state in UNFINISHED:
        first = select(func.min(Delivery.id)).where(
            Delivery.team_id == Team.id, Delivery.state == state, Delivery.dismissed_at.is_(None)
        )
        ids = [each for each in db.session.scalars(select(first.scalar_subquery()).select_from(Team)) if each]
        created = (
            db.session.scalar(select(func.min(Delivery.created_at)).where(Delivery.id.in_(ids))) if ids else None
        )
        oldest[(state.value,)] = _age(created, moment)
    says = "Age of the oldest delivery in a state that is not the last one, 0 when there is none"
    yield Family("oldest_delivery_seconds", says, oldest, ("state",))
    first_due = [
        db.session.scalar(
            select(func.min(Delivery.next_attempt_at)).where(
                Delivery.state == state, Delivery.next_attempt_at.is_not(None), Delivery.next_attempt_at <= moment
            )
        )
        for state in DUE
    ]
    late = max(_age(each, moment) for each in first_due)
    yield Family(
        "delivery_overdue_seconds", "For how long the first due delivery has been waiting for a worker", {(): late}
    )
    states: dict[Any, float] = {(state.value,): 0 for state in ConnectionState}
    rows = db.session.execute(select(Connection.state, func.count(Connection.id)).group_by(Connection.state))
    states |= {(str(state),): number for state, number in rows}
    yield Family("connections", "Connections to HubSpot, by state", states, ("state",))
    watching = db.session.scalars(select(func.count(Connection.id)).where(WATCHES)).one()
    says = "Connections to HubSpot of teams that watch only: nothing is posted, on purpose"
    yield Family("connections_watching", says, {(): watching})


def _rounds(moment: datetime) -> Iterator[Family]:
    rounds = db.session.scalars(select(BackgroundRound)).all()
    ended = {(each.name,): each.ended_at.timestamp() for each in rounds}
    says = "When a round of background work ended last, in seconds since 1970"
    yield Family("background_round_timestamp_seconds", says, ended, ("work",))
    ages = {(each.name,): _age(each.ended_at, moment) for each in rounds}
    yield Family("background_round_age_seconds", "How long ago that was", ages, ("work",))
    took = {(each.name,): each.seconds for each in rounds}
    yield Family("background_round_seconds", "How long that round took", took, ("work",))


def _mails(moment: datetime) -> Iterator[Family]:
    sent = OutboxMail.sent_at.is_not(None)
    state = case((sent, "sent"), (OutboxMail.settled_at.is_(None), "to_send"), else_="given_up")
    rows = db.session.execute(select(state, func.count(OutboxMail.id)).group_by(state))
    values: dict[Any, float] = {(each,): 0 for each in ("sent", "to_send", "given_up")}
    values |= {(each,): number for each, number in rows}
    yield Family("mails", "Mails that are kept, by state", values, ("state",))
    first = db.session.scalar(select(func.min(OutboxMail.next_try_at)).where(OutboxMail.next_try_at <= moment))
    yield Family(
        "mail_overdue_seconds",
        "For how long the first due mail has been waiting for a worker",
        {(): _age(first, moment)},
    )


def _sources() -> Iterator[Family]:
    state = case((IntakeEndpoint.disabled_at.is_not(None), "off"), else_="on")
    rows = db.session.execute(
        select(IntakeEndpoint.source, state, func.count(IntakeEndpoint.id)).group_by(IntakeEndpoint.source, state)
    )
    values = {(source, each): number for source, each, number in rows}
    yield Family("sources", "Addresses of booking sources", values, ("source", "state"))
    silent = db.session.execute(
        select(SourceSilence.source, func.count(SourceSilence.id))
        .where(SourceSilence.since.is_not(None))
        .group_by(SourceSilence.source)
    )
    says = "Booking sources that are quiet for longer than is usual for them"
    yield Family("sources_silent", says, {(source,): number for source, number in silent}, ("source",))
    troubled = db.session.execute(
        select(IntakeEndpoint.source, func.count(SourceAccount.id))
        .join(SourceAccount.endpoint)
        .where(SourceAccount.problem_code != "")
        .group_by(IntakeEndpoint.source)
    )
    says = "Accounts at booking sources that are not as they should be"
    yield Family("source_problems", says, {(source,): number for source, number in troubled}, ("source",))


def _busy_calendars(moment: datetime) -> Iterator[Family]:
    state = case((BusyCalendar.fault_code != "", "faulty"), else_="well")
    rows = db.session.execute(
        select(state, func.count(BusyCalendar.id), func.min(BusyCalendar.read_at)).group_by(state)
    )
    counted: dict[Any, float] = {("well",): 0, ("faulty",): 0}
    ages: dict[Any, float] = {("well",): 0, ("faulty",): 0}
    for each, number, oldest in rows:
        counted[(each,)], ages[(each,)] = number, _age(oldest, moment)
    yield Family("busy_calendars", "Busy calendars, by whether the last reading worked", counted, ("state",))
    yield Family("busy_calendar_age_seconds", "How long ago the first of them was read", ages, ("state",))


def _age(since: datetime | None, moment: datetime) -> float:
    return max(0.0, (moment - since).total_seconds()) if since is not None else 0.0
