"""Imports: what becomes of the rows of a file of bookings that came before."""
