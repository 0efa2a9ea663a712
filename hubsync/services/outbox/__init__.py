"""Outbox: mails are written down with what gives the reason for them, and handed over in the background."""
