"""Bookings as the list of Cal.com's stand-in has them."""

from datetime import UTC, datetime
from typing import Any

from scheduler_sandbox.calcom.entities import CANCELLED, Booking, Guest


def item_of(booking: Booking) -> dict[str, Any]:
    """A booking as the list has it: answers without labels, and with seats those of each attendee."""
    host, event_type, first = booking.host, booking.event_type, booking.guests[0]
    seated = bool(event_type.seats)
    return {
        "id": booking.id,
        "uid": booking.uid,
        "title": f"{event_type.title} between {host.name} and {first.name}",
        "description": "",
        "hosts": [
            {
                "id": host.id,
                "name": host.name,
                "email": host.email,
                "username": host.username,
                "timeZone": host.time_zone,
            }
        ],
        "status": booking.status,
        **({"cancellationReason": booking.reason} if booking.status == CANCELLED and booking.reason else {}),
        **({"rescheduledFromUid": booking.former.uid} if booking.former is not None else {}),
        **({"rescheduledToUid": booking.later_uid} if booking.later_uid else {}),
        "start": time_of(booking.starts_at),
        "end": time_of(booking.ends_at),
        "duration": event_type.minutes,
        "eventTypeId": event_type.id,
        "eventType": {"id": event_type.id, "slug": event_type.slug},
        "location": booking.video,
        "meetingUrl": booking.video,
        "absentHost": False,
        "createdAt": time_of(booking.created_at),
        "updatedAt": time_of(booking.changed_at or booking.created_at),
        "metadata": {},
        "attendees": [_attendee(each, seated) for each in booking.guests],
        **(
            {} if seated else {"guests": first.answers.get("guests", []), "bookingFieldsResponses": _fields(first)}
        ),
    }


def _attendee(guest: Guest, seated: bool) -> dict[str, Any]:
    known = {"name": guest.name, "email": guest.email, "timeZone": guest.time_zone, "language": guest.language}
    of_seat = {"seatUid": guest.seat_id, "bookingFieldsResponses": _fields(guest)} if seated else {}
    return {**known, "absent": guest.absent, **of_seat}


def _fields(guest: Guest) -> dict[str, Any]:
    return {"name": guest.name, "email": guest.email, **guest.answers}


def time_of(moment: datetime) -> str:
    """*moment* as the API writes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
