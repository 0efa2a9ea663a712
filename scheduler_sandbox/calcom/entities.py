"""What Cal.com's stand-in holds: users, event types, guests and bookings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

ACCEPTED, PENDING, REJECTED, CANCELLED = "accepted", "pending", "rejected", "cancelled"


@dataclass(frozen=True)
class User:
    """Whose account it is, or somebody else's."""

    id: int = 12
    name: str = "Nao Fujii"
    email: str = "nao@aoba-design.example"
    username: str = "nao"
    time_zone: str = "Asia/Tokyo"


@dataclass(frozen=True)
class EventType:
    """What can be booked. *questions* are the owner's own: slug to label; those of *hidden* are not shown.

    Whoever books it takes so many *times*, a week apart.
    """

    id: int
    slug: str
    title: str
    minutes: int = 30
    questions: Mapping[str, str] = field(default_factory=dict)
    hidden: Sequence[str] = ()
    needs_confirmation: bool = False
    price: int = 0
    seats: int = 0
    times: int = 1


@dataclass(frozen=True)
class Guest:
    """What a guest fills in; *answers* are by slug, the vendor's own questions among them.

    *absent* tells that the host said that nobody came.
    """

    name: str
    email: str
    answers: Mapping[str, Any] = field(default_factory=dict)
    time_zone: str = "Asia/Tokyo"
    language: str = "ja"
    seat_id: str = ""
    absent: bool = False


@dataclass(frozen=True)
class Booking:
    """A booking under its *uid*; with seats it has several *guests*. Those of one *series* were booked at once."""

    uid: str
    id: int
    event_type: EventType
    host: User
    guests: tuple[Guest, ...]
    starts_at: datetime
    created_at: datetime
    status: str = ACCEPTED
    former: "Booking | None" = None
    later_uid: str = ""
    reason: str = ""
    changed_at: datetime | None = None
    series: str = ""

    @property
    def ends_at(self) -> datetime:
        return self.starts_at + timedelta(minutes=self.event_type.minutes)

    @property
    def video(self) -> str:
        """The address of the meeting."""
        return f"https://cal.aoba-design.example/video/{self.uid}"
