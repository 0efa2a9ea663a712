"""List of what came to an endpoint lately, as its page shows it: a line for each webhook, none of its contents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session, joinedload

from hubsync.domain.received import KEEP_DAYS, MOST_LINES, Result
from hubsync.domain.values import clean_text
from hubsync.services import now, tools
from hubsync.store import db, end_read, write_transaction
from hubsync.store.deliveries import Delivery
from hubsync.store.sources import IntakeEndpoint, ReceivedWebhook

SHOWN = 20
ONE_LINE_FOR = timedelta(hours=1)
"""What comes without a proof within this time is one line, so that a flood of it drives no other one out."""
LONGEST_EVENT = 100
MOST_FAULTS = 10


@dataclass(frozen=True)
class Line:
    """What one webhook became. *faults* are (place, reason) of a bad proof, or of an unreadable body.

    Of what is left alone they are the reason alone, with no place.

    Of what is not *proved* anybody may send any number, so it is counted rather than listed.
    """

    result: Result
    event: str = ""
    delivery_id: int | None = None
    faults: Sequence[tuple[str, str]] = ()
    proved: bool = True


def note(endpoint_id: int, line: Line) -> None:
    """Add *line* to the list of the endpoint, and drop what is too much of it.

    What came without a proof is counted on the line before, where that is one like it, and not at once where some
    was listed just now.
    """
    times = 1 if line.proved else tools().unproved.add((endpoint_id, line.result), line.faults, now())
    if times:
        _write(endpoint_id, line, times)


def list_waiting() -> None:
    """List what this process has counted of what came without a proof."""
    for (endpoint_id, result), (times, faults) in tools().unproved.take_waiting(now()).items():
        _write(endpoint_id, Line(result, faults=faults, proved=False), times)


def _write(endpoint_id: int, line: Line, times: int) -> None:
    moment = now()
    faults = [[place[:200], reason[:500]] for place, reason in line.faults[:MOST_FAULTS]]
    with write_transaction() as session:
        if not line.proved and _count_again(session, endpoint_id, line.result, times, faults):
            return
        if session.get(IntakeEndpoint, endpoint_id) is None:  # it was deleted with its team
            return
        session.add(
            ReceivedWebhook(
                endpoint_id=endpoint_id,
                received_at=moment,
                last_at=moment,
                times=times,
                result=line.result,
                event=clean_text(line.event)[:LONGEST_EVENT],
                faults=faults,
                delivery_id=line.delivery_id,
            )
        )
        session.flush()
        _drop_the_rest(session, endpoint_id)


def list_received(endpoint_id: int, most: int = SHOWN) -> list[ReceivedWebhook]:
    """The last lines of the endpoint, the newest first."""
    query = (
        select(ReceivedWebhook)
        .where(ReceivedWebhook.endpoint_id == endpoint_id)
        .order_by(ReceivedWebhook.id.desc())
        .limit(most)
    )
    return list(db.session.scalars(query))


def list_deliveries(lines: Iterable[ReceivedWebhook]) -> dict[int, Delivery]:
    """The deliveries that *lines* are about, by their ids, with their bookings."""
    ids = {each.delivery_id for each in lines if each.delivery_id is not None}
    query = select(Delivery).where(Delivery.id.in_(ids)).options(joinedload(Delivery.booking))
    return {each.id: each for each in db.session.scalars(query)}


def forget_old() -> None:
    """Drop the lines of all endpoints that are older than they are kept."""
    old = ReceivedWebhook.received_at < now() - timedelta(days=KEEP_DAYS)
    oldest = db.session.scalar(select(ReceivedWebhook.id).where(old).limit(1))
    end_read()
    if oldest is not None:
        with write_transaction() as session:
            session.execute(delete(ReceivedWebhook).where(old))


def _count_again(session: Session, endpoint_id: int, result: Result, times: int, faults: list[list[str]]) -> bool:
    """Count it on the newest line, if that one has the same *result* and is not old; the last reasons stay."""
    newest = session.scalar(
        select(ReceivedWebhook)
        .where(ReceivedWebhook.endpoint_id == endpoint_id)
        .order_by(ReceivedWebhook.id.desc())
        .limit(1)
    )
    if newest is None or newest.result is not result or newest.received_at < now() - ONE_LINE_FOR:
        return False
    again = {"times": ReceivedWebhook.times + times, "last_at": now(), "faults": faults}
    # Added by the database: others count, too.
    session.execute(update(ReceivedWebhook).where(ReceivedWebhook.id == newest.id).values(again))
    return True


def _drop_the_rest(session: Session, endpoint_id: int) -> None:
    of_endpoint = ReceivedWebhook.endpoint_id == endpoint_id
    beyond = session.scalar(
        select(ReceivedWebhook.id)
        .where(of_endpoint)
        .order_by(ReceivedWebhook.id.desc())
        .offset(MOST_LINES)
        .limit(1)
    )
    if beyond is not None:
        session.execute(delete(ReceivedWebhook).where(of_endpoint, ReceivedWebhook.id <= beyond))
