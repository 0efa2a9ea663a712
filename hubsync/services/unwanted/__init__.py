"""Unwanted bookings: what a calendar does about them."""
