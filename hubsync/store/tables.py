"""Every table, loaded by one import: for migrations, for the sealed columns and for tests that make a database."""

from hubsync.store import (
    Base,
    booking_feeds,
    bookings,
    busy_calendars,
    calendars,
    companies,
    connections,
    counts,
    deliveries,
    erased,
    free_times,
    kept_numbers,
    limits,
    mappings,
    outbox,
    people,
    replays,
    sources,
    teams,
    unwanted_bookings,
)

MODULES = (
    booking_feeds,
    bookings,
    busy_calendars,
    calendars,
    companies,
    connections,
    counts,
    deliveries,
    erased,
    free_times,
    kept_numbers,
    limits,
    mappings,
    outbox,
    people,
    replays,
    sources,
    teams,
    unwanted_bookings,
)
METADATA = Base.metadata
"""What all *MODULES* declare."""
