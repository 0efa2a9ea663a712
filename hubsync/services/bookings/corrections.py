"""Corrections of a guest's answers, while the booking is not posted as it should be."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flask_babel import gettext as _
from sqlalchemy import select

from hubsync.domain.audit import AuditAction
from hubsync.domain.delivery_states import DISMISSABLE, DeliveryState
from hubsync.domain.email_address import kept_email
from hubsync.domain.fingerprints import fingerprint
from hubsync.domain.questions import Part
from hubsync.domain.searching import company_as_searched, email_as_searched
from hubsync.domain.values import AnswerValue
from hubsync.errors import NotFound, Refused
from hubsync.services.bookings.completion import stored_answers
from hubsync.services.teams.audit import record
from hubsync.store import db, write_transaction
from hubsync.store.bookings import BookingRecord
from hubsync.store.calendars import QuestionRow
from hubsync.store.deliveries import Delivery
from hubsync.store.teams import Membership

CORRECTABLE = (*DISMISSABLE, DeliveryState.HELD)
"""States in which an attempt may still come that posts what was corrected, and none is under way."""


def list_questions(booking: BookingRecord) -> list[QuestionRow]:
    """The questions whose answers can be corrected: those asked now, then deleted ones that were answered."""
    rows = db.session.scalars(
        select(QuestionRow)
        .where(QuestionRow.calendar_id == booking.calendar_id)
        .order_by(QuestionRow.deleted_at.is_not(None), QuestionRow.position, QuestionRow.id)
    )
    return [each for each in rows if each.deleted_at is None or str(each.id) in booking.answers]


def version_of(booking: BookingRecord) -> str:
    """What tells the answers of this moment from those that somebody else corrected meanwhile."""
    spelled = json.dumps(booking.answers, sort_keys=True, ensure_ascii=False)
    return fingerprint(spelled)


def correct(
    membership: Membership, delivery_id: int, changed: Mapping[int, AnswerValue], version: str
) -> list[str]:
    """Store these answers, by question id, in place of the former; return the labels of what changed.

    The next attempt posts them. Raises Refused, and changes nothing, when the delivery is being posted or is done,
    or when somebody else corrected it since *version* was shown; NotFound when it is gone.
    """
    with write_transaction() as session:
        locked = select(Delivery).where(Delivery.id == delivery_id, Delivery.team_id == membership.team_id)
        delivery = session.scalar(locked.with_for_update(of=Delivery))
        if delivery is None:
            raise NotFound("no such delivery")
        if delivery.state not in CORRECTABLE:
            raise Refused(
                _("The booking is just being posted, or was. Open its page again to see what came of it.")
            )
        booking = delivery.booking
        if version_of(booking) != version:
            raise Refused(_("Somebody else corrected the answers meanwhile. Look at them before you save yours."))
        new = {key: value for key, value in stored_answers(changed).items() if booking.answers.get(key) != value}
        labels = []
        for question in list_questions(booking):
            if str(question.id) not in new:
                continue
            labels.append(question.label)
            text = new[str(question.id)]
            _keep_part(booking, delivery, question.part, text if isinstance(text, str) else "")
        if labels:
            booking.answers = {**booking.answers, **new}
            # What a person wrote is neither cut nor unreadable; what came is still shown.
            booking.notes = [
                {**each, "question": 0} if str(each["question"]) in new else each for each in booking.notes
            ]
            by = membership.person_id
            action = AuditAction.ANSWERS_CORRECTED
            record(session, membership.team_id, by, action, delivery=delivery_id, questions=labels)
        return labels


def _keep_part(booking: BookingRecord, delivery: Delivery, part: str | None, text: str) -> None:
    """Let the log show and find the booking by what it says now."""
    if part == Part.NAME:
        booking.guest_name = text[:500]
    elif part == Part.EMAIL:
        booking.guest_email = kept_email(text).lower()[:320]
        delivery.search_email = email_as_searched(text)
    elif part == Part.COMPANY:
        delivery.search_company = company_as_searched(text)
