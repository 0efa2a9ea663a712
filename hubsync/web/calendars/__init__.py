"""Calendars and their guest questions."""
