"""Imports: bookings of before, from a file to deliveries like any other."""
