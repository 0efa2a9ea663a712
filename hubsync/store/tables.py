"""Every table in one import, for migrations and for tests that make a database."""

from hubsync.store import (
    Base,
    bookings,
    calendars,
    companies,
    connections,
    counts,
    deliveries,
    erased,
    mappings,
    notices,
    people,
    replays,
    teams,
)

__all__ = [
    "Base",
    "bookings",
    "calendars",
    "companies",
    "connections",
    "counts",
    "deliveries",
    "erased",
    "mappings",
    "notices",
    "people",
    "replays",
    "teams",
]
