"""Kept numbers: what all processes count together, and the last rounds of background work."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from sqlalchemy import select, update

from hubsync.services import now, tools
from hubsync.services.tally import Counted
from hubsync.store import changed, db, end_read, retry_on_conflict, write_transaction
from hubsync.store.kept_numbers import BackgroundRound, KeptNumber

KEEP_EVERY = 30.0
"""A process that finds nothing due writes no more often than so many seconds."""


class RoundLog:
    """Notes rounds of due work of one kind, *name*, in the database: the first one, and then now and again."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._kept_at: float | None = None

    @contextmanager
    def round(self) -> Iterator[None]:
        """One round. It is not noted when it ends with an error, nor when one was within the last seconds."""
        began = monotonic()
        yield
        if self._kept_at is None or monotonic() - self._kept_at >= KEEP_EVERY:
            keep_round(self._name, monotonic() - began)
            self._kept_at = monotonic()


def keep_round(name: str, seconds: float) -> None:
    """Note that a round of this kind has ended, and add what this process counted to what all have."""

    def keep() -> None:
        with write_transaction() as session:
            ended = update(BackgroundRound).where(BackgroundRound.name == name)
            if not changed(session, ended.values(ended_at=now(), seconds=seconds)):
                session.add(BackgroundRound(name=name, ended_at=now(), seconds=seconds))

    retry_on_conflict(keep)
    keep_tally()


def keep_tally() -> None:
    """Add what this process counted to what all processes have."""
    taken = tools().tally.take()
    if not taken:
        return

    def keep() -> None:
        with write_transaction() as session:
            for (name, label), number in sorted(taken.items()):  # in one order, so that two wait in no circle
                of_it = KeptNumber.name == name, KeptNumber.label == label
                more = update(KeptNumber).where(*of_it).values(number=KeptNumber.number + number)
                if not changed(session, more):
                    session.add(KeptNumber(name=name, label=label, number=number))
                    session.flush()

    try:
        retry_on_conflict(keep)
    except BaseException:
        tools().tally.add(taken)
        raise


def read_numbers() -> dict[Counted, float]:
    """What all processes have counted, but for what others have still in memory."""
    numbers = {(each.name, each.label): each.number for each in db.session.scalars(select(KeptNumber))}
    end_read()
    return numbers
