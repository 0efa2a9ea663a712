"""Models of what Cal.com sends: what a booking is known by is read strictly, everything else as far as it goes."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BeforeValidator, StrictBool

from hubsync.errors import N_
from hubsync.sources.calcom.identity import uid
from hubsync.sources.schema import Moment, Part

Uid = Annotated[str, BeforeValidator(uid)]

REASONS = {"bool_type": N_("must be true or false"), "list_type": N_("must be a list")}
"""Reasons of faults by pydantic's type, beside those that all sources share."""


class Body(Part):
    triggerEvent: str
    createdAt: Any = None
    payload: Any = None


class BookingPayload(Part):
    """Of every trigger that tells of a booking as a whole."""

    uid: Uid
    startTime: Moment
    endTime: Any = None
    status: Any = None
    eventTypeId: Any = None
    type: Any = None
    eventTitle: Any = None
    organizer: Any = None
    attendees: Any = None
    responses: Any = None
    location: Any = None
    metadata: Any = None
    videoCallData: Any = None
    seatsPerTimeSlot: Any = None
    attendeeSeatId: Any = None
    rescheduleUid: Any = None
    rescheduledBy: Any = None
    requestReschedule: Any = None
    cancellationReason: Any = None


class NoShowAttendee(Part):
    email: Any = None
    noShow: StrictBool


class NoShowPayload(Part):
    """Of BOOKING_NO_SHOW_UPDATED, whose shape is its own."""

    bookingUid: Uid
    attendees: list[NoShowAttendee]


class BookingBody(Body):
    payload: BookingPayload


class NoShowBody(Body):
    payload: NoShowPayload
