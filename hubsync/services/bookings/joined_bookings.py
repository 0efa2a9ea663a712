"""Joined bookings: two that turn out to be one become one, with one delivery.

A time that is moved twice has three ids. When the news of the second move come before those of the first, nothing
in them names the first time, and a booking of its own is written down for them. What comes next names the times on
both sides of it: then the chain is known, and the two are joined. All of it is in the transaction of that news.
"""

from __future__ import annotations

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from hubsync.domain.booking import LONGEST_REASON, Booking, BookingEvent
from hubsync.domain.delivery_states import FINAL, DeliveryState
from hubsync.domain.outcomes import Outcome, is_at_hubspot
from hubsync.services import now
from hubsync.services.bookings.answer_placement import differing_answers
from hubsync.services.bookings.known_bookings import KnownBookings, add_names
from hubsync.services.deliveries import transitions
from hubsync.services.posting import filled_values, meeting_news
from hubsync.store.bookings import BookingHistory, BookingName, BookingRecord
from hubsync.store.deliveries import Attempt, Delivery
from hubsync.store.leases import DELIVERY
from hubsync.store.sources import ReceivedWebhook

_PERHAPS_MADE = (Outcome.CREATED, Outcome.MADE, Outcome.INTENT)
_GOES_ON = (DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.RETRYING)


class DeliveryBusy(Exception):
    """Two bookings are one, and a worker is posting the one of them that may be the one to go."""


def join_known(session: Session, known: KnownBookings, booking: Booking, *, waits: bool = False) -> bool:
    """Join the known bookings that *booking* says are one, by its ids; whether there were any.

    *known* is what `find_locked` found. One goes, with its delivery, if no worker has that and it made nothing at
    HubSpot. Both stay where neither may go, and where they are not of one guest and calendar: a source that takes
    two bookings for one by mistake loses none. The caller commits. Raises DeliveryBusy for a caller that *waits*
    for a worker to come to its end and asks again.
    """
    newest_first = (booking.replaced_by, booking.external_id, booking.replaces)
    found = dict.fromkeys(each for id_ in newest_first if (each := known.find(id_)) is not None)
    later, *earlier = found or (None,)
    joined = False
    for each in earlier:
        kept = _join(session, each, later, booking, waits) if later is not None else None
        if kept is not None:
            named = {id_ for id_, one in known.deliveries.items() if one in (each, later)}
            known.deliveries.update(dict.fromkeys(named, kept))
            later, joined = kept, True
    return joined


def _join(session: Session, earlier: Delivery, later: Delivery, told: Booking, waits: bool) -> Delivery | None:
    """Join both and return the delivery that stays; None when both do."""
    for each in sorted((earlier, later), key=lambda one: one.id):
        session.refresh(each, with_for_update={"of": Delivery})
    if not _are_of_one_guest(earlier, later):
        return None
    kept, gone = (later, earlier) if _rank(later) > _rank(earlier) else (earlier, later)
    if not _may_go(session, gone):
        kept, gone = gone, kept
    if not _may_go(session, gone):
        if waits and any(_is_posted_now(each) for each in (kept, gone)):
            raise DeliveryBusy
        return None
    _write_history(session, kept.booking, earlier.booking, later.booking, gone.booking, told)
    _take_latest(kept.booking, later.booking)
    _hand_over(session, kept, gone)
    _delete(session, gone)
    return kept


def _are_of_one_guest(one: Delivery, other: Delivery) -> bool:
    same = (one.calendar_id, one.search_email) == (other.calendar_id, other.search_email)
    return same and bool(one.search_email)


def _rank(delivery: Delivery) -> int:
    """How much it matters that the delivery stays: what is at HubSpot, then what is on its way there."""
    if Outcome.CREATED in (delivery.company, delivery.contact):
        return 5
    if delivery.state in FINAL:
        return 4
    if is_at_hubspot(delivery.company, delivery.contact):
        return 3
    if delivery.dismissed_at is not None:
        return 0
    if delivery.state in _GOES_ON:
        return 2
    return int(delivery.state == DeliveryState.WAITING)


def _may_go(session: Session, delivery: Delivery) -> bool:
    """Whether nothing is lost with it: no worker has it, and whatever HubSpot has of it was there before.

    But for its meeting and what it filled or associated, which are the other one's then.
    """
    made = {delivery.company, delivery.contact, delivery.association} & {*_PERHAPS_MADE}
    return delivery.state != DeliveryState.SENDING and not made and not meeting_news.is_in_doubt(session, delivery)


def _is_posted_now(delivery: Delivery) -> bool:
    return delivery.state == DeliveryState.SENDING and DELIVERY.is_held(delivery, now())


def _write_history(
    session: Session,
    kept: BookingRecord,
    earlier: BookingRecord,
    later: BookingRecord,
    gone: BookingRecord,
    told: Booking,
) -> None:
    """Note the move from the one time to the other, and the answers of the one that goes where they differ."""
    answers = {int(key): gone.answer_to(int(key)) for key in gone.answers}
    session.add(
        BookingHistory(
            booking_id=kept.id,
            event=BookingEvent.MOVED,
            at=later.state_at or told.occurred_at or now(),
            started_before=earlier.starts_at,
            starts_after=later.starts_at,
            reason=told.reason[:LONGEST_REASON],
            differing=differing_answers(session, kept, answers),
        )
    )


def _take_latest(kept: BookingRecord, later: BookingRecord) -> None:
    """Give the one that stays the time, the place and the marks of the later one."""
    kept.starts_at, kept.ends_at = later.starts_at, later.ends_at
    kept.cancelled_at, kept.no_show_at = later.cancelled_at, later.no_show_at
    if later.host:
        kept.host, kept.host_email = later.host, later.host_email
    kept.location = later.location or kept.location
    kept.state_at = later.state_at or kept.state_at


def _hand_over(session: Session, kept: Delivery, gone: Delivery) -> None:
    """Names, history, attempts and the lines of what was received are those of the one that stays from now on.

    HubSpot's own sentences are sealed for the delivery that goes, and go with it.
    """
    of_booking = BookingName.booking_id == gone.booking_id
    has_name = select(BookingName.id).where(of_booking, BookingName.external_id == gone.booking.external_id)
    if session.scalar(has_name) is None:  # kept before bookings had names
        add_names(session, kept.booking, gone.booking.external_id)
    session.execute(update(BookingName).where(of_booking).values(booking_id=kept.booking_id))
    session.execute(
        update(BookingHistory)
        .where(BookingHistory.booking_id == gone.booking_id)
        .values(booking_id=kept.booking_id)
    )
    meeting_news.hand_over(session, kept, gone)
    filled_values.hand_over(session, kept.id, gone.id)
    session.execute(
        update(Attempt).where(Attempt.delivery_id == gone.id).values(delivery_id=kept.id, said_sealed="")
    )
    session.execute(
        update(ReceivedWebhook).where(ReceivedWebhook.delivery_id == gone.id).values(delivery_id=kept.id)
    )


def _delete(session: Session, gone: Delivery) -> None:
    booking = gone.booking
    transitions.take_out(session, gone)
    session.flush()
    session.expunge(gone)
    session.expunge(booking)
    session.execute(delete(BookingRecord).where(BookingRecord.id == booking.id))
