"""What somebody filled in or booked, whatever vendor it is sent by."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

Body = dict[str, Any]


@dataclass(frozen=True)
class Filled:
    """What somebody filled in, or booked when *starts_at* (aware) is given; *id* is the vendor's own."""

    name: str
    email: str
    company: str = ""
    topics: Sequence[str] = ()
    starts_at: datetime | None = None
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    form: str = "Contact us"
    params: Mapping[str, str] = field(default_factory=dict)
    former_id: str = ""
    next_id: str = ""

    @property
    def names(self) -> tuple[str, str]:
        """(first, last)."""
        first, _space, last = self.name.partition(" ")
        return first, last

    @property
    def times(self) -> tuple[str, str]:
        """(start, end) in UTC, half an hour apart."""
        start = (self.starts_at or datetime.now(UTC)).astimezone(UTC)
        return written(start), written(start + timedelta(minutes=30))


def moved(filled: Filled, starts_at: datetime, *, new_id: bool = False) -> Filled:
    """The same at another time; with *new_id* as a booking of its own that names the former, as Zoom does."""
    if not new_id:
        return replace(filled, starts_at=starts_at)
    return replace(filled, starts_at=starts_at, id=secrets.token_hex(8), former_id=filled.id)


def written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def slug(name: str) -> str:
    return name.lower().replace(" ", "-")
