"""How bookings come in: the booking page and webhooks; how they are corrected and erased."""
