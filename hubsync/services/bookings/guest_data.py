"""Data of one guest, for whoever asks what is kept of them: all of the team's, as values that JSON can hold."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from hubsync.domain.audit import AuditAction
from hubsync.domain.blocked_guests import is_blocked
from hubsync.services import now
from hubsync.services.bookings.erasure import of_guest
from hubsync.services.deliveries.details import word_attempt
from hubsync.services.deliveries.history import read_history
from hubsync.services.deliveries.queries import list_answers
from hubsync.services.posting.hubspot_messages import open_said
from hubsync.services.question_words import word_label
from hubsync.services.teams.audit import record
from hubsync.store import db, end_read, write_transaction
from hubsync.store.bookings import BookingHistory, BookingName, BookingRecord
from hubsync.store.deliveries import Delivery
from hubsync.store.outbox import OutboxMail
from hubsync.store.teams import Team

Json = dict[str, Any]


def export_guest(email: str, team_id: int, *, by: int) -> Json | None:
    """Everything that the team keeps of the guest with this address; None when that is nothing.

    Noted in the audit trail and in the security log before it is handed out, without the address.
    """
    ids = db.session.scalars(select(Delivery.id).where(of_guest(email, team_id)).order_by(Delivery.id)).all()
    team = db.session.get_one(Team, team_id)
    is_on_list = is_blocked(email, team.blocked_guests)
    end_read()
    if not ids and not is_on_list:
        return None
    with write_transaction() as session:
        record(session, team_id, by, AuditAction.GUEST_EXPORTED, number=len(ids))
    bookings = []
    for each in ids:
        if (delivery := db.session.get(Delivery, each)) is not None:
            bookings.append(_read_booking(delivery))
        db.session.expunge_all()
    end_read()
    return {
        "exported_at": _stamp(now()),
        "email": email,
        "is_blocked": is_on_list,
        "bookings": bookings,
    }


def _read_booking(delivery: Delivery) -> Json:
    booking = delivery.booking
    return {
        "completed_at": _stamp(booking.created_at),
        "source": booking.source,
        "ids_at_source": [booking.external_id, *_further_ids(booking)],
        "found_by_comparison": booking.by_comparison,
        "calendar": booking.calendar.name,
        "host": booking.host,
        "name": booking.guest_name,
        "email": booking.guest_email,
        "time_zone": booking.guest_time_zone,
        "language": booking.locale,
        "starts_at": _stamp(booking.starts_at),
        "ends_at": _stamp(booking.ends_at),
        "location": booking.location,
        "cancelled_at": _stamp(booking.cancelled_at),
        "no_show_at": _stamp(booking.no_show_at),
        "answers": [
            {
                "question": word_label(each.label),
                "answer": list(each.value) if isinstance(each.value, tuple) else each.value,
            }
            for each in list_answers(booking)
        ],
        "query_names": booking.url_params,
        "not_readable": booking.notes,
        "history": [_read_event(each) for each in read_history(booking.id)],
        "mails": [_read_mail(each) for each in _mails_of(booking)],
        "hubspot": _read_delivery(delivery),
    }


def _further_ids(booking: BookingRecord) -> Sequence[str]:
    names = select(BookingName.external_id).where(
        BookingName.booking_id == booking.id, BookingName.external_id != booking.external_id
    )
    return db.session.scalars(names.order_by(BookingName.id)).all()


def _mails_of(booking: BookingRecord) -> Sequence[OutboxMail]:
    return db.session.scalars(
        select(OutboxMail).where(OutboxMail.booking_id == booking.id).order_by(OutboxMail.id)
    ).all()


def _read_event(line: BookingHistory) -> Json:
    return {
        "event": line.event,
        "at": _stamp(line.at),
        "started_before": _stamp(line.started_before),
        "starts_after": _stamp(line.starts_after),
        "reason": line.reason,
        "differing_answers": line.differing,
    }


def _read_mail(mail: OutboxMail) -> Json:
    return {"mail": mail.kind, "made_at": _stamp(mail.created_at), "sent_at": _stamp(mail.sent_at)}


def _read_delivery(delivery: Delivery) -> Json:
    said = open_said(delivery)
    return {
        "delivery": delivery.id,
        "state": delivery.state,
        "reason": delivery.reason,
        "account": delivery.hubspot_account_id,
        "company_id": delivery.company_id,
        "contact_id": delivery.contact_id,
        "remarks": delivery.remarks,
        "dismissed_at": _stamp(delivery.dismissed_at),
        "attempts": [
            {
                "at": _stamp(each.started_at),
                "outcome": each.outcome,
                "code": each.code,
                "detail": each.detail,
                "message": word_attempt(each),
                "hubspot_said": said.get(each.id, []),
            }
            for each in delivery.attempts
        ],
    }


def _stamp(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="seconds") if moment is not None else None
