"""News of bookings for their meetings: what has changed is written down, and the background compares the two.

Nothing of the news itself is kept: the booking says how it stands, whatever came in whichever order.
"""

from __future__ import annotations

from functools import partial

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from hubsync.domain.meetings import MeetingState
from hubsync.services import now, tools
from hubsync.services.posting.mapped_calendars import rules_by
from hubsync.store import after_commit, run
from hubsync.store.bookings import BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.meetings import BEGUN, DUE, MAKE_DUE, Meeting

_TABLE = Meeting.__table__
_DELIVERY = Delivery.__table__.c
_FIND = select(_DELIVERY.id).where(_DELIVERY.booking_id == bindparam("booking"))
_BEGIN = {
    name: insert(_TABLE).on_conflict_do_update(index_elements=["delivery_id"], set_=DUE)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_SEE = (
    select(Meeting)
    .where(Meeting.delivery_id == bindparam("this"))
    .with_for_update()
    .execution_options(populate_existing=True)
)


def note_change(session: Session, record: BookingRecord) -> None:
    """Have the meeting of a booking that may have changed compared with it; part of the caller's transaction.

    Where meetings were never switched on for its calendar nothing is written. Where they are off by now, one that
    was made before follows its booking all the same. A worker that makes it at this moment may have read the
    booking before, so the row is written whether or not there is one already.
    """
    rules = rules_by(record.calendar_id, record.calendar.stamp)
    if not rules.had_meetings:
        return
    delivery_id, moment = run(session, _FIND, {"booking": record.id}).scalar_one(), now()
    if rules.meetings is None:
        run(session, MAKE_DUE, {"this": delivery_id, "at": moment})
    else:
        begin = _BEGIN[session.connection().dialect.name]
        run(session, begin, {**BEGUN, "delivery_id": delivery_id, "due_at": moment, "at": moment})
    after_commit(session, partial(tools().wake.set))


def is_in_doubt(session: Session, delivery: Delivery) -> bool:
    """Whether a meeting of the delivery may have been made of which nobody knows.

    The background makes none before the caller commits.
    """
    kept = select(Meeting.state).where(Meeting.delivery_id == delivery.id)
    state = session.scalar(kept.with_for_update())
    return state == MeetingState.INTENT


def hand_over(session: Session, kept: Delivery, gone: Delivery) -> None:
    """Let the meeting of a delivery that goes be the one of the delivery that stays; the caller commits.

    Where both have one, or that of the one that stays is about to be made, the one of the other is cancelled in
    HubSpot: nobody meets twice.
    """
    session.flush()
    theirs, ours = (session.scalar(_SEE, {"this": each.id}) for each in (gone, kept))
    if theirs is None or theirs.state != MeetingState.CREATED:
        return
    made = ours is not None and ours.state in (MeetingState.CREATED, MeetingState.INTENT)
    former = " ".join(filter(None, (theirs.former_ids, theirs.meeting_id if made else "")))
    if ours is not None and made:
        ours.former_ids = " ".join(filter(None, (ours.former_ids, former)))
        ours.due_at, ours.tries = now(), 0
        return
    session.expunge(theirs)
    if ours is not None:
        session.expunge(ours)
    session.execute(delete(Meeting).where(Meeting.delivery_id == kept.id))
    moved = update(Meeting).where(Meeting.delivery_id == gone.id)
    session.execute(moved.values(delivery_id=kept.id, due_at=now(), tries=0))
