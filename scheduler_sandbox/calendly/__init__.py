"""A stand-in for Calendly: its API v2 as far as HubSync calls it, its webhooks, and a page on which one books.

records   what it knows: event types, scheduled events, invitees, subscriptions, each as the API shows it
account   one organisation of two people, its tokens, and what happens in it
bookings  what guests and hosts do, with the deliveries it makes
webhooks  deliveries: signed, repeated, and given up as Calendly does it
api       the calls
pages     pages for people: book, reschedule, cancel, get a token
server    all of it on one port
"""

from scheduler_sandbox.calendly.server import CalendlyServer

__all__ = ["CalendlyServer"]
