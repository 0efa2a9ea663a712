"""Every table, loaded by one import: for migrations, for the sealed columns and for tests that make a database."""

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
    sources,
    teams,
)

MODULES = (
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
    sources,
    teams,
)
METADATA = Base.metadata
"""What all *MODULES* declare."""
