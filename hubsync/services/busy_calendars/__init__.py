"""Busy calendars of people: adding them, reading them while nobody waits, and what their pages say of them."""
