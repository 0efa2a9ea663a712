"""Booking sources: each folder turns one sender's webhooks into bookings; what they share stands beside them.

A source is a folder with its ``SOURCE`` in ``__init__``, a README of its format and ``samples``. Outside of this
package nobody names one: `registry` finds them all.
"""
