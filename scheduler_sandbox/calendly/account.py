"""Account of the stand-in: one organisation with an owner and a member, its tokens, and what happens in it.

Every method holds the lock of the server while it reads or changes anything.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from scheduler_sandbox.calendly.records import (
    API,
    EventType,
    Invitee,
    ScheduledEvent,
    Subscription,
    User,
    written,
)

SCOPES = ("users:read", "webhooks:read", "webhooks:write", "scheduled_events:read")
ORGANIZATION = f"{API}/organizations/ORG00001"
QUESTIONS = ("Company", "Topics", "Anything we should know?")
ANSWERS = {"Company": "Kaede Foods", "Topics": "Pricing\nOnboarding"}


@dataclass
class Switches:
    """How Calendly behaves at the moment.

    *plan_allows* webhooks; *most_per_page* items of a list, whatever is asked for; *busy* has the seconds that
    each of the next answers 429 asks for; *hidden* events, by their id, may not be looked at; *signs_anew* each
    repeat of a delivery.
    """

    plan_allows: bool = True
    most_per_page: int = 100
    calls_a_minute: int = 500
    busy: list[int] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)
    signs_anew: bool = True


class Account:
    """What the stand-in knows; ``owner`` has a tour and a class for eight guests, ``member`` a visit.

    *token* is one of the owner's that is there from the beginning, and that the page gives out, if any.
    """

    def __init__(
        self, lock: threading.RLock, now: Callable[[], datetime] = lambda: datetime.now(UTC), token: str = ""
    ) -> None:
        self.lock, self.now, self.token = lock, now, token
        self.empty()

    def empty(self) -> None:
        """Forget everything but the people and what can be booked with them."""
        began = datetime(2026, 1, 5, 9, tzinfo=UTC)
        # Another one after each start: whoever heard of a booking before would take a new one of its id for it.
        self._number = count(int(self.now().timestamp()))
        self.switches = Switches()
        self.minute, self.calls = 0, 0
        self.owner = User("USR0OWNER", "Ren Host", "ren@tenji.example", ORGANIZATION, True, began)
        self.member = User("USR0MEMBER", "Mia Field", "mia@tenji.example", ORGANIZATION, False, began)
        video = {"type": "zoom", "status": "pushed", "join_url": "https://zoom.example/j/1", "data": {"id": 1}}
        place = {"type": "physical", "location": "Tenji, 3rd floor", "additional_info": "Ring twice"}
        self.event_types = [
            EventType("ET0TOUR", "Product tour", 30, self.owner, QUESTIONS, location=video),
            EventType("ET0CLASS", "Class for beginners", 60, self.owner, QUESTIONS, limit=8, location=place),
            EventType("ET0FIELD", "Visit", 45, self.member, QUESTIONS, location=None),
        ]
        self.tokens: dict[str, tuple[User, frozenset[str]]] = (
            {self.token: (self.owner, frozenset(SCOPES))} if self.token else {}
        )
        self.events: dict[str, ScheduledEvent] = {}
        self.invitees: dict[str, Invitee] = {}
        self.subscriptions: dict[str, Subscription] = {}

    def make_token(self, user: User | None = None, scopes: Iterable[str] = SCOPES) -> str:
        """A personal access token of *user*, the owner where none is named."""
        with self.lock:
            token = f"standin-token-{next(self._number):06}"
            self.tokens[token] = (user or self.owner, frozenset(scopes))
            return token

    def revoke(self, token: str) -> None:
        """End a token."""
        with self.lock:
            self.tokens.pop(token, None)

    def book(
        self,
        event_type: EventType | None = None,
        *,
        name: str = "Aya Mori",
        email: str = "mori.aya@kaede-foods.example",
        answers: Mapping[str, str] | None = None,
        starts_at: datetime | None = None,
        time_zone: str | None = "Asia/Tokyo",
        tracking: Mapping[str, str] | None = None,
        at: ScheduledEvent | None = None,
    ) -> Invitee:
        """A guest books; *at* an appointment that is there already, where that has room for several."""
        with self.lock:
            now = self.now()
            event = at or self._schedule(event_type or self.event_types[0], starts_at or self.free_time())
            given = dict(ANSWERS if answers is None else answers)
            invitee = Invitee(
                f"INV{next(self._number):05}", event, name, email, time_zone, given, dict(tracking or {}), now, now
            )
            event.invitees.append(invitee)
            self.invitees[invitee.id] = invitee
            return invitee

    def cancel(self, invitee: Invitee, reason: str = "", *, by: str = "invitee") -> None:
        """End a booking; *by* its ``invitee`` or ``host``."""
        with self.lock:
            person = invitee.name if by == "invitee" else invitee.event.type.host.name
            invitee.changed_at = self.now()
            invitee.cancellation = {
                "canceled_by": person,
                "reason": reason,
                "canceler_type": by,
                "created_at": written(invitee.changed_at),
            }

    def reschedule(self, invitee: Invitee, starts_at: datetime | None = None) -> Invitee:
        """Move a booking to another time: the invitee is cancelled there and a new one takes its place."""
        with self.lock:
            moved = self.book(
                invitee.event.type,
                name=invitee.name,
                email=invitee.email,
                answers=invitee.answers,
                starts_at=starts_at or invitee.event.starts_at + timedelta(days=1),
                time_zone=invitee.time_zone,
                tracking=invitee.tracking,
            )
            moved.old_invitee = invitee.uri
            self.cancel(invitee)
            invitee.rescheduled, invitee.new_invitee = True, moved.uri
            return moved

    def mark_no_show(self, invitee: Invitee, *, missed: bool = True) -> None:
        """Say that the guest did not come, or take that back."""
        with self.lock:
            invitee.changed_at = self.now()
            uri = f"{API}/invitee_no_shows/NS{next(self._number):04}"
            invitee.no_show = {"uri": uri, "created_at": written(invitee.changed_at)} if missed else None

    def subscribe(self, creator: User, wanted: Mapping[str, Any]) -> Subscription:
        """Make a subscription out of a body that was checked."""
        with self.lock:
            subscription = Subscription(
                f"WH{next(self._number):05}",
                wanted["url"],
                tuple(wanted["events"]),
                wanted["scope"],
                wanted.get("user") if wanted["scope"] == "user" else None,
                wanted["organization"],
                creator.uri,
                self.now(),
                wanted.get("signing_key"),
            )
            self.subscriptions[subscription.id] = subscription
            return subscription

    def free_time(self) -> datetime:
        """A time of the next days that nobody has booked."""
        with self.lock:
            day = (self.now() + timedelta(days=2 + len(self.events))).date()
            return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)

    def _schedule(self, event_type: EventType, starts_at: datetime) -> ScheduledEvent:
        event = ScheduledEvent(
            f"EV{next(self._number):06}",
            event_type,
            starts_at,
            starts_at + timedelta(minutes=event_type.minutes),
            self.now(),
        )
        self.events[event.id] = event
        return event
