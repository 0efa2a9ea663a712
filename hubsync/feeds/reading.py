"""What a reading of a busy calendar takes and gives."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from hubsync.domain.busy_times import BusyTime, UnreadEvent, Window
from hubsync.net.public_addresses import ONLY_PUBLIC, PublicAddresses

SECONDS = 10.0
"""How long the download of a calendar may take, in all, and how long working out its times."""
LARGEST_BYTES = 5_000_000
"""Of a calendar, after decompression."""
MOST_COMPONENTS = 5_000
MOST_REDIRECTS = 3

_RULES = "1"
"""The version of what counts as busy: raised when the same file gives other busy times."""


@dataclass(frozen=True, slots=True)
class Route:
    """How this installation gets to calendars.

    *contact* is told to every server with the name of HubSync: an address of whoever runs this installation.
    *exceptions* are hosts and networks of one's own that may be asked, too; of those, this machine by http as
    well.
    *before_send* runs before every exchange and may raise.
    """

    contact: str = ""
    exceptions: PublicAddresses = ONLY_PUBLIC
    https_proxy: str | None = None
    ca_bundle: str | None = None
    before_send: Callable[[], None] | None = None

    @property
    def user_agent(self) -> str:
        """Our own name: some servers refuse that of a library, and whoever is asked often may ask back."""
        return f"HubSync/1.0 (+{self.contact})" if self.contact else "HubSync/1.0"


@dataclass(frozen=True, slots=True)
class Person:
    """Whose calendar it is: by *emails* it is known which invitations were declined, and *zone* (an IANA name) is
    where days begin."""

    emails: frozenset[str] = field(default=frozenset(), repr=False)
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Validators:
    """What a reading left behind so that the next one can ask for changes only.

    They hold for whoever asks for no more than was read: *covered_from* to *covered_until*, for the same person
    (*read_for*). Where the booking period has moved on, the file is read anew although it has not changed: what
    was beyond the former end would look free.
    """

    etag: str = ""
    last_modified: str = ""
    covered_from: datetime | None = None
    covered_until: datetime | None = None
    read_for: str = ""

    def suffice(self, window: Window, person: Person) -> bool:
        """Whether "not modified" would tell all there is to know of *window* for *person*."""
        return (
            bool(self.etag or self.last_modified)
            and self.covered_from is not None
            and self.covered_until is not None
            and self.covered_from <= window.start
            and window.end <= self.covered_until
            and self.read_for == read_for(person)
        )


@dataclass(frozen=True, slots=True)
class FeedReading:
    """What a calendar says: *busy* times that touch *window*, in their order, each of them once.

    *unread* are the events that are not among them, *zone* is the feed's own (empty where it names none),
    *fingerprint* the SHA-256 of its content, *validators* are for the next reading.
    """

    window: Window
    busy: tuple[BusyTime, ...]
    unread: tuple[UnreadEvent, ...]
    zone: str
    fingerprint: str
    validators: Validators = Validators()


@dataclass(frozen=True, slots=True)
class NotModified:
    """Nothing has changed since the reading that left *validators*: its busy times still count."""

    validators: Validators


def read_for(person: Person) -> str:
    """A fingerprint of what in *person* decides what counts as busy; it tells nothing of the person."""
    words = "\n".join([_RULES, person.zone, *sorted(each.strip().lower() for each in person.emails)])
    return hashlib.sha256(words.encode()).hexdigest()[:16]
