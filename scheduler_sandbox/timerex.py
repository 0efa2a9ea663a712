"""TimeRex's stand-in: a space with calendars and bookings that posts to its webhook as TimeRex does.

It makes the token itself, signs nothing, counts anything but 200 as failed, and repeats twice after 10 s.
"""

import json
import secrets
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler_sandbox.sending import Attempt, Delivery, Sender, Verdict

PAUSES = (10.0, 10.0)
HEADER = "x-timerex-authorization"
OLDER_HEADER = "authorization"

_TYPES = {
    "company_name": "会社名",
    "guest_name": "名前",
    "guest_email": "メールアドレス",
    "guest_comment": "コメント",
}
_BY_HOST, _BY_GUEST, _CONFIRMED = 2, 3, 1


def take_200(attempt: Attempt) -> Verdict:
    """TimeRex's judgement: only 200 is delivered, everything else is tried again."""
    return Verdict.DELIVERED if attempt.status == 200 else Verdict.AGAIN


@dataclass
class Switches:
    """What differs between accounts, versions and reports of TimeRex; a test turns what it is about."""

    header: str = HEADER
    bearer: bool = False
    """Write "Bearer" before the token."""
    calendar_in_event: bool = False
    """Name the calendar inside the event only, as older bodies do."""
    list_values: bool = False
    """Send every answer that is no default question's as a list."""
    without_email: bool = False
    """Leave the guest's address empty, as a booking through LINE does."""
    tells_former: bool = False
    """Tell of a changed booking twice: the former event is cancelled and names the new one."""


@dataclass(frozen=True)
class Calendar:
    """A calendar of the space. *questions* are the labels of those beside the four default ones."""

    name: str
    minutes: int = 30
    time_zone: str = "Asia/Tokyo"
    questions: Sequence[str] = ()
    path: str = field(default_factory=lambda: secrets.token_hex(4))


@dataclass(frozen=True)
class Guest:
    """What a guest fills in; *answers* are by label."""

    name: str
    email: str
    company: str = ""
    comment: str = ""
    answers: Mapping[str, str | Sequence[str] | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Booking:
    """One event: a changed booking is another one, which names the former in *old_id*."""

    calendar: Calendar
    guest: Guest
    starts_at: datetime
    created_at: datetime
    url_params: Mapping[str, str] = field(default_factory=dict)
    id: str = field(default_factory=lambda: secrets.token_hex(10))
    old_id: str | None = None
    new_id: str | None = None
    cancelled_at: datetime | None = None
    status: int = _CONFIRMED
    reason: str = ""


class TimeRex:
    """A space at TimeRex. What happens to a booking returns the deliveries that it makes, none without a webhook.

    *sender* says how far apart repeats are; ``bookings`` are all events by their ids, cancelled and former ones
    too. *clock* gives an aware time.
    """

    def __init__(
        self, sender: Sender | None = None, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self.sender = sender or Sender(PAUSES, take_200)
        self.switches = Switches()
        self.bookings: dict[str, Booking] = {}
        self.address = self.token = ""
        self._clock, self._lock = clock, threading.RLock()

    def make_webhook(self, address: str) -> str:
        """Post to *address* from now on, and return the token that TimeRex made for it.

        A token is never changed: whoever wants another one makes the webhook anew.
        """
        with self._lock:
            self.address, self.token = address, secrets.token_urlsafe(24)
            return self.token

    def delete_webhook(self) -> None:
        """Post nowhere from now on."""
        with self._lock:
            self.address = self.token = ""

    def book(
        self, calendar: Calendar, guest: Guest, starts_at: datetime, url_params: Mapping[str, str] | None = None
    ) -> tuple[Booking, list[Delivery]]:
        """Let *guest* complete a booking that starts at *starts_at* (aware)."""
        with self._lock:
            booking = Booking(calendar, guest, starts_at, self._clock(), url_params or {})
            self.bookings[booking.id] = booking
            return booking, self._send("event_confirmed", booking)

    def change(self, booking_id: str, starts_at: datetime) -> tuple[Booking, list[Delivery]]:
        """Let the guest take another time: a new event that names the former one."""
        with self._lock:
            former, at = self.bookings[booking_id], self._clock()
            new = replace(
                former, id=secrets.token_hex(10), starts_at=starts_at, created_at=at, old_id=former.id, new_id=None
            )
            former = replace(former, new_id=new.id, cancelled_at=at, status=_BY_GUEST)
            self.bookings |= {former.id: former, new.id: new}
            told = self._send("event_cancelled", former) if self.switches.tells_former else []
            return new, told + self._send("event_confirmed", new)

    def cancel(self, booking_id: str, reason: str = "", *, by_host: bool = False) -> list[Delivery]:
        """Let the guest, or the host, cancel."""
        with self._lock:
            cancelled = replace(
                self.bookings[booking_id],
                cancelled_at=self._clock(),
                reason=reason,
                status=_BY_HOST if by_host else _BY_GUEST,
            )
            self.bookings[booking_id] = cancelled
            return self._send("event_cancelled", cancelled)

    def repeat(self, booking_id: str) -> list[Delivery]:
        """Confirm a booking once more, as after an answer that was lost."""
        with self._lock:
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


def body_of(webhook_type: str, booking: Booking, switches: Switches) -> dict[str, Any]:
    """What TimeRex posts of *booking*."""
    calendar = booking.calendar
    event = _event(booking, switches)
    if switches.calendar_in_event:
        return {"webhook_type": webhook_type, "event": {**event, "calendar_url_path": calendar.path}}
    return {
        "webhook_type": webhook_type,
        "calendar_url_path": calendar.path,
        "team_url_path": "hinata_5521",
        "calendar_url": f"https://timerex.example/s/hinata_5521/{calendar.path}",
        "calendar_name": calendar.name,
        "event": event,
    }


def _event(booking: Booking, switches: Switches) -> dict[str, Any]:
    calendar, zone = booking.calendar, ZoneInfo(booking.calendar.time_zone)
    ends_at = booking.starts_at + timedelta(minutes=calendar.minutes)
    event = {
        "id": booking.id,
        "status": booking.status,
        "duration": calendar.minutes,
        "start_datetime": _written(booking.starts_at, UTC),
        "end_datetime": _written(ends_at, UTC),
        "local_start_datetime": _written(booking.starts_at, zone),
        "local_end_datetime": _written(ends_at, zone),
        "calendar_timezone": calendar.time_zone,
        "guest_locale": "ja",
        "created_at": _written(booking.created_at, UTC),
        "host_cancel_url": f"https://timerex.example/schedule/host_cancel/{booking.id}",
        "guest_cancel_url": f"https://timerex.example/schedule/cancel/{booking.id}",
        "guest_reschedule_url": f"https://timerex.example/schedule/change/{booking.id}",
        "online_meeting_provider": "google_meet",
        "google_meet_meeting": {
            "meeting_id": booking.id[:10],
            "join_url": f"https://meet.example/{booking.id[:10]}",
        },
        "hosts": [{"name": "佐々木 健", "email": "ken@hinata-soft.example"}],
        "form": _form(booking, switches),
        "url_params": [{name: value} for name, value in booking.url_params.items()],
        "is_changed": booking.old_id is not None,
        "old_event_id": booking.old_id,
        "new_event_id": booking.new_id,
    }
    if booking.cancelled_at is not None:
        event |= {"canceled_at": _written(booking.cancelled_at, UTC), "cancellation_reason": booking.reason}
    return event


def _form(booking: Booking, switches: Switches) -> list[dict[str, Any]]:
    guest = booking.guest
    email = "" if switches.without_email else guest.email
    default = dict(zip(_TYPES, (guest.company, guest.name, email, guest.comment), strict=True))
    fields = [_field(each, label, default[each]) for each, label in _TYPES.items()]
    for label in booking.calendar.questions:
        given = guest.answers.get(label)
        as_list = switches.list_values and isinstance(given, str)
        fields.insert(-1, _field("text", label, [given] if as_list else given))
    return fields


def _field(field_type: str, label: str, value: Any) -> dict[str, Any]:
    required = field_type in ("guest_name", "guest_email")
    return {"field_type": field_type, "required": required, "label": label, "description": "", "value": value}


def _written(moment: datetime, zone: Any) -> str:
    return moment.astimezone(zone).isoformat(timespec="seconds")
