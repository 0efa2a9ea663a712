"""Erased bookings: what stays of them, so that nothing that their source tells of them later brings them back."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.fingerprints import fingerprint
from hubsync.services import now
from hubsync.store.bookings import BookingName
from hubsync.store.erased import ErasedBooking


def remember(
    session: Session, team_id: int, source: str, external_ids: Collection[str], delivery_id: int, state: str
) -> None:
    """Keep a hash of each of *external_ids*, with the id and the last state of the delivery; the caller commits.

    Of an id that came again at the instant of its erasure it is there already.
    """
    hashes = {fingerprint(each) for each in external_ids}
    of_source = (ErasedBooking.team_id == team_id, ErasedBooking.source == source)
    known = session.scalars(
        select(ErasedBooking.external_hash).where(*of_source, ErasedBooking.external_hash.in_(hashes))
    )
    session.add_all(
        ErasedBooking(
            team_id=team_id,
            source=source,
            external_hash=each,
            delivery_id=delivery_id,
            state=state,
            erased_at=now(),
        )
        for each in sorted(hashes - set(known))
    )


def remember_further(
    session: Session, team_id: int, source: str, external_ids: Collection[str], delivery_id: int, state: str
) -> None:
    """`remember` ids that are told together with that of an erased booking, but for those of another one.

    A booking that is moved after its erasure has a new id, by which alone its source may speak of it then.
    """
    of_source = (BookingName.team_id == team_id, BookingName.source == source)
    others = session.scalars(
        select(BookingName.external_id).where(*of_source, BookingName.external_id.in_(external_ids))
    )
    remember(session, team_id, source, set(external_ids) - set(others), delivery_id, state)
