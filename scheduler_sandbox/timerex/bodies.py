"""Bodies that TimeRex's stand-in posts."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from scheduler_sandbox.timerex.records import Booking, Switches

_TYPES = {
    "company_name": "会社名",
    "guest_name": "名前",
    "guest_email": "メールアドレス",
    "guest_comment": "コメント",
}


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
