"""Samples that fields are taught by: bodies of each endpoint that can be taught, sealed, while they help.

They are those that came before anybody taught their fields, or one that a person pasted, and hold what guests
typed. They go when the fields are saved, and after thirty days otherwise. Which of the two they are, is part of
what they are sealed for.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select, update

from hubsync.domain.received import KEEP_DAYS
from hubsync.errors import SecretUnreadable
from hubsync.services import now, tools
from hubsync.sources.source import LARGEST_BODY, refuse_too_large
from hubsync.store import db, end_read, write_transaction
from hubsync.store.sealed_text import NOTHING, Sealed
from hubsync.store.sources import IntakeEndpoint

MOST_SENT = 20
"""So many bodies of a sender that nobody taught are kept to come in later."""
MOST_BYTES = 2 * LARGEST_BODY
"""No further one is kept where those before have more."""


@dataclass(frozen=True)
class Sample:
    """A body that is kept, and those that came *later*; *was_sent* tells it from one that a person pasted."""

    body: bytes = field(repr=False)
    was_sent: bool
    later: tuple[bytes, ...] = field(default=(), repr=False)


def keep_pasted(endpoint_id: int, body: bytes) -> None:
    """Keep *body* in the place of all other samples. Raises BodyUnreadable for one that no source may send."""
    refuse_too_large(body)
    _write(endpoint_id, tools().vault.seal(_place(endpoint_id, False), body.decode("utf-8", "replace")))


def keep_sent(endpoint_id: int, body: bytes) -> bool:
    """Keep *body* behind those that were sent before, in the place of one that was pasted; whether it is kept now.

    The same one again is kept already; it is not where there are too many.
    """
    with write_transaction() as session:
        query = select(IntakeEndpoint).where(IntakeEndpoint.id == endpoint_id)
        row = session.scalar(query.with_for_update(of=IntakeEndpoint))
        if row is None:
            return False
        kept = _open(endpoint_id, row.sample_sealed)
        sent = [kept.body, *kept.later] if kept is not None and kept.was_sent else []
        text = body.decode("utf-8", "replace")
        if text.encode() in sent:
            return True
        if len(sent) >= MOST_SENT or sum(map(len, sent)) > MOST_BYTES:
            return False
        texts = json.dumps([*(each.decode() for each in sent), text])
        row.sample_sealed = tools().vault.seal(_place(endpoint_id, True), texts)
        row.sample_at = row.sample_at if sent else now()
        return True


def find_sample(endpoint_id: int) -> Sample | None:
    """The sample that is kept; None where there is none, or no key opens it any more."""
    sealed = db.session.scalar(select(IntakeEndpoint.sample_sealed).where(IntakeEndpoint.id == endpoint_id))
    end_read()
    return _open(endpoint_id, sealed or NOTHING)


def _open(endpoint_id: int, sealed: Sealed) -> Sample | None:
    if not sealed:
        return None
    vault = tools().vault
    with suppress(SecretUnreadable):
        first, *later = json.loads(vault.open(_place(endpoint_id, True), sealed))
        return Sample(first.encode(), True, tuple(each.encode() for each in later))
    with suppress(SecretUnreadable):
        return Sample(vault.open(_place(endpoint_id, False), sealed).encode(), False)
    with suppress(SecretUnreadable):  # what an earlier version kept: one body as it was sent
        return Sample(vault.open(f"intake:{endpoint_id}:sample", sealed).encode(), True)
    return None


def drop_sample(endpoint_id: int) -> None:
    """Keep none any more."""
    _write(endpoint_id, NOTHING)


def forget_old_samples() -> None:
    """Drop the samples that nobody taught anything by for as long as the lines of the list are kept."""
    old = IntakeEndpoint.sample_at < now() - timedelta(days=KEEP_DAYS)
    found = list(db.session.scalars(select(IntakeEndpoint.id).where(old)))
    end_read()
    for each in found:
        drop_sample(each)


def _write(endpoint_id: int, sealed: Sealed) -> None:
    kept = {"sample_sealed": sealed, "sample_at": now() if sealed else None}
    with write_transaction() as session:
        session.execute(update(IntakeEndpoint).where(IntakeEndpoint.id == endpoint_id).values(kept))


def _place(endpoint_id: int, was_sent: bool) -> str:
    return f"intake:{endpoint_id}:{'sent' if was_sent else 'pasted'}"
