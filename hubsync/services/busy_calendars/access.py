"""Access to a busy calendar: all that reading it takes, sealed for its row. None of it is ever shown again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import urlsplit

from hubsync.services import tools
from hubsync.store.busy_calendars import BusyCalendar
from hubsync.store.sealed_text import Sealed


@dataclass(frozen=True)
class Access:
    """The *address* of an ICS feed; or of a CalDAV server, with *user*, *password* and the chosen *calendars*."""

    address: str = field(repr=False)
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    calendars: tuple[str, ...] = field(default=(), repr=False)

    @property
    def place(self) -> str:
        """What of the address may be shown: its host."""
        return (urlsplit(self.address).hostname or "")[:255]

    def reads_the_same(self, other: Access) -> bool:
        """Whether both lead to the same events, with whatever password."""
        return (self.address, self.user, sorted(self.calendars)) == (
            other.address,
            other.user,
            sorted(other.calendars),
        )


def seal_access(calendar_id: int, access: Access) -> Sealed:
    """Seal *access* for the row of the busy calendar."""
    return tools().vault.seal(place_of(calendar_id), json.dumps(asdict(access)))


def open_access(row: BusyCalendar) -> Access:
    """The access of *row*. Raises SecretUnreadable when no key opens it."""
    return read_access(json.loads(tools().vault.open(place_of(row.id), row.access_sealed)))


def read_access(kept: Mapping[str, Any]) -> Access:
    """The access that was kept as JSON."""
    return Access(kept["address"], kept["user"], kept["password"], tuple(kept["calendars"]))


def place_of(calendar_id: int) -> str:
    """What the access of a busy calendar is sealed for."""
    return f"busy-calendar:{calendar_id}"
