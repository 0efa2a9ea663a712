"""State transitions of deliveries: the only module that changes state or dismissal; the counters follow.

Every change is one conditional UPDATE: it happens only if the row is still as it was read, so that of two workers
at one instant one wins. The caller's transaction carries it, and the counts with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Executable, Table, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import set_committed_value

from hubsync.domain.delivery_states import DISMISSABLE, IN_TROUBLE, DeliveryState, counted_as, may_follow
from hubsync.domain.outcomes import Outcome
from hubsync.services import now
from hubsync.store import run
from hubsync.store.counts import ALL_DAYS, DeliveryCount
from hubsync.store.deliveries import Delivery
from hubsync.store.new_rows import insert_row

_TABLE = Delivery.__table__


def _added_to_counts(insert: Callable[[Table], Any]) -> Executable:
    """The statement that adds a number to a kept one, or begins with it."""
    counts = DeliveryCount.__table__
    statement = insert(counts)
    added: Executable = statement.on_conflict_do_update(
        index_elements=["calendar_id", "day", "state"],
        set_={"number": counts.c.number + statement.excluded.number},
    )
    return added


_STILL = update(_TABLE).where(
    _TABLE.c.id == bindparam("this"),
    _TABLE.c.state == bindparam("read_state"),
    _TABLE.c.lease_owner == bindparam("read_worker"),
)
_STILL_UNMARKED = _STILL.where(_TABLE.c.dismissed_at.is_(None))
_STILL_MARKED = _STILL.where(_TABLE.c.dismissed_at.is_not(None))
_ADD_TO_COUNTS = {
    "sqlite": _added_to_counts(sqlite.insert),
    "postgresql": _added_to_counts(postgresql.insert),
}

Place = tuple[int, int, str, str]
"""(team id, calendar id, day or "" for all days, state or "dismissed"): one kept number."""


class AsRead(NamedTuple):
    """What a change of a delivery goes by, as it was read: plain values, which no later transaction changes."""

    id: int
    team_id: int
    calendar_id: int
    created_at: datetime
    state: DeliveryState
    lease_owner: str
    dismissed_at: datetime | None
    troubled_at: datetime | None
    company: Outcome
    contact: Outcome


def as_read(delivery: Delivery) -> AsRead:
    """*delivery* as the session has it."""
    return AsRead(*(getattr(delivery, name) for name in AsRead._fields))


def begin(session: Session, delivery: Delivery) -> None:
    """Add a new delivery in the state it has; `domain/delivery_states` says in which a booking's begins."""
    insert_row(session, delivery)
    _count(session, _shift(delivery, None, delivery.state))


def move(
    session: Session, delivery: Delivery, state: DeliveryState, read: AsRead | None = None, **values: Any
) -> bool:
    """Take *delivery* from the state and worker it was read with into *state*, with the other *values*.

    Returns False, and changes nothing, when somebody else changed it meanwhile. A delivery that goes on is
    dismissed no more. *read* is how it was read where that was before this transaction. Raises ValueError for a
    state that cannot follow.
    """
    read = read or as_read(delivery)
    if not may_follow(state, read.state):
        raise ValueError(f"a delivery cannot go from {read.state} to {state}")
    before = counted_as(read.state, dismissed=read.dismissed_at is not None)
    if not _still(session, delivery, read, state=state, dismissed_at=None, dismissed_by_id=None, **values):
        return False
    _count(session, _shift(read, before, state))
    return True


def dismiss(
    session: Session,
    deliveries: Iterable[Delivery],
    person_id: int,
    states: Collection[DeliveryState] = DISMISSABLE,
) -> list[int]:
    """Mark those of *deliveries* that are in one of *states* as dismissed by the person; return their ids."""
    moment = now()
    marked, shifts = [], Counter[Place]()
    for delivery in deliveries:
        may_be = delivery.dismissed_at is None and delivery.state in states
        if may_be and _still(
            session, delivery, as_read(delivery), dismissed_at=moment, dismissed_by_id=person_id, replay_id=None
        ):
            shifts.update(_shift(delivery, delivery.state, counted_as(delivery.state, dismissed=True)))
            marked.append(delivery.id)
    _count(session, shifts)
    return marked


def take_back_dismissal(session: Session, deliveries: Iterable[Delivery]) -> list[int]:
    """Take the mark off those of *deliveries* that have it; return their ids."""
    unmarked, shifts = [], Counter[Place]()
    for delivery in deliveries:
        if delivery.dismissed_at is not None and _still(
            session, delivery, as_read(delivery), dismissed_at=None, dismissed_by_id=None
        ):
            shifts.update(_shift(delivery, counted_as(delivery.state, dismissed=True), delivery.state))
            unmarked.append(delivery.id)
    _count(session, shifts)
    return unmarked


def erase(session: Session, deliveries: Iterable[Delivery]) -> None:
    """Delete deliveries with their attempts. The numbers of their days stay, those of what is there do not."""
    shifts: Counter[Place] = Counter()
    for delivery in deliveries:
        was = counted_as(delivery.state, dismissed=delivery.dismissed_at is not None)
        shifts[(delivery.team_id, delivery.calendar_id, ALL_DAYS, was)] -= 1
        session.execute(delete(Delivery).where(Delivery.id == delivery.id))
    _count(session, shifts)


def take_out(session: Session, delivery: Delivery) -> None:
    """Delete a delivery that was none of its own: the numbers of its day go down as well."""
    was = counted_as(delivery.state, dismissed=delivery.dismissed_at is not None)
    days = (ALL_DAYS, day_of(delivery.created_at))
    shifts = Counter[Place]({(delivery.team_id, delivery.calendar_id, day, was): -1 for day in days})
    session.execute(delete(Delivery).where(Delivery.id == delivery.id))
    _count(session, shifts)


def troubled_since(delivery: Delivery | AsRead, state: DeliveryState) -> datetime | None:
    """Since when *delivery* has failed once it is *state*; None for a state that is none."""
    if state in IN_TROUBLE:
        return delivery.troubled_at or now()
    return None


def _still(session: Session, delivery: Delivery, read: AsRead, **values: Any) -> bool:
    """Change the row if state, worker and mark are as they were *read*."""
    still = {"this": read.id, "read_state": read.state, "read_worker": read.lease_owner}
    statement = _STILL_UNMARKED if read.dismissed_at is None else _STILL_MARKED
    if not run(session, statement, {**still, **values}).rowcount:
        return False
    for name, value in values.items():
        set_committed_value(delivery, name, value)
    return True


def _shift(delivery: Delivery | AsRead, before: str | None, after: str) -> Counter[Place]:
    """What has to be added to the kept numbers when *delivery* is counted as *after* instead of *before*."""
    shift: Counter[Place] = Counter()
    if before == after:
        return shift
    for day in (ALL_DAYS, day_of(delivery.created_at)):
        shift[(delivery.team_id, delivery.calendar_id, day, after)] += 1
        if before is not None:
            shift[(delivery.team_id, delivery.calendar_id, day, before)] -= 1
    return shift


def day_of(moment: datetime) -> str:
    """The UTC day of *moment* as the kept counts name it."""
    return moment.date().isoformat()


def _count(session: Session, shifts: Counter[Place]) -> None:
    """Add to the kept numbers, always in one order, so that no two wait for each other."""
    rows = [
        {"team_id": team, "calendar_id": calendar, "day": day, "state": state, "number": number}
        for (team, calendar, day, state), number in sorted(shifts.items())
        if number
    ]
    if not rows:
        return
    run(session, _ADD_TO_COUNTS[session.connection().dialect.name], rows)


def recount(session: Session) -> None:
    """Recount what is there; for databases whose rows were written without this module, such as a benchmark's."""
    session.execute(delete(DeliveryCount))
    counted: Counter[Place] = Counter()
    query = select(
        Delivery.team_id, Delivery.calendar_id, Delivery.created_at, Delivery.state, Delivery.dismissed_at
    ).execution_options(yield_per=1000)
    for team, calendar, created, state, dismissed in session.execute(query):
        word = counted_as(state, dismissed=dismissed is not None)
        counted.update([(team, calendar, ALL_DAYS, word), (team, calendar, day_of(created), word)])
    places = list(counted.items())
    for first in range(0, len(places), 100):
        _count(session, Counter(dict(places[first : first + 100])))
