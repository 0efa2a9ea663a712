"""Adapter of busy calendars: asks a person's calendar, by ICS address or CalDAV, when that person is busy.

``ics_feed.read_feed`` and ``caldav.read_calendars`` are what the layers above call, and the types of ``reading``
what they get; ``docs/design/busy-calendars.md`` says what counts as busy.
"""
