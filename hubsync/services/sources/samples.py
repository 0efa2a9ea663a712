"""Samples that fields are taught by: one body of each endpoint that can be taught, sealed, while it helps.

It is what came first or what a person pasted, and holds what a guest typed. It goes when the fields are saved, and
after thirty days otherwise. Which of the two it is, is part of what it is sealed for.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy import select, update

from hubsync.domain.received import KEEP_DAYS
from hubsync.errors import N_, BodyUnreadable, SecretUnreadable
from hubsync.services import now, tools
from hubsync.sources.source import LARGEST_BODY
from hubsync.store import db, end_read, write_transaction
from hubsync.store.sealed_text import NOTHING, Sealed
from hubsync.store.sources import IntakeEndpoint


@dataclass(frozen=True)
class Sample:
    """A body that is kept; *was_sent* tells it from one that a person pasted."""

    body: bytes = field(repr=False)
    was_sent: bool


def keep_sample(endpoint_id: int, body: bytes, *, was_sent: bool) -> None:
    """Keep *body* in the place of any other sample. Raises BodyUnreadable for one that no source may send."""
    if len(body) > LARGEST_BODY:
        raise BodyUnreadable(
            N_("The body cannot be read."),
            faults=(("body", N_("is larger than 1 MB, more than any source may send")),),
        )
    sealed = tools().vault.seal(_place(endpoint_id, was_sent), body.decode("utf-8", "replace"))
    _write(endpoint_id, sealed)


def find_sample(endpoint_id: int) -> Sample | None:
    """The sample that is kept; None where there is none, or no key opens it any more."""
    sealed = db.session.scalar(select(IntakeEndpoint.sample_sealed).where(IntakeEndpoint.id == endpoint_id))
    end_read()
    if not sealed:
        return None
    for was_sent in (True, False):
        with suppress(SecretUnreadable):
            return Sample(tools().vault.open(_place(endpoint_id, was_sent), sealed).encode(), was_sent)
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
    return f"intake:{endpoint_id}:{'sample' if was_sent else 'pasted'}"
