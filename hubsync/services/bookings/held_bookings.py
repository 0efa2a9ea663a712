"""Held bookings: a person lets one or many go on, which is *Post*, or dismisses them as rubbish.

Until then such a booking has its time, and nothing else is done for it. Each portion is one transaction that locks
the deliveries and then the bookings. So of two people, or of a person and the guest who moves the booking, the
second finds what the first one left: it goes on once, its guest is told once, or its time is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from hubsync.domain.audit import AuditAction
from hubsync.domain.booking import PAGE, BookingChange, BookingEvent
from hubsync.domain.delivery_states import DeliveryState
from hubsync.net.deadline import Deadline
from hubsync.services import now, tools
from hubsync.services.bookings.appointment_mails import put_confirmations
from hubsync.services.bookings.appointments import name_host
from hubsync.services.bookings.marks import mark
from hubsync.services.deliveries import transitions
from hubsync.services.deliveries.dispatch import BACKGROUND_SECONDS, deliver, read_delivery
from hubsync.services.deliveries.portions import BulkResult, go_through, in_portions, seen_by
from hubsync.services.deliveries.search import DeliveryFilter, walk
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership

PORTION = 50
"""Letting one go on takes some ten times as long as dismissing it: its guest and its host are mailed."""


def post(membership: Membership, delivery_id: int) -> Delivery:
    """Let a held booking go on, and make its first attempt; return the delivery as it then is.

    Whatever else it is by now, it stays that. Raises NotFound for an unknown one.
    """
    if _post(membership, [[delivery_id]]).number:
        deliver(delivery_id, Deadline.after(BACKGROUND_SECONDS), occasion="asked")
    return read_delivery(delivery_id)


def post_these(membership: Membership, ids: Sequence[int]) -> BulkResult:
    """Let those of the bookings go on that are held and that the reader may see; the background posts them."""
    return _post_in_background(membership, in_portions(ids, PORTION))


def post_all(membership: Membership, wanted: DeliveryFilter, asked: datetime) -> BulkResult:
    """Let everything go on that is *wanted* and had come in by *asked*, for as long as a page may take."""
    return _post_in_background(membership, walk(membership, wanted, PORTION), asked)


def dismiss_these(membership: Membership, ids: Sequence[int]) -> BulkResult:
    """Dismiss those of the bookings that are held and that the reader may see. Their times are free then, and
    nobody is mailed of it."""
    return _dismiss(membership, in_portions(ids))


def dismiss_all(membership: Membership, wanted: DeliveryFilter, asked: datetime) -> BulkResult:
    """Dismiss everything that is *wanted* and had come in by *asked*, for as long as a page may take."""
    return _dismiss(membership, walk(membership, wanted), asked)


def _post_in_background(
    membership: Membership, portions: Iterable[Sequence[int]], asked: datetime | None = None
) -> BulkResult:
    done = _post(membership, portions, asked)
    tools().wake.set()
    return done


def _post(membership: Membership, portions: Iterable[Sequence[int]], asked: datetime | None = None) -> BulkResult:
    def let_go_on(session: Session, deliveries: Sequence[Delivery]) -> list[int]:
        held = _held(session, seen_by(asked, deliveries))
        return [each.id for each in held if _let_go_on(session, each)]

    return go_through(membership, portions, let_go_on, AuditAction.HELD_POSTED)


def _dismiss(
    membership: Membership, portions: Iterable[Sequence[int]], asked: datetime | None = None
) -> BulkResult:
    by = membership.person_id

    def dismiss(session: Session, deliveries: Sequence[Delivery]) -> list[int]:
        held = _held(session, seen_by(asked, deliveries))
        marked = transitions.dismiss(session, held, by, states=(DeliveryState.HELD,))
        for each in held:
            if each.id in marked:
                _free_time(session, each.booking)
        return marked

    return go_through(membership, portions, dismiss, AuditAction.HELD_DISMISSED)


def _held(session: Session, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Those that are held; nobody else changes their bookings until the caller commits."""
    held = [each for each in deliveries if each.state == DeliveryState.HELD and each.dismissed_at is None]
    bookings = select(BookingRecord).where(BookingRecord.id.in_([each.booking_id for each in held]))
    locking = bookings.order_by(BookingRecord.id).with_for_update(of=BookingRecord, key_share=True)
    session.execute(locking.execution_options(populate_existing=True)).all()
    return held


def _let_go_on(session: Session, delivery: Delivery) -> bool:
    """From now on it is as if it had just come in, the mails of the appointment as well, if it is still one."""
    if not transitions.move(session, delivery, DeliveryState.PENDING, reason=""):
        return False
    booking = delivery.booking
    if booking.cancelled_at is None and booking.starts_at is not None and booking.starts_at > now():
        put_confirmations(session, booking, name_host(session, booking))
    return True


def _free_time(session: Session, booking: BookingRecord) -> None:
    """Cancel what is still to come; what is over has taken its time, whoever it was."""
    if booking.ends_at is not None and booking.ends_at > now():
        mark(session, booking, BookingChange(PAGE, (booking.external_id,), BookingEvent.CANCELLED))
