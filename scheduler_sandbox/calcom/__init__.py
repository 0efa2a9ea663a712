"""A stand-in for Cal.com: an account with event types, webhooks and bookings, its API v2, and pages to book on.

account        `CalCom`: what happens to bookings, and the deliveries that it makes
entities       users, event types, guests and bookings
event_types    what can be booked in the demo
booking_items  bookings as the list of the API has them
bodies         what is delivered
webhooks       the triggers, and how a body is written, signed and labelled
api            the calls
pages          pages for people: get a key, make a webhook, book, and what guests and hosts do with a booking
server         all of it on one port
"""

from scheduler_sandbox.calcom.account import CalCom
from scheduler_sandbox.calcom.event_types import EVENT_TYPES
from scheduler_sandbox.calcom.server import CalComServer

__all__ = ["EVENT_TYPES", "CalCom", "CalComServer"]
