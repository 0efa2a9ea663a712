"""Changes of a booking by its source: moved, cancelled, not shown up; one delivery, whatever the order.

A source may tell of the former and of the new time apart, in either order, and repeats itself. So what is told is
compared with what is stored, and only what differs changes anything; an older state never takes the place of a
newer one.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from hubsync.domain.booking import Booking, BookingChange, BookingEvent
from hubsync.domain.received import Result
from hubsync.services.bookings.answer_placement import differing_answers, place_answers
from hubsync.services.bookings.joined_bookings import join_known
from hubsync.services.bookings.known_bookings import (
    KnownBookings,
    add_names,
    find_known,
    find_locked,
    mark_replaced,
)
from hubsync.services.bookings.marks import MARKS, forget_marks, is_older, mark, tell_first_mark
from hubsync.services.bookings.moves import write_move
from hubsync.services.calendars.source_calendars import hold_calendar, hold_calendars
from hubsync.services.posting.meeting_news import note_change
from hubsync.store import retry_on_conflict, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery


@dataclass(frozen=True)
class Changed:
    """The delivery that was spoken of, and what became of it."""

    delivery: Delivery
    result: Result


def change_known(session: Session, team_id: int, booking: Booking, *, waits: bool = False) -> Changed | None:
    """Apply what *booking* says to the delivery that is known by one of its ids; None when none is.

    The caller commits. Raises BookingErased, and DeliveryBusy as `join_known` does for a caller that *waits*.
    """
    ids = booking.ids
    known = find_known(session, team_id, booking.source, ids)
    if not known.deliveries:
        return None
    if booking.event is BookingEvent.COMPLETED and len(ids) == 1:  # the same again, for which nobody need wait
        return Changed(known.deliveries[booking.external_id], Result.REPEATED)
    known = find_locked(session, team_id, booking.source, ids)
    if len(ids) > 1:  # names may be written: once the calendar is held, as those of a new booking are
        hold_calendars(session, {each.calendar_id for each in known.deliveries.values()})
    joined = join_known(session, known, booking, waits=waits)
    changed = _change_one(session, known, booking)
    if changed is not None:
        note_change(session, changed.delivery.booking)
    if joined and changed is not None and changed.result is Result.REPEATED:
        return Changed(changed.delivery, Result.MOVED)
    return changed


def _change_one(session: Session, known: KnownBookings, booking: Booking) -> Changed | None:
    if booking.replaced_by:
        return _end_former(session, known, booking)
    if booking.replaces:
        return _begin_new(session, known, booking)
    delivery = known.find(booking.external_id)
    if delivery is None:
        return None
    if booking.external_id in known.replaced:
        return Changed(delivery, Result.REPEATED)
    if booking.event is BookingEvent.MOVED:
        return Changed(delivery, _move(session, delivery.booking, booking))
    if booking.event in MARKS:
        return Changed(delivery, mark(session, delivery.booking, booking))
    return Changed(delivery, Result.REPEATED)


def name_new(session: Session, record: BookingRecord, booking: Booking) -> None:
    """Let a booking that is new here be known by all its ids; what else its first news say is history.

    The caller commits.
    """
    for each in booking.ids:
        add_names(session, record, each, replaced=each in booking.former_ids)
    tell_first_mark(session, record, booking)


def change(team_id: int, told: BookingChange) -> Changed | None:
    """Apply a change that names no more than its booking; None when that one never came. Raises BookingErased."""

    def apply() -> Changed | None:
        with write_transaction() as session:
            return apply_change(session, team_id, told)

    return retry_on_conflict(apply)


def apply_change(session: Session, team_id: int, told: BookingChange) -> Changed | None:
    """`change` within the caller's transaction."""
    known = find_locked(session, team_id, told.source, told.external_ids)
    for each in told.external_ids:
        delivery = known.find(each)
        if delivery is not None:
            fresh = each not in known.replaced and told.event in MARKS
            result = mark(session, delivery.booking, told) if fresh else Result.REPEATED
            note_change(session, delivery.booking)
            return Changed(delivery, result)
    return None


def _end_former(session: Session, known: KnownBookings, booking: Booking) -> Changed | None:
    """The former side of a move: its time is over, and the other side brings the new one."""
    delivery = _link(session, known, booking)
    if delivery is None:
        return None
    if known.find(booking.replaced_by) is not None:
        return Changed(delivery, Result.REPEATED)
    forget_marks(delivery.booking, None)
    return Changed(delivery, Result.MOVED)


def _begin_new(session: Session, known: KnownBookings, booking: Booking) -> Changed | None:
    """The new side of a move: the booking that it replaces has another time from now on."""
    is_new = known.find(booking.external_id) is None
    delivery = _link(session, known, booking)
    if delivery is None:
        return None
    if booking.external_id in known.replaced:  # news of a time that another one has followed
        return Changed(delivery, Result.REPEATED)
    if booking.event not in MARKS:
        return Changed(delivery, _move(session, delivery.booking, booking, is_new=is_new))
    moved = _move(session, delivery.booking, booking, is_new=True) if is_new else Result.REPEATED
    marked = mark(session, delivery.booking, booking)
    return Changed(delivery, moved if marked is Result.REPEATED else marked)


def _link(session: Session, known: KnownBookings, booking: Booking) -> Delivery | None:
    """The delivery that one of the ids names, the newest one that does, known by all of them from now on.

    A time between two others names both: it joins them, whichever of the three is known.
    """
    named = (booking.replaced_by, booking.external_id, booking.replaces)
    delivery = next((found for each in named if (found := known.find(each)) is not None), None)
    if delivery is None:
        return None
    for each in booking.ids:
        owner = known.find(each)
        if owner is None:
            add_names(session, delivery.booking, each, replaced=each in booking.former_ids)
        elif each in booking.former_ids:
            mark_replaced(session, owner.booking, each)
    return delivery


def _move(session: Session, record: BookingRecord, booking: Booking, *, is_new: bool = False) -> Result:
    """Give *record* the time that *booking* names, unless it has it or has had a newer one since.

    *is_new* tells that the time came under an id that nobody knew yet.
    """
    if is_new:
        forget_marks(record, None)
    elif is_older(booking.occurred_at, record.state_at):
        return Result.REPEATED
    if booking.starts_at is None or record.starts_at == booking.starts_at:
        return Result.REPEATED
    hold_calendar(session, record.calendar)
    placed = place_answers(session, record.calendar, booking)
    write_move(
        session,
        record,
        booking.starts_at,
        booking.ends_at,
        occurred_at=booking.occurred_at,
        reason=booking.reason,
        differing=differing_answers(session, record, placed.answers),
    )
    if booking.host:
        record.host, record.host_email = booking.host[:320], booking.host_email[:320]
    record.location = booking.location[:1000] or record.location
    return Result.MOVED
