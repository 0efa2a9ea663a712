"""Where bookings come from: addresses of booking sources, what came there, and what a source has."""
