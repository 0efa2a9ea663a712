"""A space at TimeRex, with what guests and hosts do there and the deliveries that it makes."""

import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from scheduler_sandbox.sending import Attempt, Delivery, Sender, Verdict
from scheduler_sandbox.timerex.bodies import body_of
from scheduler_sandbox.timerex.records import BY_GUEST, BY_HOST, Booking, Calendar, Guest, Switches

PAUSES = (10.0, 10.0)


def take_200(attempt: Attempt) -> Verdict:
    """TimeRex's judgement: only 200 is delivered, everything else is tried again."""
    return Verdict.DELIVERED if attempt.status == 200 else Verdict.AGAIN


class TimeRex:
    """A space at TimeRex. What happens to a booking returns the deliveries that it makes, none without a webhook.

    *sender* says how far apart repeats are; ``bookings`` are all events by their ids, cancelled and former ones
    too. *clock* gives an aware time. ``lock`` is held by whoever reads or changes what it knows.
    """

    def __init__(
        self,
        sender: Sender | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        calendars: Sequence[Calendar] = (),
        lock: "threading.RLock | None" = None,
    ) -> None:
        self.sender = sender or Sender(PAUSES, take_200)
        self.switches = Switches()
        self.calendars = tuple(calendars)
        self.bookings: dict[str, Booking] = {}
        self.address = self.token = ""
        self.clock, self.lock = clock, lock or threading.RLock()

    def make_webhook(self, address: str) -> str:
        """Post to *address* from now on, and return the token that TimeRex made for it.

        A token is never changed: whoever wants another one makes the webhook anew.
        """
        with self.lock:
            self.address, self.token = address, secrets.token_urlsafe(24)
            return self.token

    def delete_webhook(self) -> None:
        """Post nowhere from now on."""
        with self.lock:
            self.address = self.token = ""

    def book(
        self, calendar: Calendar, guest: Guest, starts_at: datetime, url_params: Mapping[str, str] | None = None
    ) -> tuple[Booking, list[Delivery]]:
        """Let *guest* complete a booking that starts at *starts_at* (aware)."""
        with self.lock:
            booking = Booking(calendar, guest, starts_at, self.clock(), url_params or {})
            self.bookings[booking.id] = booking
            return booking, self._send("event_confirmed", booking)

    def change(self, booking_id: str, starts_at: datetime) -> tuple[Booking, list[Delivery]]:
        """Let the guest take another time: a new event that names the former one."""
        with self.lock:
            former, at = self.bookings[booking_id], self.clock()
            new = replace(
                former, id=secrets.token_hex(10), starts_at=starts_at, created_at=at, old_id=former.id, new_id=None
            )
            former = replace(former, new_id=new.id, cancelled_at=at, status=BY_GUEST)
            self.bookings |= {former.id: former, new.id: new}
            told = self._send("event_cancelled", former) if self.switches.tells_former else []
            return new, told + self._send("event_confirmed", new)

    def cancel(self, booking_id: str, reason: str = "", *, by_host: bool = False) -> list[Delivery]:
        """Let the guest, or the host, cancel."""
        with self.lock:
            cancelled = replace(
                self.bookings[booking_id],
                cancelled_at=self.clock(),
                reason=reason,
                status=BY_HOST if by_host else BY_GUEST,
            )
            self.bookings[booking_id] = cancelled
            return self._send("event_cancelled", cancelled)

    def repeat(self, booking_id: str) -> list[Delivery]:
        """Confirm a booking once more, as after an answer that was lost."""
        with self.lock:
            return self._send("event_confirmed", self.bookings[booking_id])

    def stop(self) -> None:
        """End every delivery that is still to be repeated."""
        self.sender.stop()

    def _send(self, webhook_type: str, booking: Booking) -> list[Delivery]:
        if not self.address:
            return []
        token = f"Bearer {self.token}" if self.switches.bearer else self.token
        headers = {
            "content-type": "application/json",
            "accept": "application/json",
            "user-agent": "TimeRex API v1.0",
            self.switches.header: token,
        }
        raw = json.dumps(body_of(webhook_type, booking, self.switches), ensure_ascii=False).encode()
        return [self.sender.send(self.address, raw, lambda body: headers)]
