"""Records of the stand-in, each with its form in the API; ids are whole URIs, as Calendly's are."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

API = "https://api.calendly.com"
"""What ids begin with, wherever the stand-in listens."""

TRACKED = ("utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term", "salesforce_uuid")


def written(moment: datetime) -> str:
    """A time as Calendly writes it."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


@dataclass(eq=False)
class User:
    """Somebody with a calendar; *is_owner* of the organisation."""

    id: str
    name: str
    email: str
    organization: str
    is_owner: bool
    created_at: datetime
    time_zone: str = "Asia/Tokyo"

    @property
    def uri(self) -> str:
        return f"{API}/users/{self.id}"

    @property
    def slug(self) -> str:
        return self.email.partition("@")[0]

    def shown(self) -> dict[str, Any]:
        """The resource of ``GET /users/me``."""
        return {
            "uri": self.uri,
            "name": self.name,
            "slug": self.slug,
            "email": self.email,
            "scheduling_url": f"https://calendly.com/{self.slug}",
            "timezone": self.time_zone,
            "avatar_url": None,
            "created_at": written(self.created_at),
            "updated_at": written(self.created_at),
            "current_organization": self.organization,
            "resource_type": "User",
            "locale": "en",
        }


@dataclass(eq=False)
class EventType:
    """What can be booked with *host*, by *limit* guests at one time."""

    id: str
    name: str
    minutes: int
    host: User
    questions: tuple[str, ...] = ()
    limit: int = 1
    location: dict[str, Any] | None = None

    @property
    def uri(self) -> str:
        return f"{API}/event_types/{self.id}"


@dataclass(eq=False)
class Invitee:
    """A guest of one scheduled event: what Calendly calls a booking by."""

    id: str
    event: "ScheduledEvent"
    name: str
    email: str
    time_zone: str | None
    answers: dict[str, str]
    tracking: dict[str, str]
    created_at: datetime
    changed_at: datetime
    text_reminder_number: str | None = None
    cancellation: dict[str, Any] | None = None
    rescheduled: bool = False
    old_invitee: str | None = None
    new_invitee: str | None = None
    no_show: dict[str, Any] | None = None

    @property
    def uri(self) -> str:
        return f"{self.event.uri}/invitees/{self.id}"

    @property
    def status(self) -> str:
        return "active" if self.cancellation is None else "canceled"

    def shown(self) -> dict[str, Any]:
        """An item of the list of invitees, which is the payload of a webhook without its event."""
        answers = [
            {"question": question, "answer": answer, "position": position}
            for position, (question, answer) in enumerate(self.answers.items())
        ]
        shown = {
            "uri": self.uri,
            "event": self.event.uri,
            "email": self.email,
            "name": self.name,
            "first_name": None,
            "last_name": None,
            "status": self.status,
            "timezone": self.time_zone,
            "questions_and_answers": answers,
            "tracking": {name: self.tracking.get(name) for name in TRACKED},
            "rescheduled": self.rescheduled,
            "old_invitee": self.old_invitee,
            "new_invitee": self.new_invitee,
            "text_reminder_number": self.text_reminder_number,
            "routing_form_submission": None,
            "payment": None,
            "no_show": self.no_show,
            "reconfirmation": None,
            "scheduling_method": None,
            "invitee_scheduled_by": None,
            "cancel_url": f"https://calendly.com/cancellations/{self.id}",
            "reschedule_url": f"https://calendly.com/reschedulings/{self.id}",
            "created_at": written(self.created_at),
            "updated_at": written(self.changed_at),
        }
        return shown | ({"cancellation": self.cancellation} if self.cancellation else {})


@dataclass(eq=False)
class ScheduledEvent:
    """One appointment; it falls when all of its guests have cancelled."""

    id: str
    type: EventType
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    invitees: list[Invitee] = field(default_factory=list)
    guests: tuple[str, ...] = ()

    @property
    def uri(self) -> str:
        return f"{API}/scheduled_events/{self.id}"

    @property
    def status(self) -> str:
        return "active" if any(each.status == "active" for each in self.invitees) else "canceled"

    def shown(self) -> dict[str, Any]:
        """An item of the list of scheduled events: who comes is not in it."""
        active = [each for each in self.invitees if each.status == "active"]
        host, created = self.type.host, written(self.created_at)
        shown = {
            "uri": self.uri,
            "name": self.type.name,
            "status": self.status,
            "start_time": written(self.starts_at),
            "end_time": written(self.ends_at),
            "event_type": self.type.uri,
            "location": self.type.location,
            "invitees_counter": {"total": len(self.invitees), "active": len(active), "limit": self.type.limit},
            "event_memberships": [{"user": host.uri, "user_email": host.email, "user_name": host.name}],
            "event_guests": [
                {"email": each, "created_at": created, "updated_at": created} for each in self.guests
            ],
            "calendar_event": None,
            "meeting_notes_plain": None,
            "meeting_notes_html": None,
            "created_at": created,
            "updated_at": written(max((each.changed_at for each in self.invitees), default=self.created_at)),
        }
        fallen = not active and self.invitees and self.invitees[-1].cancellation
        return shown | ({"cancellation": fallen} if fallen else {})


@dataclass(eq=False)
class Subscription:
    """Where Calendly posts to; *key* is never shown again."""

    id: str
    address: str
    events: tuple[str, ...]
    scope: str
    user: str | None
    organization: str
    creator: str
    created_at: datetime
    key: str | None = field(repr=False)
    state: str = "active"
    retry_started_at: datetime | None = None
    lost: int = 0
    """Messages in a row that were given up."""

    @property
    def uri(self) -> str:
        return f"{API}/webhook_subscriptions/{self.id}"

    def shown(self) -> dict[str, Any]:
        """The resource: everything but the key."""
        return {
            "uri": self.uri,
            "callback_url": self.address,
            "created_at": written(self.created_at),
            "updated_at": written(self.created_at),
            "retry_started_at": written(self.retry_started_at) if self.retry_started_at else None,
            "state": self.state,
            "events": list(self.events),
            "scope": self.scope,
            "organization": self.organization,
            "user": self.user,
            "creator": self.creator,
        }
