"""Known bookings: which one a source speaks of, by the ids that it gave it, and the ids that are added to it.

The unique key of `BookingName` decides who makes a booking: whoever comes second finds the name taken, begins anew
and finds the booking. Whoever changes one has its row locked before it asks which of its ids still count.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from sqlalchemy import BindParameter, CompoundSelect, bindparam, false, literal, null, select, union_all
from sqlalchemy.orm import Session

from hubsync.domain.booking import PAGE
from hubsync.domain.fingerprints import fingerprint
from hubsync.errors import BookingErased
from hubsync.store import lock_in_order, run
from hubsync.store.bookings import BookingName, BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.erased import ErasedBooking

_TEAM: BindParameter[int] = bindparam("team")
_SOURCE: BindParameter[str] = bindparam("from_source")
_IDS: BindParameter[str] = bindparam("ids", expanding=True)
_HASHES: BindParameter[str] = bindparam("hashes", expanding=True)
# The state is that of the delivery when its booking was erased, None where both are there.
_BOOKING, _NAME, _DELIVERY, _ERASED = (
    each.__table__.c for each in (BookingRecord, BookingName, Delivery, ErasedBooking)
)
_KNOWN: CompoundSelect[str, int, bool, str | None] = union_all(
    select(
        _BOOKING.external_id.label("named"),
        _DELIVERY.id.label("delivery_id"),
        literal(False).label("replaced"),
        null().label("erased_as"),
    ).where(
        _DELIVERY.booking_id == _BOOKING.id,
        _BOOKING.team_id == _TEAM,
        _BOOKING.source == _SOURCE,
        _BOOKING.external_id.in_(_IDS),
    ),
    select(_NAME.external_id, _DELIVERY.id, _NAME.replaced, null()).where(
        _DELIVERY.booking_id == _NAME.booking_id,
        _NAME.team_id == _TEAM,
        _NAME.source == _SOURCE,
        _NAME.external_id.in_(_IDS),
    ),
    select(_ERASED.external_hash, _ERASED.delivery_id, false(), _ERASED.state).where(
        _ERASED.team_id == _TEAM, _ERASED.source == _SOURCE, _ERASED.external_hash.in_(_HASHES)
    ),
)


@dataclass
class KnownBookings:
    """The deliveries by the ids that were asked for, and which of these ids another one has replaced since."""

    deliveries: dict[str, Delivery] = field(default_factory=dict)
    replaced: set[str] = field(default_factory=set)

    def find(self, external_id: str) -> Delivery | None:
        """The delivery of the booking of this id."""
        return self.deliveries.get(external_id)


def find_known(session: Session, team_id: int, source: str, external_ids: Collection[str]) -> KnownBookings:
    """What is known by any of *external_ids*. Raises BookingErased where one of them was erased."""
    ids = [each for each in dict.fromkeys(external_ids) if each]
    hashes = [fingerprint(each) for each in ids]
    asked = {"team": team_id, "from_source": source, "ids": ids, "hashes": hashes}
    known = KnownBookings()
    for row in run(session, _KNOWN, asked):
        if row.erased_as is not None:
            raise BookingErased(row.delivery_id, row.erased_as)
        delivery = session.get(Delivery, row.delivery_id)
        if delivery is None:  # erased since the statement before
            return find_known(session, team_id, source, external_ids)
        known.deliveries[row.named] = delivery
        if row.replaced:
            known.replaced.add(row.named)
    return known


def find_locked(session: Session, team_id: int, source: str, external_ids: Collection[str]) -> KnownBookings:
    """`find_known` for whoever changes what is found: nobody else does until the caller commits.

    It is as the last one left it, its names too: another id may have taken the place of one meanwhile.
    """
    locked: set[int] = set()
    while True:
        known = find_known(session, team_id, source, external_ids)
        bookings = {each.booking_id for each in known.deliveries.values()}
        if bookings <= locked:
            return known
        if len(bookings) > 1:  # they may become one: as whoever erases them does it, the deliveries first
            these = select(Delivery.id).where(Delivery.booking_id.in_(bookings)).order_by(Delivery.id)
            lock_in_order(session, these.with_for_update())
        rows = select(BookingRecord).where(BookingRecord.id.in_(bookings)).order_by(BookingRecord.id)
        locking = rows.with_for_update(of=BookingRecord, key_share=True)
        session.execute(locking.execution_options(populate_existing=True)).all()
        locked |= bookings


def add_names(session: Session, booking: BookingRecord, *external_ids: str, replaced: bool = False) -> None:
    """Let *booking* be known by these ids from now on; the caller commits.

    A booking page makes its ids itself and never changes them: its bookings have no further names.
    """
    if booking.source == PAGE:
        return
    if booking.id is None:
        session.flush()
    for each in external_ids:
        session.add(
            BookingName(
                team_id=booking.team_id,
                source=booking.source,
                external_id=each,
                booking_id=booking.id,
                replaced=replaced,
            )
        )


def mark_replaced(session: Session, booking: BookingRecord, external_id: str) -> None:
    """Note that another id has taken the place of *external_id*; the caller commits."""
    name = session.scalar(
        select(BookingName).where(BookingName.booking_id == booking.id, BookingName.external_id == external_id)
    )
    if name is None:  # kept before bookings had names
        add_names(session, booking, external_id, replaced=True)
    else:
        name.replaced = True


def names_of(session: Session, booking_ids: Collection[int]) -> dict[int, list[str]]:
    """The further names of each of these bookings."""
    named: dict[int, list[str]] = {each: [] for each in booking_ids}
    rows = session.execute(
        select(BookingName.booking_id, BookingName.external_id).where(BookingName.booking_id.in_(booking_ids))
    )
    for booking_id, external_id in rows:
        named[booking_id].append(external_id)
    return named
