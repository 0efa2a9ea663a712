"""Cal.com's stand-in: a user with event types, webhooks and bookings, who posts to the webhooks as Cal.com does.

A booking that is moved gets another ``uid``; guests who share a time with seats share it. Each delivery is tried
three times. The answers to API calls are in `api`, the bodies of deliveries in `bodies`.
"""

import secrets
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from scheduler_sandbox.calcom import bodies
from scheduler_sandbox.calcom.entities import (
    ACCEPTED,
    CANCELLED,
    PENDING,
    REJECTED,
    Booking,
    EventType,
    Guest,
    User,
)
from scheduler_sandbox.calcom.webhooks import TRIGGERS, Webhook, headers_of, written
from scheduler_sandbox.sending import Delivery, Sender

PAUSES = (10.0, 15.0)


@dataclass
class Switches:
    """What differs between accounts, versions and reports of Cal.com; a test turns what it is about."""

    form_labelled: bool = False
    """Label JSON as a form, as one way through the vendor's code does."""
    version: str = "2021-10-20"
    tells_former: bool = False
    """Tell of a moved booking twice: the former one is cancelled as well."""
    seat_ids: bool = True
    """Send the id of a seat; it is missing at times."""
    refusal: tuple[int, str] | None = None
    """Status and message with which every call of the API is refused."""
    most_a_page: int = 250
    calls_left: int | None = None
    """So many calls until 429; None for no end."""


class CalCom:
    """A user's account at Cal.com. What happens to a booking returns the deliveries that it makes.

    *sender* says how far apart repeats are; ``bookings`` are all by their uid, ``webhooks`` by their id, and
    ``api_key`` is the user's. *clock* gives an aware time. *event_types* are those that the pages offer. ``lock``
    is held by whoever reads or changes what it knows.
    """

    def __init__(
        self,
        sender: Sender | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        event_types: Sequence[EventType] = (),
        api_key: str = "",
    ) -> None:
        self.sender = sender or Sender(PAUSES)
        self.switches = Switches()
        self.user = User()
        self.event_types = tuple(event_types)
        self.api_key = api_key or f"cal_live_{secrets.token_hex(16)}"
        self.bookings: dict[str, Booking] = {}
        self.webhooks: dict[str, Webhook] = {}
        self.lock = threading.RLock()
        self.clock = clock

    def make_webhook(
        self, address: str, secret: str = "", triggers: Sequence[str] = TRIGGERS, template: str | None = None
    ) -> Webhook:
        """Post to *address* from now on, as somebody does on the screen."""
        with self.lock:
            webhook = Webhook(secrets.token_hex(12), self.user.id, address, tuple(triggers), secret, template)
            self.webhooks[webhook.id] = webhook
            return webhook

    def delete_webhook(self, webhook_id: str) -> None:
        """Post there no more; one that is gone already is no matter."""
        with self.lock:
            self.webhooks.pop(webhook_id, None)

    def ping(self, webhook: Webhook) -> Delivery:
        """Press *Ping test*: signed with the secret that stands in the form."""
        return self._post(webhook, bodies.ping(self.clock()))

    def book(
        self, event_type: EventType, guest: Guest, starts_at: datetime, host: User | None = None
    ) -> tuple[Booking, list[Delivery]]:
        """Let *guest* book *starts_at* (aware), with another *host* than the account's user where one is named."""
        with self.lock:
            guest = replace(guest, seat_id=_new_uid() if event_type.seats else "")
            shared = next(
                (each for each in self.bookings.values() if _has_seat(each, event_type, starts_at)), None
            )
            if shared is not None:
                booking = replace(shared, guests=(*shared.guests, guest))
            else:
                waits = event_type.needs_confirmation or event_type.price
                status = PENDING if waits else ACCEPTED
                booking = self._made(event_type, (guest,), starts_at, status, host or self.user)
            self.bookings[booking.uid] = booking
            if host not in (None, self.user):
                return booking, []  # their webhooks, not this user's
            if event_type.price:
                return booking, self._tell("BOOKING_PAYMENT_INITIATED", booking, guest)
            return booking, self._tell(_begun(booking), booking, guest)

    def book_series(
        self, event_type: EventType, guest: Guest, starts_at: datetime
    ) -> tuple[list[Booking], list[Delivery]]:
        """Let *guest* book all times of an event type that comes weekly: each has its uid and its delivery."""
        with self.lock:
            series, bookings, told = _new_uid(), [], []
            for number in range(event_type.times):
                at = starts_at + timedelta(weeks=number)
                booking = replace(self._made(event_type, (guest,), at, ACCEPTED, self.user), series=series)
                self.bookings[booking.uid] = booking
                bookings.append(booking)
                told += self._tell("BOOKING_CREATED", booking, guest)
            return bookings, told

    def confirm(self, uid: str) -> tuple[Booking, list[Delivery]]:
        """Let the host confirm a booking that waits for it."""
        return self._become(uid, ACCEPTED, "BOOKING_CREATED")

    def reject(self, uid: str, reason: str = "") -> tuple[Booking, list[Delivery]]:
        """Let the host decline a booking that waits."""
        return self._become(uid, REJECTED, "BOOKING_REJECTED", reason)

    def pay(self, uid: str) -> tuple[Booking, list[Delivery]]:
        """Let the guest pay: two deliveries, in no order that is promised."""
        booking, paid = self._become(uid, ACCEPTED, "BOOKING_PAID")
        return booking, paid + self._tell("BOOKING_CREATED", booking, booking.guests[0])

    def reschedule(self, uid: str, starts_at: datetime, reason: str = "") -> tuple[Booking, list[Delivery]]:
        """Let the guest take another time: a booking of another uid, which has to be confirmed anew if any has."""
        with self.lock:
            former = self.bookings[uid]
            status = PENDING if former.event_type.needs_confirmation else ACCEPTED
            new = self._made(former.event_type, former.guests, starts_at, status, former.host)
            former = replace(former, status=CANCELLED, later_uid=new.uid, changed_at=self.clock())
            new = replace(new, former=former, reason=reason)
            self.bookings |= {former.uid: former, new.uid: new}
            told = self._tell("BOOKING_CANCELLED", former, former.guests[0]) if self.switches.tells_former else []
            trigger = "BOOKING_RESCHEDULED" if status == ACCEPTED else "BOOKING_REQUESTED"
            return new, told + self._tell(trigger, new, new.guests[0])

    def move_time(self, uid: str, starts_at: datetime) -> tuple[Booking, list[Delivery]]:
        """Let the host move a time with seats: all guests go along, and its uid stays."""
        with self.lock:
            former = self.bookings[uid]
            booking = replace(former, starts_at=starts_at, former=former)
            self.bookings[uid] = booking
            more = {"rescheduledBy": booking.host.email}
            return booking, self._tell("BOOKING_RESCHEDULED", booking, booking.guests[0], **more)

    def cancel(self, uid: str, reason: str = "", email: str = "") -> tuple[Booking, list[Delivery]]:
        """Cancel a booking, or with seats the one of *email*."""
        with self.lock:
            booking = self.bookings[uid]
            leaving = next((each for each in booking.guests if each.email == email), None)
            staying = tuple(each for each in booking.guests if each is not leaving)
            if leaving is None or not staying:
                return self._become(uid, CANCELLED, "BOOKING_CANCELLED", reason)
            self.bookings[uid] = replace(booking, guests=staying)
            told = replace(booking, guests=(leaving,), status=CANCELLED, reason=reason)
            # The answers are those of the booking, which whoever booked first gave.
            return self.bookings[uid], self._tell("BOOKING_CANCELLED", told, booking.guests[0])

    def ask_for_another_time(self, uid: str, reason: str = "") -> tuple[Booking, list[Delivery]]:
        """Let the host ask the guest to choose anew: told as a cancellation that is none."""
        return self._become(uid, CANCELLED, "BOOKING_CANCELLED", reason, requestReschedule=True)

    def mark_no_show(self, uid: str, email: str, no_show: bool = True) -> list[Delivery]:
        """Let the host say that the guest of this address did not come, or did after all."""
        with self.lock:
            booking = self.bookings[uid]
            guests = tuple(
                replace(each, absent=no_show) if each.email.lower() == email.lower() else each
                for each in booking.guests
            )
            self.bookings[uid] = replace(booking, guests=guests)
            return self._send("BOOKING_NO_SHOW_UPDATED", bodies.no_show(booking, email, no_show, self.clock()))

    def end_meeting(self, uid: str) -> list[Delivery]:
        """Let the meeting be over: told in another shape."""
        return self._send("MEETING_ENDED", bodies.meeting_ended(self.bookings[uid]))

    def submit_form(self) -> list[Delivery]:
        """Let somebody fill in a routing form."""
        return self._send("FORM_SUBMITTED", bodies.form_submitted(self.clock()))

    def repeat(self, uid: str, trigger: str = "BOOKING_CREATED") -> list[Delivery]:
        """Tell of a booking once more, as after an answer that was lost."""
        booking = self.bookings[uid]
        return [each for guest in booking.guests for each in self._tell(trigger, booking, guest)]

    def stop(self) -> None:
        """End every delivery that is still to be repeated."""
        self.sender.stop()

    def _made(
        self, event_type: EventType, guests: tuple[Guest, ...], starts_at: datetime, status: str, host: User
    ) -> Booking:
        number = 4_101 + len(self.bookings)
        return Booking(_new_uid(), number, event_type, host, guests, starts_at, self.clock(), status)

    def _become(
        self, uid: str, status: str, trigger: str, reason: str = "", **more: Any
    ) -> tuple[Booking, list[Delivery]]:
        with self.lock:
            booking = replace(self.bookings[uid], status=status, reason=reason, changed_at=self.clock())
            self.bookings[uid] = booking
            return booking, self._tell(trigger, booking, booking.guests[0], **more)

    def _tell(self, trigger: str, booking: Booking, answering: Guest, **more: Any) -> list[Delivery]:
        body = bodies.booking(trigger, booking, answering, self.clock())
        body["payload"] |= more
        if not self.switches.seat_ids:
            body["payload"].pop("attendeeSeatId", None)
        return self._send(trigger, body)

    def _send(self, trigger: str, body: dict[str, Any]) -> list[Delivery]:
        listening = [each for each in self.webhooks.values() if each.active and trigger in each.triggers]
        return [self._post(each, body) for each in listening]

    def _post(self, webhook: Webhook, body: dict[str, Any]) -> Delivery:
        raw, content_type = written(webhook, body, self.switches.form_labelled)
        headers = headers_of(webhook, raw, content_type, self.switches.version)
        return self.sender.send(webhook.address, raw, lambda _: headers)


def _begun(booking: Booking) -> str:
    return "BOOKING_REQUESTED" if booking.status == PENDING else "BOOKING_CREATED"


def _has_seat(booking: Booking, event_type: EventType, starts_at: datetime) -> bool:
    same = (booking.event_type.id, booking.starts_at, booking.status) == (event_type.id, starts_at, ACCEPTED)
    return same and len(booking.guests) < event_type.seats


def _new_uid() -> str:
    return secrets.token_urlsafe(16).replace("-", "x").replace("_", "y")
